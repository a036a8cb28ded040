"""Parcels when a handler codes, releases when a period is over, and what leaders read."""
