"""Whether a page can be used by everybody, as far as axe can tell."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

FAULTS = frozenset({"moderate", "serious", "critical"})

_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
_WORDS = re.compile(r">[^<>]*[^<>\s][^<>]*<")
_TARGETS = re.compile(r'\b(?:value|href|action)="[^"]+"')


@dataclass
class Judge:
    """Runs axe on pages, and only once on pages that differ in nothing but words and addresses.

    Axe is a script itself. A page that was loaded without scripts is judged as a copy: the same
    markup and styles, its own scripts left out, in a window where axe can run. `passed` is a folder
    with a note for each page that was found good, so that two test processes share the work.
    """

    browser: Browser
    passed: Path
    _copy: str = field(default="", repr=False)

    def judge(self, page: Page, *, scripts: bool) -> None:
        """Insist that the page has no fault of at least moderate impact."""
        content = page.content()
        structure = _TARGETS.sub("", _WORDS.sub(">words<", content))
        judged = self.passed / sha256(structure.encode()).hexdigest()
        if judged.exists():
            return
        found = _faults(page) if scripts else self._faults_of_copy(page.url, content)
        assert found == [], f"{page.url}: {found}"
        judged.touch()

    def _faults_of_copy(self, address: str, content: str) -> list[tuple[str, str, list[str]]]:
        self._copy = _SCRIPT.sub("", content)
        self._window.goto(address)
        return _faults(self._window)

    @cached_property
    def _window(self) -> Page:
        window = self.browser.new_page()
        window.route("**/*", self._answer)
        return window

    def _answer(self, route: Route) -> None:
        if route.request.resource_type == "document":
            route.fulfill(body=self._copy, content_type="text/html; charset=utf-8")
        else:
            route.continue_()


def _faults(page: Page) -> list[tuple[str, str, list[str]]]:
    violations = Axe().run(page).response["violations"]
    return [
        (each["id"], each["impact"], [node["html"] for node in each["nodes"]])
        for each in violations
        if each["impact"] in FAULTS
    ]
