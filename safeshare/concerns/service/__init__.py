"""Use cases of intake, and the parts that higher slices build on: grants, documents, events."""
