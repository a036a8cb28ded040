"""Use cases of handlers: the queue, the conflict page, opening a case and working it."""
