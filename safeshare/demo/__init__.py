"""The demo organisation: its story, and how it is loaded through the use cases."""
