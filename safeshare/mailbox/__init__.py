"""The two-way conversation behind an access code."""
