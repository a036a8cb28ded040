"""What was done, by whom and when: append-only entries on hash chains, without content."""
