"""A case as a file: the page that asks what for, and the file."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from safeshare.casework.rules import ExportPurpose
from safeshare.casework.service.exporting import (
    CaseExport,
    ExportCase,
    LookAtExports,
    export_case,
    list_exports,
)
from safeshare.kernel.errors import InvalidError
from safeshare.themes.rules import Vocabulary
from safeshare.web.shared.doors import serves
from safeshare.web.shared.file_answers import SANDBOX
from safeshare.web.staff.answering import ask, filled, is_sent, page
from safeshare.web.staff.case_text import case_text
from safeshare.web.staff.deciding_forms import ExportForm
from safeshare.web.staff.deciding_words import export_purpose_words
from safeshare.web.staff.forms import blame
from safeshare.web.staff.signed_in import current_staff, system
from safeshare.web.staff.unsent import forget_unsent

exporting = Blueprint("exporting", __name__, template_folder="templates")


@exporting.route("/cases/<reference>/export", methods=("GET", "POST"))
@serves(list_exports, export_case)
def export(reference: str) -> ResponseReturnValue:
    """Save the case as a file."""
    form = filled(ExportForm)
    if is_sent(form):
        command = ExportCase(reference, ExportPurpose(form.purpose.data), form.text.data)
        try:
            return _file(ask(export_case, command))
        except InvalidError as error:
            blame(form, error)
    found = ask(list_exports, LookAtExports(reference))
    words = export_purpose_words
    return page("staff/export.html", form, case=found.summary, exports=found.exports, words=words)


def _file(made: CaseExport) -> Response:
    """The text as a file to be saved. It is made in memory and kept nowhere."""
    text = case_text(made, system().gate.door(current_staff()).rule(Vocabulary))
    forget_unsent()
    answer = Response(text, content_type="text/plain; charset=utf-8")
    name = f"{made.view.summary.reference}.txt"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Download-Options"] = "noopen"
    return answer
