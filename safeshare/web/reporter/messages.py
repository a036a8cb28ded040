"""The mailbox behind an access code."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from safeshare.files.service.keeping import drop_files, find_waiting
from safeshare.kernel.actors import Reporter
from safeshare.kernel.errors import (
    InvalidError,
    SealBrokenError,
    UnknownWordsError,
    WrongSecretError,
    WrongWordCountError,
)
from safeshare.kernel.identifiers import new_id
from safeshare.mailbox.service.entering import EnterMailbox, enter_mailbox
from safeshare.mailbox.service.reading import open_mailbox
from safeshare.mailbox.service.writing import WriteAsReporter, write_as_reporter
from safeshare.web.reporter.forms.base import blame
from safeshare.web.reporter.forms.messages import EnterForm, ReplyForm
from safeshare.web.reporter.limits import counted
from safeshare.web.reporter.mailbox_files import REPLY_FILES, file_lines, run_for
from safeshare.web.reporter.mailbox_session import (
    find_aside,
    find_reporter,
    forget_aside,
    open_for,
    set_aside,
)
from safeshare.web.reporter.mailbox_words import conversation, history, promises
from safeshare.web.reporter.passing import run
from safeshare.web.reporter.typed import show_if_it_fails
from safeshare.web.reporter.visit import renew_visit
from safeshare.web.shared.doors import open_page, serves
from safeshare.web.shared.i18n import gettext
from safeshare.web.shared.kept_files import REMOVE, clear_shelf, kept_files
from safeshare.web.shared.message_files import received_on
from safeshare.web.shared.words import status_words

messages = Blueprint("messages", __name__, url_prefix="/messages")

_UNSENT = "unsent"
"""A message that came when its mailbox had closed: the page carries it until the code is right."""


@messages.route("/enter", methods=["GET", "POST"])
@serves(enter_mailbox)
def enter() -> ResponseReturnValue:
    """Enter with an access code."""
    form = EnterForm(request.form or None)
    if request.method == "POST" and _entered(form):
        return redirect(url_for("messages.show"), 303)
    return show_enter(form, request.form.get(_UNSENT, ""))


@messages.get("")
@serves(open_mailbox)
def show() -> ResponseReturnValue:
    """The mailbox."""
    reporter = find_reporter()
    if reporter is None:
        return redirect(url_for("messages.enter", closed="1"), 303)
    waiting = find_aside(reporter.party_id)
    show_if_it_fails(waiting)
    return show_mailbox(reporter, ReplyForm(data={"message": waiting}))


@messages.post("")
@serves(write_as_reporter, open_mailbox, find_waiting, drop_files)
def write() -> ResponseReturnValue:
    """Write a message, or keep it while its files are added on their own page."""
    reporter, form = find_reporter(), ReplyForm(request.form)
    if reporter is None:
        return show_enter(EnterForm(), request.form.get("message", "")), 400
    if request.form.get("go") == "files" and form.validate():
        set_aside(reporter.party_id, form.message.data)
        return redirect(url_for("files.add_to_message"), 303)
    if not _written(reporter, form):
        return show_mailbox(reporter, form)
    clear_shelf(REPLY_FILES)
    forget_aside()
    flash(gettext("Your message was sent."))
    return redirect(url_for("messages.show"), 303)


@messages.post("/leave")
@open_page("ends the visitor's own session")
def leave() -> ResponseReturnValue:
    """Close the mailbox and forget this visit."""
    session.clear()
    return redirect(url_for("pages.start"), 303)


def show_enter(form: EnterForm, unsent: str) -> str:
    """The page that asks for the code, with a message that waits for it."""
    closed = "closed" in request.args
    return render_template("reporter/enter.html", form=form, unsent=unsent, closed=closed)


def show_mailbox(reporter: Reporter, form: ReplyForm, *, again: bool = False) -> str:
    """The whole mailbox. `again` says that a message could not be taken and is shown again."""
    mailbox = run(open_mailbox, None, reporter)
    return render_template(
        "reporter/messages.html",
        form=form,
        message_id=new_id(),
        mailbox=mailbox,
        status=status_words(mailbox.status),
        thread_entries=conversation(mailbox),
        promises=promises(mailbox),
        history=history(mailbox),
        again=again,
        kept=kept_files(REPLY_FILES),
        files=file_lines(mailbox),
    )


def _entered(form: EnterForm) -> bool:
    typed = str(form.code.data or "")
    try:
        with counted(typed):
            opened = run(enter_mailbox, EnterMailbox(typed))
    except (UnknownWordsError, WrongWordCountError, WrongSecretError) as error:
        form.code.errors = [_what_is_wrong(error)]
        return False
    except SealBrokenError as broken:
        if broken.party:
            show_if_it_fails(find_aside(broken.party), _UNSENT)
        raise
    text = request.form.get(_UNSENT) or find_aside(opened.party_id)
    renew_visit()
    open_for(opened)
    clear_shelf(REPLY_FILES)
    set_aside(opened.party_id, text)
    return True


def _what_is_wrong(error: Exception) -> str:
    if isinstance(error, UnknownWordsError):
        numbers = ", ".join(str(position) for position in error.positions)
        return str(
            gettext(
                "Check word number %(numbers)s: it is not one of the words that we use",
                numbers=numbers,
            )
        )
    if isinstance(error, WrongWordCountError) and error.found:
        return str(gettext("Enter all 8 words: there are %(found)s here", found=error.found))
    if isinstance(error, WrongWordCountError):
        return str(gettext("Enter your access code"))
    return str(gettext("No messages open with this code. Check each word against what you saved"))


def _written(reporter: Reporter, form: ReplyForm) -> bool:
    wrong = received_on(REPLY_FILES, run_for(reporter))
    form.message.errors = wrong
    if wrong or REMOVE in request.form:
        return False
    files = kept_files(REPLY_FILES)
    text = form.message.data or (gettext("Files, without a message.") if files else "")
    try:
        run(write_as_reporter, WriteAsReporter(text, _form_id(), files), reporter)
    except InvalidError as error:
        blame(form, error)
        return False
    return True


def _form_id() -> UUID:
    """The id that the form was drawn with; a new one where it was changed or lost."""
    try:
        return UUID(request.form.get("id", ""))
    except ValueError:
        return new_id()
