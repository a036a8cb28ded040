"""Use cases of administrators, inspectors, overseers and leaders, and of the worker for them."""
