"""The nightly caseload: counted by the worker, shown to overseers, leaders and inspectors."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.casework.service.queue import kept_by_people
from safeshare.gate import Door, use_case
from safeshare.ledger.events import Event
from safeshare.oversight.models import CaseloadFigure
from safeshare.oversight.queries import last_checked_on, list_figures, list_open_cases
from safeshare.oversight.rules import (
    Age,
    Figure,
    Stage,
    age_of,
    all_figures,
    counted_again,
    shown_count,
    stage_of,
)
from safeshare.oversight.rules.caseload import NO_CONTACT, OVERDUE
from safeshare.people.queries import list_queues
from safeshare.policy.actions import Action
from safeshare.updates.rules import Timetable, last_fallen_due

Counts = Counter[tuple[UUID, str]]


@dataclass(frozen=True, slots=True)
class FigureShown:
    """One figure as it may be shown: None where it is withheld. `counted_on` is when it was."""

    count: int | None
    counted_on: date | None


@dataclass(frozen=True, slots=True)
class QueueCaseload:
    """The figures of one queue: a row for each stage, a column for each age, and two of its own."""

    name: str
    stages: Sequence[tuple[Stage, Sequence[FigureShown]]]
    overdue: FigureShown
    no_contact: FigureShown


@dataclass(frozen=True, slots=True)
class Caseload:
    """What is shown. `checked_on` is None before the first night."""

    checked_on: date | None
    queues: Sequence[QueueCaseload]


@use_case(Action.WORK_CASELOAD)
def count_caseload(door: Door, _command: None) -> int:
    """Count the open cases of every queue, once a day. Returns how many figures are shown anew.

    A figure that has not moved far enough stays as it was, so that no single case shows.
    """
    today = door.clock.today()
    if last_checked_on(door.read) == today:
        return 0
    counts = _count(door, today)
    with door.change() as session:
        moved = _keep(session, counts, today)
        door.record(Event.CASELOAD_COUNTED, moved=str(moved))
    return moved


@use_case(Action.CASELOAD_READ)
def read_caseload(door: Door, _command: None) -> Caseload:
    """The caseload as it was counted last night."""
    kept = {(row.queue_id, row.figure): row for row in list_figures(door.read)}
    return Caseload(
        checked_on=last_checked_on(door.read),
        queues=[_queue_shown(queue.id, queue.name, kept) for queue in list_queues(door.read)],
    )


def _count(door: Door, today: date) -> Counts:
    counts: Counts = Counter()
    kinds = kept_by_people(door.rule(Timetable))
    for case in list_open_cases(door.read, kinds, last_fallen_due(door.clock.now())):
        age = age_of((today - case.received_on).days)
        counts[case.queue_id, Figure.of(stage_of(case.status), age).code] += 1
        counts[case.queue_id, OVERDUE] += case.is_overdue
        counts[case.queue_id, NO_CONTACT] += not case.has_contact
    return counts


def _keep(session: Session, counts: Counts, today: date) -> int:
    kept = {(row.queue_id, row.figure): row for row in list_figures(session)}
    moved = 0
    for queue in list_queues(session):
        for figure in all_figures():
            row = kept.get((queue.id, figure.code)) or _new_figure(session, queue.id, figure, today)
            row.checked_on = today
            now = counts[queue.id, figure.code]
            if counted_again(row.counted, now):
                row.counted, row.counted_on = now, today
                moved += 1
    return moved


def _new_figure(session: Session, queue_id: UUID, figure: Figure, today: date) -> CaseloadFigure:
    row = CaseloadFigure(queue_id=queue_id, figure=figure.code, counted=0, counted_on=today)
    session.add(row)
    return row


def _queue_shown(
    queue_id: UUID, name: str, kept: dict[tuple[UUID, str], CaseloadFigure]
) -> QueueCaseload:
    def shown(code: str) -> FigureShown:
        row = kept.get((queue_id, code))
        count = shown_count(row.counted) if row is not None else None
        return FigureShown(count, row.counted_on if row is not None and count else None)

    return QueueCaseload(
        name=name,
        stages=[(stage, [shown(Figure.of(stage, age).code) for age in Age]) for stage in Stage],
        overdue=shown(OVERDUE),
        no_contact=shown(NO_CONTACT),
    )
