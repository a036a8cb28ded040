"""Use cases of the reporter's mailbox, and the parts that handlers' use cases build on."""
