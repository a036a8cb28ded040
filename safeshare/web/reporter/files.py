"""The reporter's files: the form's step, and reading those of a mailbox."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from safeshare.files.service.keeping import drop_files, find_waiting, take_file
from safeshare.kernel.actors import Reporter
from safeshare.kernel.errors import NotFoundError
from safeshare.mailbox.service.files import AskForFile, describe_own_file, open_own_file
from safeshare.web.reporter.draft import read_draft
from safeshare.web.reporter.form_pages import form_pages, get_step, show_step, way_on
from safeshare.web.reporter.forms.further import DRAFT_FILES, FilesForm
from safeshare.web.reporter.mailbox_files import REPLY_FILES, run_for
from safeshare.web.reporter.mailbox_session import find_reporter
from safeshare.web.reporter.passing import run
from safeshare.web.shared.doors import serves
from safeshare.web.shared.file_answers import file_answer
from safeshare.web.shared.file_words import about_file, file_title
from safeshare.web.shared.kept_files import REMOVE, kept_files, refresh_kept, take_received
from safeshare.web.shared.message_files import page_for_files
from safeshare.web.shared.uploads import takes_files

files = Blueprint("files", __name__, url_prefix="/messages/files")

_STEP = "files"


@form_pages.before_request
def _keep_files_waiting() -> None:
    """Whoever goes on with the form still wants its files."""
    if request.method == "POST" and request.endpoint == "form.step":
        refresh_kept(DRAFT_FILES, run)


@form_pages.route("/files", methods=["GET", "POST"])
@takes_files
@serves(take_file, drop_files, find_waiting)
def add_files() -> ResponseReturnValue:
    """The step of the form that takes files."""
    if request.method == "GET":
        return show_files(gone=not refresh_kept(DRAFT_FILES, run))
    wrong = take_received(DRAFT_FILES, run)
    if wrong:
        return show_files(wrong)
    if request.form.get("go") == "add" or REMOVE in request.form:
        return redirect(request.full_path.rstrip("?"), 303)
    draft = read_draft()
    return redirect(way_on(get_step(_STEP, draft), draft), 303)


@files.route("/add", methods=["GET", "POST"])
@takes_files
@serves(take_file, drop_files, find_waiting)
def add_to_message() -> ResponseReturnValue:
    """Files for the next message, which is kept in the session meanwhile."""
    reporter = find_reporter()
    if reporter is None:
        return redirect(url_for("messages.enter", closed="1"), 303)
    back = url_for("messages.show") + "#message"
    return page_for_files("reporter/add_files.html", REPLY_FILES, run_for(reporter), back)


@files.get("/<uuid:file_id>")
@serves(describe_own_file)
def show_file(file_id: UUID) -> ResponseReturnValue:
    """A page about one file, with the picture if it is one."""
    reporter = find_reporter()
    if reporter is None:
        return redirect(url_for("messages.enter", closed="1"), 303)
    shown = run(describe_own_file, AskForFile(file_id), reporter)
    return render_template(
        "reporter/file.html",
        file=shown,
        title=file_title(shown.position),
        about=about_file(shown.kind, shown.size),
    )


@files.get("/<uuid:file_id>/copy")
@serves(open_own_file)
def get_file(file_id: UUID) -> Response:
    """The file itself. Nobody is led to the door of the mailbox from here: it is no page."""
    return file_answer(run(open_own_file, AskForFile(file_id), _reporter()))


def show_files(
    wrong: list[str] | None = None, *, gone: bool = False, again: bool = False
) -> ResponseReturnValue:
    """Draw the step. `wrong` says what is wrong with files that were not taken, `gone` that some
    waited too long, `again` that the form came too late.
    """
    draft, form = read_draft(), FilesForm()
    form.files.errors = wrong or []
    return show_step(
        get_step(_STEP, draft), form, draft, again=again, kept=kept_files(DRAFT_FILES), gone=gone
    )


def _reporter() -> Reporter:
    reporter = find_reporter()
    if reporter is None:
        raise NotFoundError("no mailbox is open")
    return reporter
