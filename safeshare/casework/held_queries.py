"""Finding the cases that somebody holds: the rows of a queue page, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    ScalarSelect,
    Select,
    Uuid,
    and_,
    bindparam,
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
from safeshare.db.plain import list_plain
from safeshare.kernel.sealed import Compartment
from safeshare.people.models import KeyKind, Queue, ServiceKey, StaffMember
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
    asked = {
        **{one.name: getattr(shown, one.name) for one in fields(shown)},
        "staff_id": staff_id,
        "kinds": list(kinds),
        "most": most,
    }
    if after is not None:
        asked |= {f"after_{one.name}": getattr(after, one.name) for one in fields(after)}
    statement = _held(
        _Filters(
            queue=shown.queue_code is not None,
            status=shown.status is not None,
            risk=shown.risk is not None,
            due=shown.due,
            mine=shown.mine,
            over=shown.over,
            after=after is not None,
        )
    )
    return [Held(*row) for row in list_plain(session, statement, asked)]


@dataclass(frozen=True, slots=True)
class _Filters:
    """What decides the words of the statement; everything else is asked with it."""

    queue: bool
    status: bool
    risk: bool
    due: Due | None
    mine: bool
    over: bool
    after: bool


@dataclass(frozen=True, slots=True)
class QueueChoice:
    """A queue to filter by."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Around:
    """What a queue page says beside its rows. `has_recovery` tells whether there is a recovery key
    in use, without which a case is lost with its holders' keys.
    """

    queues: tuple[QueueChoice, ...]
    has_recovery: bool


def look_around(session: Session) -> Around:
    """Every queue in order, and whether recovery is set up."""
    rows = list_plain(session, _AROUND, {})
    queues = tuple(QueueChoice(code, name) for code, name, _ in rows)
    return Around(queues, any(has_recovery for *_, has_recovery in rows))


_AROUND = select(
    Queue.code,
    Queue.name,
    exists().where(ServiceKey.kind == KeyKind.RECOVERY, ServiceKey.is_current),
).order_by(Queue.position)

_STAFF_ID = bindparam("staff_id", type_=Uuid())


@cache
def _held(filters: _Filters) -> Select[*tuple[Any, ...]]:
    """The statement under these filters. There are few: each is built once."""
    page = _page(filters).subquery()
    attested = and_(Attestation.case_id == page.c.id, Attestation.staff_id == _STAFF_ID)
    return (
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
            _is_paged(page.c.id),
            _alarm(page.c.id),
        )
        .join(Queue, Queue.id == page.c.queue_id)
        .outerjoin(StaffMember, StaffMember.id == page.c.contact_id)
        .outerjoin(Attestation, attested)
        .order_by(page.c.due_on, page.c.received_on, page.c.id)
    )


def _held_ids() -> Select[UUID]:
    return select(Grant.case_id).where(
        Grant.grantee_id == _STAFF_ID,
        Grant.compartment == Compartment.WORK,
        Grant.grantee_kind == GranteeKind.STAFF,
    )


def _page(filters: _Filters) -> Select[*tuple[Any, ...]]:
    """The rows of the page without what is only shown: all of the cost lies here."""
    due_on = func.coalesce(_soonest(), literal(NEVER, Date())).label("due_on")
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
        .where(Case.id.in_(_held_ids()), *_conditions(filters, due_on.element))
        .order_by(*order)
        .limit(bindparam("most"))
    )
    if not filters.after:
        return statement
    return statement.where(tuple_(due_on.element, Case.received_on, Case.id) > _BOUND)


def _soonest() -> ScalarSelect[date]:
    """Read from the index of what is open alone: its condition must stand here word for word."""
    return (
        select(func.min(Promise.due_on))
        .where(
            Promise.case_id == Case.id,
            Promise.state.in_(
                bindparam("open", sorted(OPEN_STATES), expanding=True, literal_execute=True)
            ),
            Promise.kind.in_(bindparam("kinds", expanding=True)),
        )
        .correlate(Case)
        .scalar_subquery()
    )


def _is_paged(case_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    return exists().where(
        OnCallPage.case_id == case_id, OnCallPage.staff_id == _STAFF_ID, ~OnCallPage.is_accepted
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


def _conditions(filters: _Filters, due_on: ColumnElement[date]) -> list[ColumnElement[bool]]:
    over = Case.status.in_(sorted(OVER))
    fallen_due_on, soon_until = (bindparam(one, type_=Date()) for one in _DATES)
    queue = select(Queue.id).where(Queue.code == bindparam("queue_code")).scalar_subquery()
    conditions = (
        (filters.queue, Case.queue_id == queue),
        (filters.status, Case.status == bindparam("status")),
        (filters.risk, Case.risk == bindparam("risk")),
        (filters.mine, Case.contact_id == _STAFF_ID),
        (filters.due is Due.OVERDUE, due_on <= fallen_due_on),
        (filters.due is Due.SOON, and_(due_on > fallen_due_on, due_on <= soon_until)),
    )
    asked = [condition for applies, condition in conditions if applies]
    return [over if filters.over else ~over, *asked]


_DATES = ("fallen_due_on", "soon_until")
_BOUND = tuple_(
    bindparam("after_due_on", type_=Date()),
    bindparam("after_received_on", type_=Date()),
    bindparam("after_case_id", type_=Uuid()),
)
"""Where the page before this one ended."""
