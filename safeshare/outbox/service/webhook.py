"""Calling the on-call person through a pager service, without saying anything."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from safeshare.kernel.errors import MisconfiguredError

_CONTENT = json.dumps({"text": "You are on call. Please sign in now."}).encode()
_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Webhook:
    """The address that pages. `url` is None where an installation pages by mail alone.

    Raises MisconfiguredError for what is no web address: better at the start than in danger.
    """

    url: str | None

    def __post_init__(self) -> None:
        """Refuse an address that could not be called."""
        if self.url is not None and not _is_web_address(self.url):
            raise MisconfiguredError("SAFESHARE_PAGE_WEBHOOK is no http or https address.")

    def call(self) -> bool:
        """POST the same few words to the pager service. Whether it took them."""
        if self.url is None:
            return False
        parts = urlsplit(self.url)
        secure = parts.scheme == "https"
        kind = HTTPSConnection if secure else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=_SECONDS)
        try:
            path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            connection.request("POST", path, _CONTENT, {"Content-Type": "application/json"})
            return connection.getresponse().status < HTTPStatus.MULTIPLE_CHOICES
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
