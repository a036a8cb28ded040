"""Changing who is given concerns: a queue's numbers, its rota, the routing order.

One person proposes, another approves what they were shown: a supervisor of the queue or an
overseer, never the proposer, never whoever the change names, never an administrator (blueprint §4).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.rules import RoutingRule as Rule
from safeshare.concerns.rules import stored_condition
from safeshare.concerns.rules.routing import check_routing
from safeshare.concerns.service.routing import routing_now
from safeshare.gate import Door, Facts, use_case
from safeshare.kernel.actors import Role, Staff
from safeshare.kernel.errors import (
    InvalidError,
    MisconfiguredError,
    NotFoundError,
    SealBrokenError,
    StaleError,
)
from safeshare.ledger.events import Event
from safeshare.people.models import Proposal, ProposalKind, Queue
from safeshare.people.queries import find_names, get_standing, list_proposals, list_queues
from safeshare.people.rules import (
    LEAST_HOLDERS,
    check_reserves,
    insist_on_turn,
    why_not_holder,
)
from safeshare.people.service.approvers import tell_approvers, tell_who_watch
from safeshare.people.service.eligibility import facts_of, is_queue_signed
from safeshare.people.service.membership import staff_of
from safeshare.people.service.rota import TurnOnCall
from safeshare.people.service.waiting import add_proposal, is_as_proposed
from safeshare.policy.actions import Action

MOST_HOLDERS = 9
"""More people who can read a concern would be a crowd."""


@dataclass(frozen=True, slots=True)
class ProposeQueue:
    """New settings of a queue. `seen` is the revision of its row when the page was drawn."""

    queue_id: UUID
    name: str
    holders_wanted: int
    reserve_id: UUID | None
    shows_names: bool
    seen: int


@dataclass(frozen=True, slots=True)
class ProposeRouting:
    """A new routing order. `seen` is the revision of the old one when the page was drawn."""

    rules: tuple[Rule, ...]
    seen: int


@dataclass(frozen=True, slots=True)
class Decide:
    """Approve a proposal, or turn it down. `seen` is the digest of what was shown."""

    proposal_id: UUID
    seen: str


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """A proposal with everything that it would change. `names` are those of the people in it.

    `is_signed` is False where it was changed behind our back, or decided before: then it can only
    be turned down, and what it says, or who asked for it, is not to be believed.
    """

    proposal_id: UUID
    kind: ProposalKind
    queue_id: UUID | None
    proposed_by: str
    on: date
    content: Mapping[str, Any]
    names: Mapping[str, str]
    seen: str
    may_decide: bool
    is_signed: bool


@use_case(Action.QUEUE_PROPOSE)
def propose_queue(door: Door, command: ProposeQueue) -> None:
    """Ask for new settings of a queue.

    Raises InvalidError where they make no sense, StaleError where the queue was changed meanwhile.
    """
    queue = trusted_queue(door, door.read, command.queue_id, command.seen)
    check_queue(door.read, command)
    content: dict[str, object] = {
        "name": command.name.strip(),
        "holders_wanted": command.holders_wanted,
        "reserve_id": str(command.reserve_id) if command.reserve_id else None,
        "shows_names": command.shows_names,
        "revision": queue.revision,
    }
    _propose(door, ProposalKind.QUEUE, command.queue_id, content)


@use_case(Action.QUEUE_PROPOSE)
def propose_turn(door: Door, command: TurnOnCall) -> None:
    """Ask for a turn on a queue's rota. It takes its days from others.

    Raises InvalidError where the dates make no sense or the person could not be given its concerns.
    """
    insist_on_turn(command.days, door.clock.today())
    insist_on_member(door, door.read, command)
    content: dict[str, object] = {
        "staff_id": str(command.staff_id),
        "from_on": command.from_on.isoformat(),
        "until_on": command.until_on.isoformat(),
    }
    _propose(door, ProposalKind.ROTA, command.queue_id, content)


@use_case(Action.QUEUE_PROPOSE)
def propose_routing(door: Door, command: ProposeRouting) -> None:
    """Ask for another routing order.

    Raises InvalidError where it would lead nowhere, or to the people that a concern is about;
    StaleError where the order was changed meanwhile.
    """
    _, revision = routing_now(door, door.read)
    if revision != command.seen:
        raise StaleError("Somebody else has changed the routing meanwhile.")
    check_rules(door.read, command.rules)
    rules = [{"queue": rule.queue, "when": stored_condition(rule)} for rule in command.rules]
    content: dict[str, object] = {"rules": rules, "revision": revision}
    _propose(door, ProposalKind.ROUTING, None, content)


@use_case(Action.QUEUE_SETTINGS)
def list_all_proposals(door: Door, _command: None) -> Sequence[ProposalShown]:
    """Everything that waits for an approval, the oldest first."""
    return [_shown(door, row) for row in list_proposals(door.read)]


def facts_on(door: Door, row: Proposal, actor: Staff) -> Facts:
    """What the policy needs to know before somebody decides. A routing order is about every queue:
    a supervisor who approves one serves them all.
    """
    about = {row.queue_id} if row.queue_id else {queue.id for queue in list_queues(door.read)}
    content = row.content if is_as_proposed(door, row) else {}  # A forged one may be anything.
    named = {str(row.proposed_by), str(content.get("staff_id", ""))}
    return Facts(is_self=str(actor.staff_id) in named, is_in_queue=about <= actor.queue_ids)


def _shown(door: Door, row: Proposal) -> ProposalShown:
    actor = staff_of(door)
    facts = facts_on(door, row, actor)
    is_its = Role.SUPERVISOR in actor.roles and facts.is_in_queue
    is_signed = is_as_proposed(door, row)
    content = row.content if is_signed else {}
    people = [UUID(str(content[key])) for key in ("staff_id",) if key in content]
    names = find_names(door.read, [row.proposed_by, *people])
    return ProposalShown(
        proposal_id=row.id,
        kind=row.kind,
        queue_id=row.queue_id,
        proposed_by=names.get(row.proposed_by, ""),
        on=row.on,
        content=content,
        names={str(one): name for one, name in names.items()},
        seen=digest_of(row),
        is_signed=is_signed,
        may_decide=not facts.is_self and (Role.OVERSEER in actor.roles or is_its),
    )


def _propose(
    door: Door, kind: ProposalKind, queue_id: UUID | None, content: dict[str, object]
) -> None:
    row = Proposal(
        kind=kind,
        queue_id=queue_id,
        proposed_by=staff_of(door).staff_id,
        on=door.clock.today(),
        content=content,
    )
    with door.change() as session:
        add_proposal(door, session, row)
        _tell_approvers(door, session, row)
        door.record(Event.PROPOSAL_MADE, kind=kind, queue=str(queue_id or ""))


def _tell_approvers(door: Door, session: Session, row: Proposal) -> None:
    named = row.content.get("staff_id")
    if row.queue_id is None:
        tell_who_watch(door, session, None)
    else:
        tell_approvers(door, session, UUID(str(named)) if named else None, [row.queue_id])


def digest_of(row: Proposal) -> str:
    """What a proposal says, in one short word that goes with the page that showed it."""
    said = [row.kind, str(row.queue_id), str(row.proposed_by), row.content]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def trusted_queue(door: Door, session: Session, queue_id: UUID, seen: object) -> Queue:
    """A queue as it was signed under the revision `seen`. Raises SealBrokenError or StaleError."""
    queue = session.get(Queue, queue_id)
    if queue is None:
        raise NotFoundError("there is no such queue")
    if not is_queue_signed(door, queue):
        raise SealBrokenError("a queue's row is not as it was signed")
    if queue.revision != seen:
        raise StaleError("Somebody else has changed this queue meanwhile.")
    return queue


def check_queue(session: Session, command: ProposeQueue) -> None:
    """Insist on settings that make sense. Raises InvalidError with the field to mend."""
    if not command.name.strip():
        raise InvalidError("name_missing", "name")
    if not LEAST_HOLDERS <= command.holders_wanted <= MOST_HOLDERS:
        raise InvalidError("holders_out_of_range", "holders_wanted")
    reserves = {
        str(queue.id): str(queue.reserve_id) if queue.reserve_id else None
        for queue in list_queues(session)
    }
    reserves[str(command.queue_id)] = str(command.reserve_id) if command.reserve_id else None
    try:
        check_reserves(reserves)
    except MisconfiguredError:
        raise InvalidError("reserve_circular", "reserve_id") from None


def check_rules(session: Session, rules: Sequence[Rule]) -> None:
    """Insist on an order that always leads somewhere. Raises InvalidError."""
    try:
        check_routing(rules, {queue.code for queue in list_queues(session)})
    except MisconfiguredError:
        raise InvalidError("routing_leads_nowhere", "rules") from None


def insist_on_member(door: Door, session: Session, turn: TurnOnCall) -> None:
    """Insist that a person could be given the queue's concerns of danger. Raises InvalidError."""
    [facts] = facts_of(door, [get_standing(session, turn.staff_id)])
    if why_not_holder(facts, turn.queue_id, danger=True) is not None:
        raise InvalidError("may_not_be_on_call", "staff")
