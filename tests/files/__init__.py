"""Files that are kept and attached, on both databases."""
