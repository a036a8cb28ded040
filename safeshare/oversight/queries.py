"""Finding what the ledger's pages, the weekly review and the caseload show."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    String,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy import tuple_ as tuple_of
from sqlalchemy.orm import Session

from safeshare.concerns.models import Case
from safeshare.concerns.rules import OVER, CaseStatus
from safeshare.ledger.events import Event
from safeshare.ledger.models import Chain, LedgerEntry
from safeshare.oversight.models import CaseloadFigure
from safeshare.updates.models import Promise
from safeshare.updates.rules import OPEN_STATES, PromiseKind


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a page shows it."""

    chain: Chain
    position: int
    at: datetime | None
    on: date
    actor_kind: str
    actor_id: UUID | None
    event: Event
    note: dict[str, str]


@dataclass(frozen=True, slots=True)
class TrailPlace:
    """Where a line of a case's trail stands: newest day first, staff before reporters."""

    on: date
    chain: Chain
    position: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a member of staff did with a case, or was refused."""

    staff_id: UUID
    event: Event
    case_id: UUID | None
    at: datetime
    on: date


@dataclass(frozen=True, slots=True)
class OpenCase:
    """What the caseload counts of one case."""

    queue_id: UUID
    status: CaseStatus
    received_on: date
    has_contact: bool
    is_overdue: bool


_SHOWN = (
    LedgerEntry.chain,
    LedgerEntry.position,
    LedgerEntry.at,
    LedgerEntry.on,
    LedgerEntry.actor_kind,
    LedgerEntry.actor_id,
    LedgerEntry.event,
    LedgerEntry.note,
)


def list_accounts_trail(
    session: Session, events: Iterable[Event], *, before: int | None, most: int
) -> Sequence[Line]:
    """Entries of these kinds that name no case, the newest first; those before a position."""
    statement = (
        select(*_SHOWN)
        .where(
            LedgerEntry.chain == Chain.STAFF,
            LedgerEntry.case_id.is_(None),
            LedgerEntry.event.in_(sorted(events)),
        )
        .order_by(LedgerEntry.position.desc())
        .limit(most)
    )
    if before is not None:
        statement = statement.where(LedgerEntry.position < before)
    return [Line(*row) for row in session.execute(statement)]


def list_case_trail(
    session: Session, case_id: UUID, *, after: TrailPlace | None, most: int
) -> Sequence[Line]:
    """Everything on the chains about a case, the newest day first; those after a place."""
    order = (LedgerEntry.on.desc(), LedgerEntry.chain.desc(), LedgerEntry.position.desc())
    statement = select(*_SHOWN).where(LedgerEntry.case_id == case_id).order_by(*order).limit(most)
    if after is not None:
        statement = statement.where(_after(after))
    return [Line(*row) for row in session.execute(statement)]


def list_readings(session: Session, from_on: date, until_on: date) -> Iterator[Reading]:
    """What staff did with cases between two days, both included, and what they were refused."""
    statement = select(
        LedgerEntry.actor_id,
        LedgerEntry.event,
        LedgerEntry.case_id,
        LedgerEntry.at,
        LedgerEntry.on,
    ).where(
        LedgerEntry.chain == Chain.STAFF,
        LedgerEntry.on.between(from_on, until_on),
        LedgerEntry.actor_id.is_not(None),
        or_(LedgerEntry.case_id.is_not(None), LedgerEntry.event == Event.ACTION_REFUSED),
    )
    for staff_id, event, case_id, at, on in session.execute(statement):
        if staff_id is not None and at is not None:
            yield Reading(staff_id, event, case_id, at, on)


def list_case_lines(session: Session, before: date) -> Iterator[tuple[UUID, date, Event, str]]:
    """Case, day, kind and kind of actor of every entry about a case before a day, in the order in
    which a day holds them.
    """
    statement = (
        select(LedgerEntry.case_id, LedgerEntry.on, LedgerEntry.event, LedgerEntry.actor_kind)
        .where(LedgerEntry.case_id.is_not(None), LedgerEntry.on < before)
        .order_by(LedgerEntry.on, LedgerEntry.chain, LedgerEntry.position)
    )
    for case_id, on, event, kind in session.execute(statement):
        if case_id is not None:
            yield case_id, on, event, kind


def list_open_cases(
    session: Session, kinds: Iterable[PromiseKind], fallen_due_on: date
) -> Iterator[OpenCase]:
    """Every case whose handling has not ended. `kinds` are the promises that a person keeps."""
    overdue = exists().where(
        Promise.case_id == Case.id,
        Promise.state.in_(sorted(OPEN_STATES)),
        Promise.kind.in_(sorted(kinds)),
        Promise.due_on <= fallen_due_on,
    )
    statement = select(
        Case.queue_id, Case.status, Case.received_on, Case.contact_id.is_not(None), overdue
    ).where(Case.status.not_in(sorted(OVER)))
    for row in session.execute(statement):
        yield OpenCase(row[0], row[1], row[2], bool(row[3]), bool(row[4]))


def list_figures(session: Session) -> Sequence[CaseloadFigure]:
    """The caseload as it was last counted."""
    return session.scalars(select(CaseloadFigure)).all()


def last_checked_on(session: Session) -> date | None:
    """The last night on which the caseload was counted; None if it never was."""
    return session.scalar(select(func.max(CaseloadFigure.checked_on)))


def list_watched(session: Session, overseer_id: UUID) -> Sequence[Case]:
    """The cases that somebody oversees and whose handling has not ended, the oldest first."""
    return session.scalars(
        select(Case)
        .where(and_(Case.overseer_id == overseer_id, Case.status.not_in(sorted(OVER))))
        .order_by(Case.received_on, Case.id)
    ).all()


def _after(place: TrailPlace) -> ColumnElement[Any]:
    row = tuple_of(LedgerEntry.on, LedgerEntry.chain, LedgerEntry.position)
    return row < tuple_of(
        literal(place.on, Date()),
        literal(place.chain.value, String()),
        literal(place.position, Integer()),
    )
