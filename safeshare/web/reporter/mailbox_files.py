"""The files of a mailbox: which came when and from whom, and those that wait for a message."""

from functools import partial
from uuid import UUID

from flask import url_for

from safeshare.kernel.actors import Reporter
from safeshare.mailbox.models import Author
from safeshare.mailbox.service.reading import Mailbox
from safeshare.web.reporter.passing import run
from safeshare.web.shared.file_words import FileLine, lines_of
from safeshare.web.shared.i18n import day, gettext
from safeshare.web.shared.kept_files import Run

REPLY_FILES = "reply"
"""The shelf of the files that will be sent with the next message."""


def run_for(reporter: Reporter) -> Run:
    """Runs use cases as whoever has entered this mailbox."""
    return partial(run, actor=reporter)


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
