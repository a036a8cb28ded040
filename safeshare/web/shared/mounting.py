"""Serving the two apps from one address without letting either see the other's cookie."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.http import dump_cookie, parse_cookie

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

KNOWN = "k"
"""What the name of the session's cookie ends with where it is the mark of a known browser."""


@dataclass(frozen=True, slots=True)
class Mounted:
    """A WSGI application: `staff` below `mount`, `reporter` everywhere else."""

    reporter: WSGIApp
    staff: WSGIApp
    mount: str
    reporter_cookie: str
    staff_cookie: str

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Hand the request to its app, with that app's cookies alone."""
        path = environ.get("PATH_INFO", "")
        if path != self.mount and not path.startswith(f"{self.mount}/"):
            return self.reporter(_with_only(environ, self.reporter_cookie), start_response)
        inside = dict(environ)
        inside["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + self.mount
        inside["PATH_INFO"] = path[len(self.mount) :] or "/"
        cookies = (self.staff_cookie, self.staff_cookie + KNOWN)
        return self.staff(_with_only(inside, *cookies), start_response)


def _with_only(environ: dict[str, Any], *cookies: str) -> dict[str, Any]:
    sent = parse_cookie(environ)
    kept = {key: item for key, item in environ.items() if key != "HTTP_COOKIE"}
    found = [
        dump_cookie(name, sent[name], path=None).partition(";")[0]
        for name in cookies
        if name in sent
    ]
    if found:
        kept["HTTP_COOKIE"] = "; ".join(found)
    return kept
