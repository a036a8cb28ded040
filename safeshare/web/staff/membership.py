"""Joining and leaving queues, and being away."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from safeshare.concerns.service.queue_settings import (
    LookAtQueue,
    list_queue_settings,
    look_at_queue,
)
from safeshare.people.service.away import GoAway, come_back, go_away, look_at_absence
from safeshare.people.service.membership import (
    ApproveMember,
    Membership,
    ProposeByName,
    approve_member,
    leave_queue,
    list_waiting_members,
    propose_by_name,
    turn_down_member,
)
from safeshare.people.service.whereabouts import list_whereabouts_changed
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.shared.i18n import ngettext
from safeshare.web.staff.account_forms import SureForm
from safeshare.web.staff.answering import ask, filled, is_sent, page
from safeshare.web.staff.changing import done
from safeshare.web.staff.people_forms import (
    LETTING_IN,
    TURNING_DOWN,
    AwayForm,
    LetInForm,
    PersonForQueueForm,
    typed_day,
)

membership = Blueprint("membership", __name__, template_folder="templates")

_BOTH = ("GET", "POST")


@membership.get("/waiting-to-join")
@serves(list_waiting_members, list_whereabouts_changed)
def show_waiting() -> ResponseReturnValue:
    """Who waits to be let into a queue of the actor's, and whose number or place was changed."""
    waiting, changed = ask(list_waiting_members, None), ask(list_whereabouts_changed, None)
    return render_template("staff/people/waiting.html", waiting=waiting, changed=changed)


@membership.route("/waiting-to-join/<uuid:queue_id>/<uuid:staff_id>", methods=_BOTH)
@serves(list_waiting_members, approve_member, turn_down_member)
def decide(queue_id: UUID, staff_id: UUID) -> ResponseReturnValue:
    """Let one person in, or turn it down."""
    waiting = ask(list_waiting_members, None)
    one = next((w for w in waiting if (w.queue_id, w.staff_id) == (queue_id, staff_id)), None)
    if one is None:
        abort(404)
    form = filled(LetInForm)
    if is_sent(form):
        _decide(form.decision.data, Membership(staff_id, queue_id), one.display_name)
        return redirect(url_for("membership.show_waiting"), 303)
    return page("staff/people/let_in.html", form, one=one)


@membership.route("/waiting-to-join/propose", methods=_BOTH)
@serves(list_queue_settings, propose_by_name)
def propose() -> ResponseReturnValue:
    """Ask for somebody to be let into a queue."""
    form = filled(PersonForQueueForm)
    form.queue_id.choices = [(str(q.queue_id), q.name) for q in ask(list_queue_settings, None)]
    if is_sent(form):
        command = ProposeByName(form.sign_in_name.data, UUID(form.queue_id.data))
        if done(form, propose_by_name, command):
            flash(_("You proposed them. Its supervisor or an overseer decides."))
            return redirect(url_for("queues.show_all"), 303)
    return page("staff/people/propose.html", form)


@membership.route("/queues/<code>/members/<uuid:staff_id>/leave", methods=_BOTH)
@serves(look_at_queue, leave_queue)
def leave(code: str, staff_id: UUID) -> ResponseReturnValue:
    """Take somebody out of a queue."""
    view = ask(look_at_queue, LookAtQueue(code))
    member = next((one for one in view.members if one.staff_id == staff_id), None)
    if member is None:
        abort(404)
    form = filled(SureForm)
    if is_sent(form):
        left = ask(leave_queue, Membership(staff_id, view.queue.queue_id))
        flash(_("%(name)s is out of the queue.", name=member.name) + " " + _left_words(left))
        return redirect(url_for("queues.show", code=code), 303)
    return page("staff/people/leave.html", form, view=view, member=member)


@membership.route("/away", methods=_BOTH)
@serves(look_at_absence, go_away)
def away() -> ResponseReturnValue:
    """When the actor is away."""
    absence = ask(look_at_absence, None)
    form = filled(AwayForm, from_on=absence.from_on, until_on=absence.until_on)
    if is_sent(form):
        command = GoAway(typed_day(form.from_on.data), form.until_on.data)
        if done(form, go_away, command):
            flash(_("You are given no new concern on these days. Your cases stay yours."))
            return redirect(url_for("membership.away"), 303)
    return page("staff/people/away.html", form, absence=absence)


@membership.post("/away/back")
@serves(come_back)
def back() -> ResponseReturnValue:
    """The actor is here again."""
    ask(come_back, None)
    flash(_("Welcome back. You can be given new concerns again."))
    return redirect(url_for("membership.away"), 303)


def _decide(decision: str, command: Membership, name: str) -> None:
    said: dict[str, Any] = {"name": name}
    if decision == TURNING_DOWN:
        ask(turn_down_member, command)
        flash(_("%(name)s was not let in.", **said))
        return
    is_trained = decision == LETTING_IN
    ask(approve_member, ApproveMember(command.staff_id, command.queue_id, is_trained))
    flash(_("%(name)s can now be given concerns of this queue.", **said))


def _left_words(left: int) -> str:
    if left >= 2:
        return ""
    return str(
        ngettext(
            "Only one person is left who can be given its concerns: the queue that steps in takes "
            "part of each. Let somebody join soon.",
            "Nobody is left who can be given its concerns: the queue that steps in takes them. Let "
            "people join soon.",
            1 if left else 2,
        )
    )
