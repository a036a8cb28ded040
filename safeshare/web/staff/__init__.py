"""The app of handlers, supervisors, leaders and everybody else who signs in."""

from flask import Flask

from safeshare.web.shared.doors import open_page
from safeshare.wiring import System


def register(app: Flask, system: System) -> None:
    """Add every page of the staff app to `app`."""
    app.add_url_rule("/sign-in", "door.sign_in", open_page("the way in")(_sign_in))


def _sign_in() -> str:
    return ""
