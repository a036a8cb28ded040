"""The pages about the reporter's name: who keeps it, who asks for it, and the name itself."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from safeshare.casework.rules import Purpose
from safeshare.casework.service.agreeing import (
    DecideAsOverseer,
    ReadForOverseer,
    decide_as_overseer,
    list_for_overseer,
    read_for_overseer,
)
from safeshare.casework.service.keepers import (
    HandOver,
    LookAtKeepers,
    ReadName,
    hand_over,
    look_at_keepers,
    read_name,
)
from safeshare.casework.service.name_page import LookAtName, look_at_name, request_shown
from safeshare.casework.service.name_requests import (
    AskByNecessity,
    AskReporterForName,
    DecideRequest,
    NamedRequest,
    ask_by_necessity,
    ask_reporter_for_name,
    decide_request,
    give_name,
    refuse_name,
    withdraw_request,
)
from safeshare.kernel.errors import NotFoundError
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff import deciding_words
from safeshare.web.staff.answering import ask, carried_out, filled, is_sent, page
from safeshare.web.staff.deciding_forms import (
    AskForNameForm,
    EndorseForm,
    HandOverForm,
    NecessaryForm,
    RequestForm,
)

naming = Blueprint("naming", __name__, template_folder="templates")

_BOTH = ("GET", "POST")


@naming.get("/cases/<reference>/name")
@serves(look_at_name)
def show(reference: str) -> ResponseReturnValue:
    """Who keeps the name, and who asks for it."""
    found = ask(look_at_name, LookAtName(reference))
    return render_template("staff/name.html", found=found, case=found.summary, words=deciding_words)


@naming.get("/cases/<reference>/name/open")
@serves(read_name)
def open_name(reference: str) -> ResponseReturnValue:
    """The name itself."""
    found = ask(read_name, ReadName(reference))
    return render_template("staff/name_open.html", identity=found.identity, case=found.summary)


@naming.route("/cases/<reference>/name/ask", methods=_BOTH)
@serves(look_at_name, ask_reporter_for_name)
def ask_reporter(reference: str) -> ResponseReturnValue:
    """Ask the reporter."""
    form = filled(AskForNameForm)
    if is_sent(form):
        command = AskReporterForName(reference, form.text.data)
        if carried_out(form, ask_reporter_for_name, command):
            return _back(reference, _("Your question waits for the reporter."))
    found = ask(look_at_name, LookAtName(reference))
    return page("staff/name_ask.html", form, found=found, case=found.summary)


@naming.route("/cases/<reference>/name/necessary", methods=_BOTH)
@serves(look_at_name, ask_by_necessity)
def ask_necessary(reference: str) -> ResponseReturnValue:
    """Ask a second person, without the reporter."""
    form = filled(NecessaryForm)
    if is_sent(form):
        command = AskByNecessity(reference, Purpose(form.purpose.data), form.text.data)
        if carried_out(form, ask_by_necessity, command):
            return _back(reference, _("Your request waits for a second person."))
    found = ask(look_at_name, LookAtName(reference))
    return page("staff/name_necessary.html", form, found=found, case=found.summary)


@naming.route("/cases/<reference>/name/hand-over", methods=_BOTH)
@serves(look_at_keepers, hand_over)
def give_over(reference: str) -> ResponseReturnValue:
    """Let the key of the name change hands."""
    found = ask(look_at_keepers, LookAtKeepers(reference))
    form = filled(HandOverForm)
    form.change.choices = deciding_words.change_choices(found.changes)
    if is_sent(form):
        to, instead_of = map(UUID, form.change.data.split())
        if carried_out(form, hand_over, HandOver(reference, to, instead_of, form.text.data)):
            return _back(reference, _("The key of the name was handed over."))
    return page("staff/name_hand_over.html", form, found=found, case=found.summary)


@naming.route("/cases/<reference>/name/<uuid:request_id>", methods=_BOTH)
@serves(look_at_name, give_name, refuse_name, decide_request, withdraw_request)
def request_page(reference: str, request_id: UUID) -> ResponseReturnValue:
    """One request, and what can be decided about it."""
    found = ask(look_at_name, LookAtName(reference))
    one = request_shown(found, request_id)
    if one is None:
        raise NotFoundError("there is no such request")
    form = filled(RequestForm)
    form.decision.choices = deciding_words.decision_choices(one)
    if is_sent(form) and _decided(form, reference, request_id, may_give=one.may_give):
        return _back(reference, _("Your decision was written down."))
    return page("staff/name_request.html", form, one=one, case=found.summary, words=deciding_words)


@naming.get("/approvals")
@serves(list_for_overseer)
def approvals() -> ResponseReturnValue:
    """What waits for the overseer."""
    return render_template("staff/approvals.html", waiting=ask(list_for_overseer, None))


@naming.route("/approvals/<uuid:request_id>", methods=_BOTH)
@serves(read_for_overseer, decide_as_overseer)
def approval(request_id: UUID) -> ResponseReturnValue:
    """One request, for the overseer of its case."""
    form = filled(EndorseForm)
    if is_sent(form):
        agrees = form.decision.data == "yes"
        if carried_out(form, decide_as_overseer, DecideAsOverseer(request_id, agrees)):
            flash(_("Your decision was written down."))
            return redirect(url_for("naming.approvals"), 303)
    found = ask(read_for_overseer, ReadForOverseer(request_id))
    return page("staff/approval.html", form, found=found, words=deciding_words)


def _decided(form: RequestForm, reference: str, request_id: UUID, *, may_give: bool) -> bool:
    named, decision = NamedRequest(reference, request_id), form.decision.data
    if decision == "give":
        return carried_out(form, give_name, named)
    if decision == "withdraw":
        return carried_out(form, withdraw_request, named)
    if decision == "decline" and may_give:
        return carried_out(form, refuse_name, named)
    return carried_out(
        form, decide_request, DecideRequest(reference, request_id, decision == "agree")
    )


def _back(reference: str, said: str) -> ResponseReturnValue:
    """The page about the name, saying what was done."""
    flash(said)
    return redirect(url_for("naming.show", reference=reference), 303)
