"""Debian's Chromium: one a test process, however many journeys share it.

Its headless shell draws the same pages by the same engine, for half the work: it has no windows and
tabs to draw round them. Where only the whole browser is installed, that serves as well.
"""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.services.processes import START_SECONDS, find_program

QUIET = (
    "--no-sandbox",  # The tests may run as root, and open our own pages only.
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser. Ask it for a context of your own: that is a visitor with nothing in common."""
    shell = "chromium-headless-shell"
    program = shutil.which(shell) or shutil.which("chromium") or find_program(shell, shell)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=QUIET, timeout=START_SECONDS * 1000
        )
        yield browser
        browser.close()
