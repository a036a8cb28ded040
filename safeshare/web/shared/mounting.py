"""Serving the two apps from one address without letting either see the other's cookie."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.http import dump_cookie, parse_cookie

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


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
        """Hand the request to its app, with that app's cookie alone."""
        path = environ.get("PATH_INFO", "")
        if path != self.mount and not path.startswith(f"{self.mount}/"):
            return self.reporter(_with_only(environ, self.reporter_cookie), start_response)
        inside = dict(environ)
        inside["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + self.mount
        inside["PATH_INFO"] = path[len(self.mount) :] or "/"
        return self.staff(_with_only(inside, self.staff_cookie), start_response)


def _with_only(environ: dict[str, Any], cookie: str) -> dict[str, Any]:
    value = parse_cookie(environ).get(cookie)
    kept = {key: item for key, item in environ.items() if key != "HTTP_COOKIE"}
    if value is not None:
        kept["HTTP_COOKIE"] = dump_cookie(cookie, value, path=None).partition(";")[0]
    return kept
