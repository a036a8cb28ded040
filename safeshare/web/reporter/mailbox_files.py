"""The files of a mailbox: which came when and from whom, and those that wait for a message."""

from typing import TypeVar
from uuid import UUID

from flask import url_for

from safeshare.gate import UseCase
from safeshare.kernel.actors import Reporter
from safeshare.mailbox.models import Author
from safeshare.mailbox.service.reading import Mailbox
from safeshare.web.reporter.passing import run
from safeshare.web.shared.file_words import FileLine, lines_of, refusal_words
from safeshare.web.shared.i18n import day, gettext
from safeshare.web.shared.kept_files import refresh_kept, take_received

C = TypeVar("C")
R = TypeVar("R")

REPLY_FILES = "reply"
"""The shelf of the files that will be sent with the next message."""


def received_for(reporter: Reporter) -> list[str]:
    """Take the files of this form for the reporter's next message. What is wrong with them, or with
    those that waited, in words for the page: one text, or none.
    """

    def run_as(case: UseCase[C, R], command: C) -> R:
        return run(case, command, reporter)

    gone = not refresh_kept(REPLY_FILES, run_as)
    wrong = take_received(REPLY_FILES, run_as)
    return [" ".join([refusal_words("gone", None), *wrong])] if gone else wrong


def file_lines(mailbox: Mailbox) -> list[FileLine]:
    """Every file of the conversation, with a link to its page."""
    whose: dict[UUID | None, str] = {None: str(gettext("You sent it with your concern."))}
    for one in mailbox.messages:
        words = (
            gettext("You sent it on %(day)s.", day=day(one.on))
            if one.author is Author.PARTY
            else gettext("Sent to you on %(day)s.", day=day(one.on))
        )
        whose[one.id] = str(words)
    href = {one.id: url_for("files.show_file", file_id=one.id) for one in mailbox.files}
    return lines_of(mailbox.files, whose, href)
