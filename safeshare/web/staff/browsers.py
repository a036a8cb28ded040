"""Remembering that somebody signed in with this browser before, and nothing about the browser.

The cookie is sealed by the vault. Whoever has it need not wait because somebody else guesses at the
account; it opens nothing.
"""

from datetime import timedelta

from flask import Response, after_this_request, current_app, request

from safeshare.web.shared.mounting import KNOWN

REMEMBERED = timedelta(days=90)


def browser_cookie() -> str:
    """What this browser was marked with; empty where it was not."""
    return request.cookies.get(_name(), "")


def mark_browser(mark: str) -> None:
    """Send the mark with the answer to this request."""
    sessions = current_app.session_interface

    def send(response: Response) -> Response:
        response.set_cookie(
            _name(),
            mark,
            max_age=REMEMBERED,
            path=sessions.get_cookie_path(current_app),
            secure=bool(sessions.get_cookie_secure(current_app)),
            httponly=True,
            samesite="Strict",
        )
        return response

    after_this_request(send)


def _name() -> str:
    return current_app.session_interface.get_cookie_name(current_app) + KNOWN
