"""A reporter's way to the pages of files, in the form and in the mailbox."""

import io
import re
from typing import Any

from sqlalchemy import select

from safeshare.files.models import StoredFile
from tests.cast import Stage
from tests.web.reporter.browsing import Browser

REMOVE = re.compile(r'name="remove" value="([^"]+)"')
FILE = re.compile(r'href="(/messages/files/[0-9a-f-]+)"')


def part(content: bytes, name: str = "mine.txt") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def at_files(browser: Browser) -> Browser:
    """The shortest way to the step."""
    browser.open("/form/safety").answer(
        ("safety", {}),
        ("want", {"want": "share"}),
        ("about", {}),
        ("known", {"mode": "anonymous"}),
        ("what", {"concern": "He shouts at everybody."}),
        ("more", {"further": "yes"}),
    )
    return browser.open("/form/files")


def add(mailbox: Browser, message: str, *files: Any) -> Browser:
    """Write a message, and add files to it before it is sent."""
    mailbox.send("/messages", message=message, id="", go="files")
    assert mailbox.path == "/messages/files/add"
    return mailbox.send("/messages/files/add", files=list(files))


def files_in(stage: Stage) -> list[int | None]:
    with stage.system.database.reading() as session:
        return [row.turns_left for row in session.scalars(select(StoredFile))]


def mailbox_with(browser: Browser, *files: Any) -> Browser:
    """A mailbox whose concern came with files."""
    at_files(browser).send(go="add", files=list(files))
    browser.open("/form/check").send()
    words = browser.words
    return browser.prove().enter(words)
