"""Queues, their rota and the routing order: looking, proposing a change, deciding on one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from safeshare.concerns.rules import RoutingRule
from safeshare.concerns.service.deciding import approve_proposal, turn_down_proposal
from safeshare.concerns.service.proposals import (
    Decide,
    ProposalShown,
    ProposeQueue,
    ProposeRouting,
    list_all_proposals,
    propose_queue,
    propose_routing,
    propose_turn,
)
from safeshare.concerns.service.queue_settings import (
    LookAtQueue,
    QueueRow,
    QueueView,
    list_queue_settings,
    look_at_queue,
    look_at_routing,
)
from safeshare.people.service.rota import TurnOnCall
from safeshare.themes.rules import Vocabulary
from safeshare.web.shared.doors import serves
from safeshare.web.shared.i18n import gettext as _
from safeshare.web.staff.answering import ask, filled, is_sent, page
from safeshare.web.staff.changing import done
from safeshare.web.staff.people_forms import (
    LETTING_IN,
    DecisionForm,
    QueueForm,
    RoutingForm,
    TurnForm,
    typed_day,
)
from safeshare.web.staff.people_words import (
    RouteNames,
    hiding_words,
    proposal_lines,
    proposal_title,
    rule_words,
)
from safeshare.web.staff.signed_in import current_staff, system

queues = Blueprint("queues", __name__, template_folder="templates", url_prefix="/queues")

_BOTH = ("GET", "POST")


@queues.get("")
@serves(list_queue_settings, list_all_proposals)
def show_all() -> ResponseReturnValue:
    """Every queue, and the changes that wait for an approval."""
    rows = ask(list_queue_settings, None)
    return render_template(
        "staff/people/queues.html",
        rows=rows,
        proposals=[_titled(one, rows) for one in ask(list_all_proposals, None)],
        hiding_words=hiding_words,
        roles=current_staff().roles,
    )


@queues.get("/<code>")
@serves(look_at_queue)
def show(code: str) -> ResponseReturnValue:
    """One queue: its settings, its people, its rota."""
    view = ask(look_at_queue, LookAtQueue(code))
    return render_template(
        "staff/people/queue.html", view=view, hiding=hiding_words(view.queue), me=current_staff()
    )


@queues.route("/<code>/change", methods=_BOTH)
@serves(look_at_queue, list_queue_settings, propose_queue)
def change(code: str) -> ResponseReturnValue:
    """Propose other settings of a queue."""
    view = ask(look_at_queue, LookAtQueue(code))
    form = filled(QueueForm, **_settings(view))
    others = [one for one in ask(list_queue_settings, None) if one.code != code]
    form.reserve_id.choices = [*((str(q.queue_id), q.name) for q in others), ("none", _("None"))]
    if is_sent(form) and done(form, propose_queue, _proposal(form, view)):
        return _proposed(code)
    return page("staff/people/change.html", form, view=view)


@queues.route("/<code>/rota", methods=_BOTH)
@serves(look_at_queue, propose_turn)
def rota(code: str) -> ResponseReturnValue:
    """Propose a turn on call."""
    view = ask(look_at_queue, LookAtQueue(code))
    form = filled(TurnForm)
    able = [one for one in view.members if one.is_approved and one.is_trained]
    form.staff_id.choices = [("", _("Choose a person")), *((str(m.staff_id), m.name) for m in able)]
    if is_sent(form):
        staff_id, days = UUID(form.staff_id.data), (form.from_on.data, form.until_on.data)
        turn = TurnOnCall(view.queue.queue_id, staff_id, *(typed_day(one) for one in days))
        if done(form, propose_turn, turn):
            return _proposed(code)
    return page("staff/people/rota.html", form, view=view)


@queues.route("/routing-order", methods=_BOTH)
@serves(look_at_routing, list_queue_settings, propose_routing)
def routing() -> ResponseReturnValue:
    """The routing order, and a change of one of its rules."""
    view, form = ask(look_at_routing, None), filled(RoutingForm)
    rows = ask(list_queue_settings, None)
    rules = [rule_words(rule, _route_names(rows)) for rule in view.rules]
    form.rule.choices = [(str(n), f"{n}. {rule}") for n, rule in enumerate(rules[:-1], start=1)]
    form.queue.choices = [(one.code, one.name) for one in rows]
    if is_sent(form) and view.revision is not None:
        command = ProposeRouting(_moved(view.rules, form), _number(form.seen.data))
        if done(form, propose_routing, command):
            flash(_("You proposed it. An overseer decides."))
            return redirect(url_for("queues.show_all"), 303)
    form.seen.data = view.revision
    return page("staff/people/routing.html", form, view=view, rules=rules)


@queues.route("/proposals/<uuid:proposal_id>", methods=_BOTH)
@serves(list_all_proposals, approve_proposal, turn_down_proposal)
def decide(proposal_id: UUID) -> ResponseReturnValue:
    """Approve a proposal, or turn it down."""
    found = [one for one in ask(list_all_proposals, None) if one.proposal_id == proposal_id]
    if not found or not found[0].may_decide:
        abort(404)
    form = filled(DecisionForm, seen=found[0].seen)
    if not found[0].is_signed:
        form.decision.choices = form.decision.choices[1:]
    if is_sent(form):
        is_approved = form.decision.data == LETTING_IN
        command = Decide(proposal_id, form.seen.data)
        if done(form, approve_proposal if is_approved else turn_down_proposal, command):
            flash(_("You approved the change.") if is_approved else _("You turned it down."))
            return redirect(url_for("queues.show_all"), 303)
    rows = ask(list_queue_settings, None)
    lines = proposal_lines(found[0], _names(rows), _route_names(rows))
    return page("staff/people/decide.html", form, lines=lines, **_titled(found[0], rows))


def _names(rows: Sequence[QueueRow]) -> dict[object, str]:
    return {one.queue_id: one.name for one in rows}


def _route_names(rows: Sequence[QueueRow]) -> RouteNames:
    vocabulary = system().gate.door(current_staff()).rule(Vocabulary)
    groups = {one.code: one.label for one in vocabulary.groups}
    return RouteNames({one.code: one.name for one in rows}, groups)


def _titled(shown: ProposalShown, rows: Sequence[QueueRow]) -> dict[str, Any]:
    return {"shown": shown, "title": proposal_title(shown, _names(rows))}


def _settings(view: QueueView) -> dict[str, Any]:
    return {
        "name": view.queue.name,
        "holders_wanted": view.queue.holders_wanted,
        "reserve_id": str(view.queue.reserve_id or "none"),
        "shows_names": "yes" if view.queue.shows_names else "no",
        "seen": view.queue.revision,
    }


def _proposal(form: QueueForm, view: QueueView) -> ProposeQueue:
    return ProposeQueue(
        queue_id=view.queue.queue_id,
        name=form.name.data,
        holders_wanted=form.holders_wanted.data,
        reserve_id=None if form.reserve_id.data == "none" else UUID(form.reserve_id.data),
        shows_names=form.shows_names.data == "yes",
        seen=_number(form.seen.data),
    )


def _proposed(code: str) -> ResponseReturnValue:
    flash(_("You proposed it. A supervisor of the queue or an overseer decides."))
    return redirect(url_for("queues.show", code=code), 303)


def _moved(rules: tuple[RoutingRule, ...], form: RoutingForm) -> tuple[RoutingRule, ...]:
    """The order with one rule at another place, leading elsewhere. The last rule stays last."""
    number = int(form.rule.data) - 1
    moved = RoutingRule(form.queue.data, rules[number].when)
    others = [rule for index, rule in enumerate(rules[:-1]) if index != number]
    place = min(max(form.position.data, 1), len(rules) - 1) - 1
    return (*others[:place], moved, *others[place:], rules[-1])


def _number(text: object) -> int:
    """A hidden number that came back; 0, which is nobody's revision, where it is none."""
    return int(str(text)) if str(text).isdecimal() else 0
