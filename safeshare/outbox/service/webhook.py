"""Calling the on-call person through a pager service, without saying anything."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

_CONTENT = json.dumps({"text": "You are on call. Please sign in now."}).encode()
_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Webhook:
    """The address that pages. `url` is None where an installation pages by mail alone."""

    url: str | None

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
