"""Conversations that a reporter gave somebody who does not hold the case, and the notes with it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from safeshare.casework.service.conflict import DeclareTie, ReadNames
from safeshare.casework.service.correspondence import (
    AskForNotes,
    CorrespondenceView,
    GiveNotes,
    OpenCorrespondence,
    ask_for_notes,
    declare_correspondence_tie,
    give_notes,
    list_turned_to,
    open_correspondence,
    read_correspondence_names,
    write_in_correspondence,
)
from safeshare.casework.service.handling import WriteMessage
from safeshare.casework.service.summary import LookAtCase, look_at_case
from safeshare.kernel.errors import InvalidError, NotFoundError
from safeshare.themes.rules import Vocabulary
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff import telling
from safeshare.web.staff.account_forms import SureForm
from safeshare.web.staff.answering import ask, back_to_case, carried_out, filled, is_sent, page
from safeshare.web.staff.forms import MessageForm, TieForm
from safeshare.web.staff.signed_in import current_staff, system

conversations = Blueprint("conversations", __name__, template_folder="templates")

_BOTH = ("GET", "POST")


@conversations.get("/conversations")
@serves(list_turned_to)
def listed() -> str:
    """The cases whose reporter turned to whoever is signed in."""
    return render_template("staff/conversations.html", found=ask(list_turned_to, None))


@conversations.get("/conversations/<reference>")
@serves(open_correspondence, read_correspondence_names)
def show(reference: str) -> ResponseReturnValue:
    """What was told and written, once they have declared that they have no tie."""
    try:
        view = ask(open_correspondence, OpenCorrespondence(reference))
    except NotFoundError:
        ask(read_correspondence_names, ReadNames(reference))
        return redirect(url_for("conversations.tie", reference=reference), 303)
    vocabulary = system().gate.door(current_staff()).rule(Vocabulary)
    said = telling.answers_in_words(view, vocabulary)
    return render_template("staff/conversation.html", view=view, said=said, telling=telling)


@conversations.route("/conversations/<reference>/conflict", methods=_BOTH)
@serves(read_correspondence_names, declare_correspondence_tie)
def tie(reference: str) -> ResponseReturnValue:
    """The names and places given, and the question."""
    form = filled(TieForm)
    if not is_sent(form):
        named = ask(read_correspondence_names, ReadNames(reference))
        return page("staff/conversation_conflict.html", form, named=named)
    has_tie = form.tie.data == "yes"
    ask(declare_correspondence_tie, DeclareTie(reference, has_tie))
    if has_tie:
        flash(_("Thank you. You have no access to this case any more."))
        return redirect(url_for("conversations.listed"), 303)
    return redirect(url_for("conversations.show", reference=reference), 303)


@conversations.route("/conversations/<reference>/message", methods=_BOTH)
@serves(open_correspondence, write_in_correspondence)
def message(reference: str) -> ResponseReturnValue:
    """Write to the reporter."""
    form = filled(MessageForm)
    if is_sent(form):
        command = WriteMessage(reference, form.text.data, message_id=UUID(form.message_id.data))
        if carried_out(form, write_in_correspondence, command):
            return _back(reference, _("The message was sent."))
    view: CorrespondenceView = ask(open_correspondence, OpenCorrespondence(reference))
    return page("staff/conversation_message.html", form, view=view, telling=telling)


@conversations.post("/conversations/<reference>/notes")
@serves(ask_for_notes)
def notes(reference: str) -> ResponseReturnValue:
    """Ask the holders for their notes."""
    ask(ask_for_notes, AskForNotes(reference))
    return _back(reference, _("The holders are asked to give you their notes."))


@conversations.get("/cases/<reference>/notes")
@serves(look_at_case)
def giving(reference: str) -> ResponseReturnValue:
    """Ask a holder whether the contact person is to have the notes."""
    case = ask(look_at_case, LookAtCase(reference))
    return page("staff/give_notes.html", SureForm(), case=case)


@conversations.post("/cases/<reference>/notes")
@serves(give_notes, look_at_case)
def give(reference: str) -> ResponseReturnValue:
    """Give them."""
    try:
        ask(give_notes, GiveNotes(reference))
    except InvalidError:
        form = SureForm()
        form.form_errors.append(_("They cannot be given this case. Tell the reporter in a message"))
        return page("staff/give_notes.html", form, case=ask(look_at_case, LookAtCase(reference)))
    return back_to_case(reference, _("They hold the case now."))


def _back(reference: str, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("conversations.show", reference=reference), 303)
