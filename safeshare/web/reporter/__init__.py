"""The public app, for somebody who has a concern."""
