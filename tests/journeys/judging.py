"""Whether a page can be used by everybody, as far as axe can tell."""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

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


@dataclass
class Judge:
    """Runs axe on pages, and only once on pages that differ in nothing but words and addresses.

    Axe is a large script that every new page would have to read and compile again. So a page is
    judged as a copy, in a window of the same styles where axe already is: the markup as its own
    scripts left it, and those left out. `passed` is a folder with a note for each page that was
    found good, so that two test processes share the work.
    """

    browser: Browser
    passed: Path
    _windows: dict[str, Page] = field(default_factory=dict, repr=False)

    def judge(self, page: Page) -> None:
        """Insist that the page has no fault of at least moderate impact."""
        content = page.content()
        structure = _TARGETS.sub("", _WORDS.sub(">words<", content))
        judged = self.passed / sha256(structure.encode()).hexdigest()
        if judged.exists():
            return
        found = self._faults(page.url, content)
        assert found == [], f"{page.url}: {found}"
        judged.touch()

    def _faults(self, address: str, content: str) -> list[tuple[str, str, list[str]]]:
        styles = "".join(_STYLES.findall(content))
        if styles not in self._windows:
            self._windows[styles] = self._window(address, styles)
        return [
            (each["id"], each["impact"], [node["html"] for node in each["nodes"]])
            for each in self._windows[styles].evaluate(_RUN, content)
            if each["impact"] in FAULTS
        ]

    def _window(self, address: str, styles: str) -> Page:
        """An empty page at this address, with axe and the styles."""

        def answer(route: Route) -> None:
            if route.request.resource_type == "document":
                route.fulfill(body=f"<!DOCTYPE html>{styles}", content_type="text/html")
            else:
                route.continue_()

        window = self.browser.new_page()
        window.route("**/*", answer)
        window.goto(address)
        window.evaluate(Axe().axe_script)
        return window
