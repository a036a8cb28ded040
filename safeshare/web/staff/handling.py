"""The small forms with which a holder works a case, each on a page of its own."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from safeshare.casework.rules import Outcome
from safeshare.casework.service.case_sheet import (
    CloseCase,
    CodeThemes,
    ReadThemes,
    ThemesOfCase,
    close_case,
    code_themes,
    read_themes,
)
from safeshare.casework.service.handling import (
    AcknowledgeCase,
    ChangeStatus,
    TakeCase,
    WriteMessage,
    acknowledge,
    change_status,
    take_case,
    write_message,
)
from safeshare.casework.service.opening import ReadConversation, read_conversation
from safeshare.casework.service.summary import CaseSummary, LookAtCase, look_at_case
from safeshare.concerns.rules import CaseStatus
from safeshare.files.service.keeping import drop_files, find_waiting
from safeshare.web.shared.doors import serves
from safeshare.web.shared.form_fields import choice
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.shared.kept_files import REMOVE, clear_shelf, kept_files
from safeshare.web.shared.message_files import received_on
from safeshare.web.shared.words import outcome_words, status_name, status_words
from safeshare.web.staff import telling
from safeshare.web.staff.answering import ask, back_to_case, carried_out, filled, is_sent, page
from safeshare.web.staff.forms import (
    AcknowledgeForm,
    CloseForm,
    MessageForm,
    StatusForm,
    TakeForm,
    ThemesForm,
)
from safeshare.web.staff.unsent import set_aside

handling = Blueprint("handling", __name__, template_folder="templates", url_prefix="/cases")

_BOTH = ("GET", "POST")


@handling.route("/<reference>/take", methods=_BOTH)
@serves(look_at_case, take_case)
def take(reference: str) -> ResponseReturnValue:
    """Become the contact person."""
    case = ask(look_at_case, LookAtCase(reference))
    form = filled(TakeForm, seen=str(case.contact_id or ""))
    if is_sent(form):
        seen = UUID(form.seen.data) if form.seen.data else None
        ask(take_case, TakeCase(reference, seen))
        return back_to_case(reference, _("You are now the contact person."))
    return page("staff/take.html", form, case=case)


@handling.route("/<reference>/acknowledge", methods=_BOTH)
@serves(read_conversation, acknowledge)
def acknowledge_concern(reference: str) -> ResponseReturnValue:
    """Tell the reporter that a person has read it."""
    form = filled(AcknowledgeForm)
    if is_sent(form):
        command = AcknowledgeCase(reference, form.text.data)
        if carried_out(form, acknowledge, command):
            return back_to_case(reference, _("You acknowledged the concern."))
    return _beside_conversation("staff/acknowledge.html", form, reference)


@handling.route("/<reference>/message", methods=_BOTH)
@serves(read_conversation, write_message, find_waiting, drop_files)
def message(reference: str) -> ResponseReturnValue:
    """Ask or answer, or set the words aside while files are added on their own page."""
    if request.form.get("go") == "files":
        target = url_for("files.add_to_message", reference=reference, unsent=set_aside())
        return redirect(target, 303)
    form = filled(MessageForm)
    if _has_all_files(form, reference) and is_sent(form):
        message_id, files = UUID(form.message_id.data), kept_files(reference)
        command = WriteMessage(reference, form.text.data, form.asks.data, message_id, files)
        if carried_out(form, write_message, command):
            clear_shelf(reference)
            return back_to_case(reference, _("Your message was sent."))
    return _beside_conversation("staff/message.html", form, reference)


@handling.route("/<reference>/status", methods=_BOTH)
@serves(look_at_case, change_status)
def status(reference: str) -> ResponseReturnValue:
    """Move the case on."""
    case = ask(look_at_case, LookAtCase(reference))
    form = filled(StatusForm, seen=case.status.value)
    form.status.choices = _next_choices(case, form.seen.data)
    if is_sent(form):
        seen, wanted = CaseStatus(form.seen.data), CaseStatus(form.status.data)
        if carried_out(form, change_status, ChangeStatus(reference, seen, wanted)):
            return back_to_case(reference, _("You changed the status."))
    return page("staff/status.html", form, case=case)


@handling.route("/<reference>/close", methods=_BOTH)
@serves(read_themes, close_case)
def close(reference: str) -> ResponseReturnValue:
    """End the handling."""
    coded = ask(read_themes, ReadThemes(reference))
    form = filled(CloseForm, seen=coded.summary.status.value)
    form.outcome.choices = _outcome_choices(coded.summary, form.seen.data)
    if is_sent(form):
        seen, outcome = CaseStatus(form.seen.data), Outcome(form.outcome.data)
        command = CloseCase(reference, seen, outcome, form.text.data)
        if carried_out(form, close_case, command):
            return back_to_case(reference, _("You closed the case."))
    return page("staff/close.html", form, case=coded.summary, coded=bool(coded.themes))


@handling.route("/<reference>/themes", methods=_BOTH)
@serves(read_themes, code_themes)
def themes(reference: str) -> ResponseReturnValue:
    """Say what the case is about."""
    coded = ask(read_themes, ReadThemes(reference))
    form = filled(ThemesForm, themes=list(coded.themes))
    form.themes.choices = [(one.code, one.label) for g in coded.groups for one in g.themes]
    if is_sent(form):
        command = CodeThemes(reference, tuple(form.themes.data))
        if carried_out(form, code_themes, command):
            return back_to_case(reference, _("You coded the themes."))
    return page("staff/code.html", form, case=coded.summary, groups=_boxes(coded, form))


def _has_all_files(form: MessageForm, reference: str) -> bool:
    """Each case has its own shelf of files that wait for the next message. False where some waited
    too long, or one was taken off, so that it is not to be sent yet; the form then says why.
    """
    form.text.errors = received_on(reference, ask)
    return not form.text.errors and REMOVE not in request.form


def _beside_conversation(template: str, form: Any, reference: str) -> ResponseReturnValue:
    seen = ask(read_conversation, ReadConversation(reference))
    thread, kept = telling.thread(seen.messages), kept_files(reference)
    return page(template, form, case=seen.summary, messages=thread, kept=kept)


def _next_choices(case: CaseSummary, seen: str) -> list[Any]:
    """What may follow; after a change by somebody else all, so that the page can say so."""
    offered = case.next_statuses if seen == case.status.value else tuple(CaseStatus)
    return [choice(one.value, status_name(one), status_words(one)) for one in offered]


def _outcome_choices(case: CaseSummary, seen: str) -> list[tuple[str, str]]:
    offered = case.outcomes if seen == case.status.value else tuple(Outcome)
    return [(one.value, outcome_words(one)) for one in offered]


def _boxes(coded: ThemesOfCase, form: ThemesForm) -> list[dict[str, Any]]:
    """The boxes of each group, as the macro for checkboxes wants them."""
    ticked = set(form.themes.data or ())
    return [
        {
            "name": form.themes.name,
            "idPrefix": f"{form.themes.id}-{group.code}",
            "fieldset": {"legend": {"text": group.label, "classes": "govuk-fieldset__legend--s"}},
            "classes": "govuk-checkboxes--small",
            "items": [
                {"value": one.code, "text": one.label, "checked": one.code in ticked}
                for one in group.themes
            ],
        }
        for group in coded.groups
    ]
