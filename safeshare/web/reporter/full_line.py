"""Sends guesses away while the line is full, at next to no cost.

The page that says so is drawn once. Drawn anew for each of two hundred guessers, with a session
looked up for each, it would take the turns of those who have a concern.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from flask import Flask, Response

from safeshare.web.shared.errors import busy_page
from safeshare.web.shared.mounting import WSGIApp

NOTHING_TO_KEEP: Final = 1024
"""Bytes of a form that holds a code and no message. A larger one is read, and shown again."""


class FullLine:
    """Stands before the app. `path` is where codes are typed."""

    def __init__(self, app: Flask, path: str, is_full: Callable[[], bool]) -> None:
        self._app = app
        self._inner: WSGIApp = app.wsgi_app
        self._path = path
        self._is_full = is_full
        self._drawn: dict[str, Response] = {}

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a guess without reading it, or hand the request on."""
        if self._is_bare_guess(environ) and self._is_full():
            return self._page(environ)(environ, start_response)
        return self._inner(environ, start_response)

    def _is_bare_guess(self, environ: dict[str, Any]) -> bool:
        if environ["REQUEST_METHOD"] != "POST" or environ.get("PATH_INFO") != self._path:
            return False
        length = str(environ.get("CONTENT_LENGTH", ""))
        return length.isdecimal() and int(length) <= NOTHING_TO_KEEP

    def _page(self, environ: dict[str, Any]) -> Response:
        scheme = str(environ["wsgi.url_scheme"])
        if scheme not in self._drawn:
            context = self._app.test_request_context(self._path, url_scheme=scheme)
            with context:
                page = busy_page(self._app)
                for finish in reversed(self._app.after_request_funcs[None]):
                    page = self._app.ensure_sync(finish)(page)
            self._drawn[scheme] = page
        return self._drawn[scheme]
