"""Deciding on a proposal: what a second person approves is carried out exactly as it was shown."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.rules import stored_rule
from safeshare.concerns.service.proposals import (
    Decide,
    ProposeQueue,
    check_queue,
    check_rules,
    digest_of,
    facts_on,
    insist_on_member,
    trusted_queue,
)
from safeshare.concerns.service.routing import replace_routing
from safeshare.gate import Door, Facts, use_case
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import NotFoundError, SealBrokenError, StaleError
from safeshare.ledger.events import Event
from safeshare.people.models import Proposal, ProposalKind, Queue
from safeshare.people.rules import insist_on_turn
from safeshare.people.service.eligibility import sign_queue
from safeshare.people.service.rota import TurnOnCall, add_turns
from safeshare.people.service.waiting import end_waiting, is_as_proposed
from safeshare.policy.actions import Action


def _decision_facts(door: Door, command: Decide) -> Facts:
    row, actor = door.read.get(Proposal, command.proposal_id), door.actor
    if row is None or not isinstance(actor, Staff):
        return Facts()
    return facts_on(door, row, actor)


@use_case(Action.QUEUE_APPROVE, facts=_decision_facts)
def approve_proposal(door: Door, command: Decide) -> None:
    """Carry a proposal out, exactly as it was shown.

    Raises StaleError where it is gone, was changed, or what it would change was changed meanwhile;
    InvalidError where it makes no sense any more; SealBrokenError where nobody proposed it so.
    """
    with door.change() as session:
        row = _held(session, command)
        if not is_as_proposed(door, row):
            raise SealBrokenError("a proposal is not as it was signed")
        carry_out = {
            ProposalKind.QUEUE: _carry_out_queue,
            ProposalKind.ROTA: _carry_out_turn,
            ProposalKind.ROUTING: _carry_out_routing,
        }
        carry_out[row.kind](door, session, row)
        end_waiting(door, session, row)


@use_case(Action.QUEUE_APPROVE, facts=_decision_facts)
def turn_down_proposal(door: Door, command: Decide) -> None:
    """Let everything stay as it is. Raises StaleError where the proposal is gone or was changed."""
    with door.change() as session:
        row = _held(session, command)
        end_waiting(door, session, row)
        door.record(Event.PROPOSAL_TURNED_DOWN, kind=row.kind, queue=str(row.queue_id or ""))


def _held(session: Session, command: Decide) -> Proposal:
    row = session.get(Proposal, command.proposal_id, with_for_update=True)
    if row is None or digest_of(row) != command.seen:
        raise StaleError("This proposal has been decided or changed meanwhile.")
    return row


def _carry_out_queue(door: Door, session: Session, row: Proposal) -> None:
    if row.queue_id is None:
        raise NotFoundError("there is no such queue")
    session.get(Queue, row.queue_id, with_for_update=True)
    content: Mapping[str, Any] = row.content
    queue = trusted_queue(door, session, row.queue_id, content["revision"])
    reserve_id = UUID(content["reserve_id"]) if content["reserve_id"] else None
    command = ProposeQueue(
        row.queue_id,
        content["name"],
        content["holders_wanted"],
        reserve_id,
        content["shows_names"],
        queue.revision,
    )
    check_queue(session, command)
    queue.name, queue.holders_wanted = command.name, command.holders_wanted
    queue.reserve_id, queue.shows_names = command.reserve_id, command.shows_names
    sign_queue(door, queue)
    door.record(
        Event.QUEUE_CHANGED,
        queue=str(queue.id),
        holders=str(queue.holders_wanted),
        proposed_by=str(row.proposed_by),
    )


def _carry_out_turn(door: Door, session: Session, row: Proposal) -> None:
    if row.queue_id is None:
        raise NotFoundError("there is no such queue")
    turn = TurnOnCall(
        row.queue_id,
        UUID(str(row.content["staff_id"])),
        date.fromisoformat(str(row.content["from_on"])),
        date.fromisoformat(str(row.content["until_on"])),
    )
    insist_on_turn(turn.days, door.clock.today())
    insist_on_member(door, session, turn)
    add_turns(door, session, row.queue_id, [turn])
    door.record(
        Event.ROTA_SET, turns="1", queue=str(row.queue_id), proposed_by=str(row.proposed_by)
    )


def _carry_out_routing(door: Door, session: Session, row: Proposal) -> None:
    content: Mapping[str, Any] = row.content
    rules = tuple(stored_rule(one["queue"], one["when"]) for one in content["rules"])
    check_rules(session, rules)
    replace_routing(door, session, rules, content["revision"])
    door.record(Event.ROUTING_CHANGED, rules=str(len(rules)), proposed_by=str(row.proposed_by))
