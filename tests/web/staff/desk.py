"""Somebody at a desk with a browser: signs in, reads pages, fills forms as they are drawn."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cast import PASSPHRASE, Stage

_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_MOUNT = "http://localhost/staff"
"""Where the demo has the app; the cookie is for this path only."""

_ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')


@dataclass
class Desk:
    """A browser of the staff app. `page` is the text of the last page."""

    client: FlaskClient
    stage: Stage
    page: str = field(default="", repr=False)

    def get(self, path: str) -> TestResponse:
        """Ask for a page."""
        return self._read(self.client.get(path, base_url=_MOUNT))

    def send(self, path: str, **fields: str) -> TestResponse:
        """Fill in the form of the last page and send it to `path`."""
        return self._read(self.client.post(path, base_url=_MOUNT, data={**self.hidden(), **fields}))

    def send_list(self, path: str, fields: Mapping[str, list[str]]) -> TestResponse:
        """As `send`, with fields that have several values."""
        return self._read(self.client.post(path, base_url=_MOUNT, data={**self.hidden(), **fields}))

    def hidden(self) -> dict[str, str]:
        """The hidden inputs of the last page; of several forms with the same name, the last."""
        found = {}
        for tag in _HIDDEN.findall(self.page):
            named = {key: unescape(value) for key, value in _ATTRIBUTE.findall(tag)}
            found[named["name"]] = named.get("value", "")
        return found

    def cookie(self) -> str:
        """The value of the session's cookie."""
        found = self.client.get_cookie("s", path="/staff")
        return found.value if found else ""

    def set_cookie(self, value: str) -> None:
        """Use somebody else's cookie."""
        self.client.set_cookie("s", value, path="/staff", domain="localhost")

    def sign_in(
        self,
        name: str,
        *,
        passphrase: str = PASSPHRASE,
        digits: str = "",
        address: str = "/sign-in",
    ) -> TestResponse:
        """Sign in with the six digits that the phone shows now."""
        self.get(address)
        return self.send(
            address,
            sign_in_name=name,
            passphrase=passphrase,
            six_digits=digits or self.stage.six_digits(name),
        )

    def _read(self, response: TestResponse) -> TestResponse:
        self.page = unescape(response.get_data(as_text=True))
        return response


Desks = Callable[[], Desk]
"""Makes browsers, with nobody signed in."""
