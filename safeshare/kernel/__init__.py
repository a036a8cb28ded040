"""The words every other layer shares. No libraries."""
