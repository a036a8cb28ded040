"""The queue page: the cases that a handler holds, and no others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from safeshare.casework.held_queries import (
    Due,
    Held,
    Place,
    QueueChoice,
    Shown,
    list_held,
    look_around,
)
from safeshare.casework.service.standing import staff_of
from safeshare.concerns.rules import OVER, CaseStatus, RiskBand
from safeshare.gate import Door, use_case
from safeshare.policy.actions import Action
from safeshare.updates.rules import PromiseKind, Timetable, WhenDue, last_fallen_due

PAGE = 25
"""Rows of one page."""

SOON = timedelta(days=7)
"""How far ahead a due date counts as soon."""


@dataclass(frozen=True, slots=True)
class ListQueue:
    """Which page of which cases. Without filters: all whose handling has not ended.

    `status` of an ended case shows that kind of ended cases.
    """

    queue: str | None = None
    status: CaseStatus | None = None
    risk: RiskBand | None = None
    due: Due | None = None
    mine: bool = False
    over: bool = False
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case on the page."""

    held: Held
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page. `next` is where the following page begins; None on the last.

    `recovery_is_set_up` is False where a case would be lost with its holders' keys.
    """

    rows: tuple[QueueRow, ...]
    next: Place | None
    queues: tuple[QueueChoice, ...]
    recovery_is_set_up: bool


@use_case(Action.QUEUE_READ)
def list_queue(door: Door, command: ListQueue) -> QueuePage:
    """The next 25 of the actor's cases. Two statements, whatever there is."""
    staff, around = staff_of(door), look_around(door.read)
    fallen_due_on = last_fallen_due(door.clock.now())
    shown = Shown(
        queue_code=command.queue,
        status=command.status,
        risk=command.risk,
        due=command.due,
        mine=command.mine,
        over=command.over or command.status in OVER,
        fallen_due_on=fallen_due_on,
        soon_until=door.clock.today() + SOON,
    )
    found = list_held(
        door.read,
        staff.staff_id,
        shown,
        kept_by_people(door.rule(Timetable)),
        after=command.after,
        most=PAGE + 1,
    )
    rows = [QueueRow(one, bool(one.due_on and one.due_on <= fallen_due_on)) for one in found[:PAGE]]
    return QueuePage(
        rows=tuple(rows),
        next=rows[-1].held.place if len(found) > PAGE else None,
        queues=around.queues,
        recovery_is_set_up=around.has_recovery,
    )


def kept_by_people(timetable: Timetable) -> Sequence[PromiseKind]:
    """The promises that a person must keep; the others are questions that ask themselves."""
    return sorted(term.kind for term in timetable.terms.values() if term.when_due is WhenDue.UPDATE)
