"""A reporter at the keyboard: fills in one page after another of the real app."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from threading import Event, Thread
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from safeshare.vault import Lane, Permits

PATIENCE = 300.0
"""Seconds for which a busy machine is waited for."""

_TOKEN = re.compile(r'name="csrf_token" value="([^"]*)"')
_WORD = re.compile(r'class="ss-code__text">([a-z-]+)<')
_ASKED = re.compile(r"Word (\d)\s*<")


@dataclass
class Browser:
    """One browser of one visitor. `page` is what it shows now."""

    app: Flask
    client: FlaskClient = field(init=False)
    page: TestResponse = field(init=False)
    path: str = "/"

    def __post_init__(self) -> None:
        """Open the start page."""
        self.client = self.app.test_client()
        self.open("/")

    @property
    def text(self) -> str:
        """The words on the page, without its markup."""
        bare = re.sub(r"<[^>]+>", "", self.page.text)
        return " ".join(unescape(bare).split())

    @property
    def token(self) -> str:
        """The proof in the page's form."""
        found = _TOKEN.search(self.page.text)
        return found[1] if found else ""

    @property
    def words(self) -> list[str]:
        """The words of the access code on the page."""
        return _WORD.findall(self.page.text)

    def open(self, path: str) -> "Browser":
        """Go to an address and follow where it leads."""
        return self._arrive(self.client.get(path, follow_redirects=True))

    def send(self, path: str | None = None, **values: Any) -> "Browser":
        """Send the form of this page, by default to the page's own address."""
        sent = {"csrf_token": self.token} | values
        return self._arrive(self.client.post(path or self.path, data=sent, follow_redirects=True))

    def post_only(self, path: str, **values: Any) -> TestResponse:
        """Send the form of this page without following where it leads."""
        return self.client.post(path, data={"csrf_token": self.token} | values)

    def answer(self, *pages: tuple[str, dict[str, Any]]) -> "Browser":
        """Fill in pages in turn, insisting that each is the one expected."""
        for name, values in pages:
            assert self.path == f"/form/{name}", f"expected {name}, got {self.path}: {self.text}"
            self.send(**values)
        return self

    def prove(self) -> "Browser":
        """Type the two words that the code page asks for."""
        words = self.words
        asked = [words[int(number) - 1] for number in _ASKED.findall(self.page.text)]
        return self.send(first=asked[0], second=asked[1])

    def shows_code(self, words: Sequence[str]) -> bool:
        """Whether the page has an access code of these words: one of them, such as `body`, may
        stand in any page on its own.
        """
        return sum(word in self.page.text for word in words) >= len(words) / 2

    def enter(self, words: list[str]) -> "Browser":
        """Open the mailbox."""
        return self.open("/messages/enter").send(code=" ".join(words))

    def _arrive(self, page: TestResponse) -> "Browser":
        self.page = page
        query = page.request.query_string.decode()
        self.path = page.request.path + (f"?{query}" if query else "")
        return self


@contextmanager
def held_by_somebody_else(permits: Permits, lane: Lane) -> Iterator[None]:
    """Let another thread hold the lane's permit for the length of a `with` block."""
    is_held, may_end = Event(), Event()

    def hold() -> None:
        with permits.hold(lane):
            is_held.set()
            may_end.wait(PATIENCE)

    thread = Thread(target=hold)
    thread.start()
    assert is_held.wait(PATIENCE)
    try:
        yield
    finally:
        may_end.set()
        thread.join()


def send_now(browser: Browser, concern: str = "He shouts at everybody.") -> Browser:
    """The shortest way: only what happened, and then to the code page."""
    return browser.open("/form/safety").answer(
        ("safety", {}),
        ("want", {"want": "share"}),
        ("about", {}),
        ("known", {"mode": "anonymous"}),
        ("what", {"concern": concern}),
        ("more", {"further": "no"}),
        ("check", {}),
    )
