"""The tests. Each folder names what it tests; `services` starts what they need."""
