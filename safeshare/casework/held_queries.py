"""Finding the cases that somebody holds: the rows of a queue page, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    ScalarSelect,
    Select,
    Uuid,
    and_,
    exists,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from safeshare.casework.models import Attestation
from safeshare.concerns.models import Case, CaseAlarm, Grant, GranteeKind, OnCallPage
from safeshare.concerns.rules import OVER, AlarmKind, CaseStatus, RiskBand
from safeshare.kernel.sealed import Compartment
from safeshare.people.models import Queue, StaffMember
from safeshare.updates.models import Promise
from safeshare.updates.rules import OPEN_STATES, PromiseKind

NEVER = date.max
"""Where a case without an open promise stands in the order: last."""


class Due(StrEnum):
    """Which cases a queue page shows by the date of their soonest promise."""

    OVERDUE = "overdue"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class Shown:
    """Which of the held cases are shown. None and False leave a filter out.

    `over` shows the cases whose handling has ended, instead of the others. `fallen_due_on` is the
    latest date whose promises have fallen due; `soon_until` the last date that counts as soon.
    """

    queue_code: str | None
    status: CaseStatus | None
    risk: RiskBand | None
    due: Due | None
    mine: bool
    over: bool
    fallen_due_on: date
    soon_until: date


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in the order: due date, date of receipt, and the id where those tie."""

    due_on: date
    received_on: date
    case_id: UUID


@dataclass(frozen=True, slots=True)
class Held:
    """One row of a queue page. `due_on` is None where a person has promised nothing more."""

    case_id: UUID
    reference: str
    queue_name: str
    status: CaseStatus
    risk: RiskBand
    received_on: date
    due_on: date | None
    contact_name: str | None
    has_attested: bool
    is_paged: bool
    alarm: AlarmKind | None

    @property
    def place(self) -> Place:
        """Where it stands in the order."""
        return Place(self.due_on or NEVER, self.received_on, self.case_id)


def list_held(
    session: Session,
    staff_id: UUID,
    shown: Shown,
    kinds: Sequence[PromiseKind],
    *,
    after: Place | None,
    most: int,
) -> list[Held]:
    """The held cases that are shown, longest overdue first, then the soonest due, then the oldest.

    `kinds` are the promises that a person keeps. At most `most` rows, those after the place
    `after`. One statement, whose cost goes with the cases that this person holds.
    """
    page = _page(staff_id, shown, kinds, after, most).subquery()
    order = (page.c.due_on, page.c.received_on, page.c.id)
    statement = (
        select(
            page.c.id,
            page.c.reference,
            Queue.name,
            page.c.status,
            page.c.risk,
            page.c.received_on,
            func.nullif(page.c.due_on, literal(NEVER, Date()), type_=Date()),
            StaffMember.display_name,
            Attestation.on.is_not(None),
            _is_paged(staff_id, page.c.id),
            _alarm(page.c.id),
        )
        .join(Queue, Queue.id == page.c.queue_id)
        .outerjoin(StaffMember, StaffMember.id == page.c.contact_id)
        .outerjoin(
            Attestation, and_(Attestation.case_id == page.c.id, Attestation.staff_id == staff_id)
        )
        .order_by(*order)
    )
    return [Held(*row) for row in session.execute(statement)]


def _held_ids(staff_id: UUID) -> Select[UUID]:
    return select(Grant.case_id).where(
        Grant.grantee_id == staff_id,
        Grant.compartment == Compartment.WORK,
        Grant.grantee_kind == GranteeKind.STAFF,
    )


def _page(
    staff_id: UUID,
    shown: Shown,
    kinds: Sequence[PromiseKind],
    after: Place | None,
    most: int,
) -> Select[*tuple[Any, ...]]:
    """The rows of the page without what is only shown: all of the cost lies here."""
    due_on = func.coalesce(_soonest(kinds), literal(NEVER, Date())).label("due_on")
    order = (due_on, Case.received_on, Case.id)
    statement = (
        select(
            Case.id,
            Case.reference,
            Case.queue_id,
            Case.status,
            Case.risk,
            Case.received_on,
            Case.contact_id,
            due_on,
        )
        .where(Case.id.in_(_held_ids(staff_id)), *_conditions(staff_id, shown, due_on.element))
        .order_by(*order)
        .limit(most)
    )
    if after is None:
        return statement
    return statement.where(tuple_(due_on.element, Case.received_on, Case.id) > _bound(after))


def _soonest(kinds: Sequence[PromiseKind]) -> ScalarSelect[date]:
    return (
        select(
            func.min(Promise.due_on).filter(
                Promise.state.in_(sorted(OPEN_STATES)), Promise.kind.in_(kinds)
            )
        )
        .where(Promise.case_id == Case.id)
        .correlate(Case)
        .scalar_subquery()
    )


def _is_paged(staff_id: UUID, case_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    return exists().where(
        OnCallPage.case_id == case_id, OnCallPage.staff_id == staff_id, ~OnCallPage.is_accepted
    )


def _alarm(case_id: ColumnElement[UUID]) -> ScalarSelect[AlarmKind]:
    """Whether nobody has opened it in time, or too few can; the first by name where it is both."""
    return (
        select(func.max(CaseAlarm.kind))
        .where(
            CaseAlarm.case_id == case_id,
            CaseAlarm.kind.in_([AlarmKind.FEW_HOLDERS, AlarmKind.UNOPENED, AlarmKind.WORK_ASKED]),
        )
        .scalar_subquery()
    )


def _conditions(
    staff_id: UUID, shown: Shown, due_on: ColumnElement[date]
) -> list[ColumnElement[bool]]:
    over = Case.status.in_(sorted(OVER))
    conditions: list[ColumnElement[bool]] = [over if shown.over else ~over]
    if shown.queue_code is not None:
        queue = select(Queue.id).where(Queue.code == shown.queue_code)
        conditions.append(Case.queue_id == queue.scalar_subquery())
    if shown.status is not None:
        conditions.append(Case.status == shown.status)
    if shown.risk is not None:
        conditions.append(Case.risk == shown.risk)
    if shown.mine:
        conditions.append(Case.contact_id == staff_id)
    if shown.due is Due.OVERDUE:
        conditions.append(due_on <= shown.fallen_due_on)
    if shown.due is Due.SOON:
        conditions.append(and_(due_on > shown.fallen_due_on, due_on <= shown.soon_until))
    return conditions


def _bound(place: Place) -> ColumnElement[Any]:
    return tuple_(
        literal(place.due_on, Date()),
        literal(place.received_on, Date()),
        literal(place.case_id, Uuid()),
    )
