"""Somebody at a browser, as a story tells of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from playwright.sync_api import ConsoleMessage, Page, Request, Response, expect

from tests.journeys.judging import Judge


@dataclass
class Person:
    """One visitor with one window. Every page that they come to is judged.

    `complaints` is what went wrong without their noticing: scripts that failed, and anything that
    was asked of another host.
    """

    page: Page
    address: str
    elsewhere: str
    judge: Judge
    scripts: bool
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen to what the browser does."""
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)
        self.page.on("request", self._watch)

    def opens(self, path: str) -> Self:
        """Type an address."""
        self.page.goto(self.address + path)
        return self.arrives()

    def presses(self, name: str) -> Self:
        """Press a button or a link, and come to the next page."""
        button = self.page.get_by_role("button", name=name, exact=True)
        link = self.page.get_by_role("link", name=name, exact=True)
        with self.page.expect_navigation():
            button.or_(link).first.click()
        return self.arrives()

    def unfolds(self, name: str) -> Self:
        """Open what is folded away under these words."""
        self.page.locator("summary", has_text=name).click()
        return self

    def chooses(self, *labels: str) -> Self:
        """Choose radios, or tick boxes."""
        for label in labels:
            self.page.get_by_label(label, exact=True).check()
        return self

    def fills(self, label: str, text: str) -> Self:
        """Type into a field."""
        self.page.get_by_label(label, exact=True).fill(text)
        return self

    def reads(self, *texts: str) -> Self:
        """See these words on the page."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)
        return self

    def finds_no(self, *texts: str) -> Self:
        """See these words nowhere on the page, its fields included."""
        content = self.page.content()
        for text in texts:
            assert text not in content, f"{self.page.url} shows: {text}"
        return self

    def finds_no_code(self, words: Sequence[str]) -> Self:
        """See no access code of these words, though a page may have one of them on its own."""
        content = self.page.content()
        shown = [word for word in words if word in content]
        assert len(shown) < len(words) / 2, f"{self.page.url} shows: {' '.join(shown)}"
        return self

    def finds_filled(self, label: str, text: str) -> Self:
        """Find a field with this in it."""
        expect(self.page.get_by_label(label, exact=True)).to_have_value(text)
        return self

    @property
    def is_here(self) -> bool:
        """Whether they look at a page of the product."""
        return self.page.url.startswith(self.address)

    @property
    def path(self) -> str:
        """Where they are, without the host and what follows a question mark."""
        return self.page.url.removeprefix(self.address).partition("?")[0]

    def arrives(self) -> Self:
        """Look round on a page that was just opened."""
        if not self.is_here:
            return self
        if self.scripts:
            self.page.wait_for_selector("body.govuk-frontend-supported")
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        self.judge.judge(self.page, scripts=self.scripts)
        return self

    def answer_to(self, path: str) -> Response:
        """What the server says to somebody who types an address."""
        response = self.page.goto(self.address + path)
        assert response is not None
        self.arrives()
        return response

    def _listen(self, message: ConsoleMessage) -> None:
        # Chromium notes every answer of 400 and above; the stories look at those themselves.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self.address, self.elsewhere)):
            self.complaints.append(f"a request to another host: {request.url}")
