"""Settings and defaults. Read by wiring and the worker only."""
