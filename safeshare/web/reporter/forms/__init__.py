"""The forms of the reporter app."""
