"""Whether a page can be used by everybody, as far as axe can tell."""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

FAULTS = frozenset({"moderate", "serious", "critical"})

_WORDS = re.compile(r">[^<>]*[^<>\s][^<>]*<")
_TARGETS = re.compile(r'\b(?:value|href|action)="[^"]+"')
_STYLES = re.compile(r'<link\b[^>]*rel="stylesheet"[^>]*>')

_RUN = """content => {
    const copy = new DOMParser().parseFromString(content, "text/html");
    const root = document.documentElement;
    const another = 'script, link[rel="stylesheet"]';
    root.getAttributeNames().forEach(name => root.removeAttribute(name));
    for (const {name, value} of copy.documentElement.attributes) root.setAttribute(name, value);
    document.head.querySelectorAll(':not(link[rel="stylesheet"])').forEach(one => one.remove());
    copy.querySelectorAll(another).forEach(one => one.remove());
    document.head.append(...copy.head.children);
    document.body.replaceWith(copy.body);
    return axe.run({resultTypes: ["violations"]}).then(found => found.violations);
}"""
"""Puts a copy of a page in the place of the one before it, and runs axe on that."""


_RUN_HERE = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"


@dataclass
class Judge:
    """Runs axe on pages, and only once on pages of one size that differ in nothing but words and
    addresses.

    Axe is a large script that every new page would have to read and compile again. So a page is
    judged as a copy, in a window of the same size and styles where axe already is: the markup as
    its own scripts left it, and those left out. One page of each story that runs scripts is judged
    in its place, where nothing of what they did is missing. `passed` is a folder with a note for
    each page that was found good, so that two test processes share the work.
    """

    browser: Browser
    passed: Path
    _windows: dict[tuple[str, int, int], Page] = field(default_factory=dict, repr=False)
    _owes: bool = False

    def begin(self) -> None:
        """A story begins: the first page with scripts that was not seen before is judged in its
        place.
        """
        self._owes = True

    def end(self, page: Page) -> None:
        """It ends on this page with scripts, which is judged in its place if none was."""
        if self._owes:
            self._insist(page, self._faults_here(page))

    def judge(self, page: Page, *, scripts: bool = False) -> None:
        """Insist that the page has no fault of at least moderate impact."""
        content = page.content()
        structure = _TARGETS.sub("", _WORDS.sub(">words<", content))
        shown = f"{_size(page)} {structure}"
        judged = self.passed / sha256(shown.encode()).hexdigest()
        if judged.exists():
            return
        is_here = scripts and self._owes
        self._insist(page, self._faults_here(page) if is_here else self._faults(page, content))
        judged.touch()

    def _insist(self, page: Page, violations: list[dict[str, Any]]) -> None:
        found = [
            (each["id"], each["impact"], [node["html"] for node in each["nodes"]])
            for each in violations
            if each["impact"] in FAULTS
        ]
        assert found == [], f"{page.url} at {_size(page)}: {found}"

    def _faults_here(self, page: Page) -> list[dict[str, Any]]:
        self._owes = False
        page.evaluate(Axe().axe_script)
        found: list[dict[str, Any]] = page.evaluate(_RUN_HERE)
        return found

    def _faults(self, page: Page, content: str) -> list[dict[str, Any]]:
        styles = "".join(_STYLES.findall(content))
        look = (styles, *_size(page))
        if look not in self._windows:
            self._windows[look] = self._window(page, styles)
        found: list[dict[str, Any]] = self._windows[look].evaluate(_RUN, content)
        return found

    def _window(self, page: Page, styles: str) -> Page:
        """An empty page at the same address and of the same size, with axe and the styles."""

        def answer(route: Route) -> None:
            if route.request.resource_type == "document":
                route.fulfill(body=f"<!DOCTYPE html>{styles}", content_type="text/html")
            else:
                route.continue_()

        window = self.browser.new_page(viewport=page.viewport_size)
        window.route("**/*", answer)
        window.goto(page.url)
        window.evaluate(Axe().axe_script)
        return window


def _size(page: Page) -> tuple[int, int]:
    size = page.viewport_size
    assert size is not None
    return size["width"], size["height"]
