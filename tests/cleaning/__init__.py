"""Cleaning files: what goes, what stays, and what is refused."""
