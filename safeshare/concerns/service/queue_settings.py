"""The queues as those who propose and approve changes see them. No case is counted here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from safeshare.concerns.rules import RoutingRule as Rule
from safeshare.concerns.service.routing import routing_now
from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.people.models import OnCall, Queue
from safeshare.people.queries import (
    Standing,
    find_names,
    list_queues,
    list_rotas,
    list_standings_of_queue,
)
from safeshare.people.rules import MemberFacts
from safeshare.people.service.eligibility import facts_of, is_queue_signed, is_rota_signed
from safeshare.people.service.membership import count_eligible, is_hidden
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class LookAtQueue:
    """Ask for one queue by its code."""

    code: str


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A queue. `eligible` people could be given a concern of it today; where they are fewer than
    four, `hides` is False: the tables show who was left out of a case. `is_signed` is False where
    the row was changed behind our back, so that the queue is passed over.
    """

    queue_id: UUID
    code: str
    name: str
    holders_wanted: int
    reserve_id: UUID | None
    reserve_name: str | None
    shows_names: bool
    revision: int
    eligible: int
    hides: bool
    is_signed: bool


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody in a queue, or waiting to be let in."""

    staff_id: UUID
    name: str
    job_title: str
    is_supervisor: bool
    is_approved: bool
    is_trained: bool
    is_away: bool
    is_signed: bool


@dataclass(frozen=True, slots=True)
class TurnRow:
    """A turn on the rota that is not over."""

    staff_id: UUID
    name: str
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class QueueView:
    """One queue with its people and its rota. `rota_is_signed` is False where it was changed behind
    our back, so that it names nobody.
    """

    queue: QueueRow
    members: Sequence[MemberRow]
    turns: Sequence[TurnRow]
    rota_is_signed: bool


@dataclass(frozen=True, slots=True)
class RoutingView:
    """The routing order in force; `revision` is None where it was changed behind our back, so that
    the order of the files counts.
    """

    rules: tuple[Rule, ...]
    revision: int | None


@use_case(Action.QUEUE_SETTINGS)
def list_queue_settings(door: Door, _command: None) -> Sequence[QueueRow]:
    """Every queue, in its order."""
    return _rows(door)


@use_case(Action.QUEUE_SETTINGS)
def look_at_queue(door: Door, command: LookAtQueue) -> QueueView:
    """One queue. Raises NotFoundError."""
    row = next((one for one in _rows(door) if one.code == command.code), None)
    if row is None:
        raise NotFoundError("there is no such queue")
    standings = list_standings_of_queue(door.read, row.queue_id)
    facts = {one.staff_id: one for one in facts_of(door, standings)}
    rotas = {rota.queue_id: (rota, turns) for rota, turns in list_rotas(door.read)}
    rota, turns = rotas.get(row.queue_id, (None, []))
    return QueueView(
        queue=row,
        members=[_member(one, facts[one.member.id], row.queue_id) for one in standings],
        turns=_turns(door, turns),
        rota_is_signed=rota is not None and is_rota_signed(door, rota, turns),
    )


@use_case(Action.QUEUE_SETTINGS)
def look_at_routing(door: Door, _command: None) -> RoutingView:
    """The routing order in force."""
    try:
        return RoutingView(*routing_now(door, door.read))
    except SealBrokenError:
        return RoutingView((), None)


def _rows(door: Door) -> list[QueueRow]:
    queues = list_queues(door.read)
    names = {queue.id: queue.name for queue in queues}
    counts = count_eligible(door, door.read)
    return [
        _row(door, one, names.get(one.reserve_id) if one.reserve_id else None, counts[one.id])
        for one in queues
    ]


def _row(door: Door, queue: Queue, reserve_name: str | None, eligible: int) -> QueueRow:
    return QueueRow(
        queue_id=queue.id,
        code=queue.code,
        name=queue.name,
        holders_wanted=queue.holders_wanted,
        reserve_id=queue.reserve_id,
        reserve_name=reserve_name,
        shows_names=queue.shows_names,
        revision=queue.revision,
        eligible=eligible,
        hides=is_hidden(eligible),
        is_signed=is_queue_signed(door, queue),
    )


def _member(standing: Standing, facts: MemberFacts, queue_id: UUID) -> MemberRow:
    return MemberRow(
        staff_id=facts.staff_id,
        name=standing.member.display_name,
        job_title=standing.member.job_title,
        is_supervisor=Role.SUPERVISOR in facts.roles,
        is_approved=queue_id in facts.approved_queues,
        is_trained=queue_id in facts.trained_queues,
        is_away=not facts.available,
        is_signed=facts.mac_valid,
    )


def _turns(door: Door, turns: Sequence[OnCall]) -> list[TurnRow]:
    coming = [turn for turn in turns if turn.until_on >= door.clock.today()]
    names = find_names(door.read, {turn.staff_id for turn in coming})
    return [
        TurnRow(turn.staff_id, names.get(turn.staff_id, ""), turn.from_on, turn.until_on)
        for turn in sorted(coming, key=lambda one: one.from_on)
    ]
