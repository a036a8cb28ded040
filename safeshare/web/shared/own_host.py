"""Outside the demo an app has one name and is reached over https: its settings say so, no header.

The proxy before it ends TLS and asks it over http, by whatever name it likes. Where a link in
a mail leads, and whether browsers are told to come back over https alone, must hang neither on that
nor on what a visitor writes into `Host`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from safeshare.web.shared.mounting import WSGIApp


@dataclass(frozen=True, slots=True)
class OwnHost:
    """Stands before an app, and tells it its own name for every request."""

    inner: WSGIApp
    host: str

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Hand the request on as one to this host over https."""
        at_home = {**environ, "HTTP_HOST": self.host, "wsgi.url_scheme": "https"}
        return self.inner(at_home, start_response)
