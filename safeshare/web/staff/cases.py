"""A case: the page before any content, and the page with it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from safeshare.casework.service.conflict import DeclareTie, ReadNames, declare_tie, read_names
from safeshare.casework.service.opening import OpenCase, open_case
from safeshare.casework.service.standing import HowIStand, how_i_stand
from safeshare.casework.service.summary import CaseSummary
from safeshare.casework.service.upkeep import keep_case_up
from safeshare.concerns.rules import CaseStatus
from safeshare.kernel.errors import NotFoundError, StaleError
from safeshare.themes.rules import Vocabulary
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff import telling
from safeshare.web.staff.answering import ask, back_to_case, filled, is_sent, page
from safeshare.web.staff.files import file_lines
from safeshare.web.staff.forms import TieForm
from safeshare.web.staff.signed_in import current_staff, system
from safeshare.web.staff.upkeep import then_keep_up

cases = Blueprint("cases", __name__, template_folder="templates")


@cases.get("/cases/<reference>")
@serves(open_case, how_i_stand, keep_case_up)
def show_case(reference: str) -> ResponseReturnValue:
    """The whole case, once its holder has declared that they have no tie."""
    try:
        view = ask(open_case, OpenCase(reference))
    except NotFoundError:
        return _ask_for_a_declaration(reference)
    vocabulary = system().gate.door(current_staff()).rule(Vocabulary)
    shown = render_template(
        "staff/case.html",
        view=view,
        case=view.summary,
        said=telling.answers_in_words(view, vocabulary),
        themes=telling.theme_labels(view.themes, vocabulary),
        telling=telling,
        files=file_lines(view),
        todo=_to_do(view.summary),
    )
    return then_keep_up(shown, reference) if view.looks_behind else shown


@cases.get("/cases/<reference>/conflict")
@serves(read_names)
def show_conflict(reference: str) -> ResponseReturnValue:
    """The names and places given, and the question."""
    named = ask(read_names, ReadNames(reference))
    return page("staff/conflict.html", TieForm(), named=named)


@cases.post("/cases/<reference>/conflict")
@serves(read_names, declare_tie)
def send_conflict(reference: str) -> ResponseReturnValue:
    """The holder's word."""
    form = filled(TieForm)
    if not is_sent(form):
        return page("staff/conflict.html", form, named=ask(read_names, ReadNames(reference)))
    has_tie = form.tie.data == "yes"
    ask(declare_tie, DeclareTie(reference, has_tie))
    if has_tie:
        flash(_("Thank you. You hold this case no longer. Please speak about it with nobody."))
        return redirect(url_for("queue.home"), 303)
    return back_to_case(reference, _("You declared that you have no tie."))


def _ask_for_a_declaration(reference: str) -> ResponseReturnValue:
    """Lead a holder to the page before the content. Raises NotFoundError for everybody else."""
    if ask(how_i_stand, HowIStand(reference)).has_attested:
        raise NotFoundError("the case is gone")
    return redirect(url_for("cases.show_conflict", reference=reference), 303)


def _to_do(case: CaseSummary) -> list[dict[str, str]]:
    """What can be done now. The first is what should come next."""
    is_new = not case.is_over and not case.acknowledged_on
    steps = (
        (not case.is_over and not case.contact_name, "handling.take", _("Take the case")),
        (is_new, "handling.acknowledge_concern", _("Acknowledge the concern")),
        (case.status is not CaseStatus.CLOSED, "handling.message", _("Write a message")),
        (True, "triage.show", _("Triage")),
        (bool(case.next_statuses), "handling.status", _("Change the status")),
        (
            not case.is_over and bool(case.acknowledged_on),
            "extending.extend",
            _("Tell them the result later"),
        ),
        (
            bool(case.contact_name) and case.contact_name not in case.holders,
            "conversations.giving",
            _("Give the new contact person the notes"),
        ),
        (True, "handling.themes", _("Code the themes")),
        (bool(case.outcomes), "handling.close", _("Close the case")),
        (
            not case.is_over and bool(case.contact_name) and not case.is_contact,
            "handling.take",
            _("Take the case over"),
        ),
        (True, "handing_over.add", _("Let a colleague hold it as well")),
        (True, "cases.show_conflict", _("Declare a tie")),
        (True, "exporting.export", _("Save the case as a file")),
        (True, "oversight.case_trail", _("See who did what with it")),
    )
    return [
        {"text": text, "href": url_for(endpoint, reference=case.reference)}
        for applies, endpoint, text in steps
        if applies
    ]


@cases.app_errorhandler(StaleError)
def show_changed(_error: StaleError) -> ResponseReturnValue:
    """Somebody was faster. What was typed is shown again, to be copied."""
    typed = request.form.get("text", "")
    reference = (request.view_args or {}).get("reference")
    return render_template("staff/changed.html", typed=typed, reference=reference), 409
