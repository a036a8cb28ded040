"""The files of a case: a page for each, the clean copy, the original for a written reason, and the
page that adds some to the next message.
"""

from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from safeshare.casework.service.files import (
    AskForCaseFile,
    AskForOriginal,
    describe_case_file,
    open_case_file,
    open_case_original,
)
from safeshare.casework.service.opening import CaseView
from safeshare.casework.service.summary import LookAtCase, look_at_case
from safeshare.files.service.keeping import drop_files, find_waiting, take_file
from safeshare.kernel.errors import InvalidError
from safeshare.web.shared.doors import serves
from safeshare.web.shared.file_answers import file_answer
from safeshare.web.shared.file_words import FileLine, about_file, file_title, lines_of
from safeshare.web.shared.i18n import day
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.shared.message_files import page_for_files
from safeshare.web.shared.uploads import takes_files
from safeshare.web.staff.answering import ask
from safeshare.web.staff.file_forms import OriginalForm, blame_reason
from safeshare.web.staff.unsent import UNSENT

files = Blueprint(
    "files", __name__, template_folder="templates", url_prefix="/cases/<reference>/files"
)


@files.route("/add", methods=["GET", "POST"])
@takes_files
@serves(look_at_case, take_file, drop_files, find_waiting)
def add_to_message(reference: str) -> ResponseReturnValue:
    """Files for the next message, whose words wait among the unsent forms."""
    case = ask(look_at_case, LookAtCase(reference))
    form_id = request.args.get(UNSENT)
    back = url_for("handling.message", reference=reference, unsent=form_id)
    return page_for_files("staff/add_files.html", reference, ask, back, case=case)


@files.get("/<uuid:file_id>")
@serves(describe_case_file)
def show_file(reference: str, file_id: UUID) -> ResponseReturnValue:
    """A page about one file, with the picture if it is one, and who opened its original."""
    return _page(reference, file_id, OriginalForm())


@files.get("/<uuid:file_id>/copy")
@serves(open_case_file)
def get_file(reference: str, file_id: UUID) -> Response:
    """The clean copy."""
    return file_answer(ask(open_case_file, AskForCaseFile(reference, file_id)))


@files.post("/<uuid:file_id>/original")
@serves(open_case_original, describe_case_file)
def get_original(reference: str, file_id: UUID) -> ResponseReturnValue:
    """What was sent, for a reason."""
    form = OriginalForm(request.form)
    try:
        reason = str(form.reason.data or "")
        return file_answer(ask(open_case_original, AskForOriginal(reference, file_id, reason)))
    except InvalidError as error:
        blame_reason(form, error)
        return _page(reference, file_id, form), 400


def file_lines(view: CaseView) -> list[FileLine]:
    """Every file of a case, with a link to its page."""
    if not view.files:
        return []
    whose: dict[UUID | None, str] = {None: _("Came with the concern.")}
    for one in view.messages:
        who = one.author_name or (_("us") if one.is_ours else _("the reporter"))
        whose[one.id] = _("Sent by %(who)s on %(day)s.", who=who, day=day(one.on))
    reference = view.summary.reference
    href = {
        one.id: url_for("files.show_file", reference=reference, file_id=one.id)
        for one in view.files
    }
    return lines_of(view.files, whose, href)


def _page(reference: str, file_id: UUID, form: OriginalForm) -> str:
    found = ask(describe_case_file, AskForCaseFile(reference, file_id))
    return render_template(
        "staff/file.html",
        form=form,
        reference=reference,
        file=found.shown,
        openings=found.openings,
        given_name=found.given_name,
        title=file_title(found.shown.position),
        about=about_file(found.shown.kind, found.shown.size),
        original=about_file(found.shown.kind, found.shown.sent),
    )
