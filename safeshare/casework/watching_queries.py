"""Counting who can open each case, and keeping the alarms. Each is one statement for all cases."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Exists,
    Subquery,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from safeshare.casework.rules import FEWEST_LIVE, WAITS_FOR_SOMEBODY
from safeshare.concerns.models import (
    Case,
    CaseAlarm,
    CaseEvent,
    CaseEventKind,
    Grant,
    GranteeKind,
)
from safeshare.concerns.rules import OVER, AlarmKind
from safeshare.kernel.sealed import Compartment
from safeshare.people.models import Queue

_CASE_LEVEL = (
    AlarmKind.FEW_HOLDERS,
    AlarmKind.FEW_KEEPERS,
    AlarmKind.UNOPENED,
    AlarmKind.WORK_ASKED,
    AlarmKind.NO_OVERSEER,
)
"""Whatever every holder of a case is told of."""

_COUNTED: Mapping[AlarmKind, Compartment] = {
    AlarmKind.FEW_HOLDERS: Compartment.WORK,
    AlarmKind.FEW_KEEPERS: Compartment.IDENTITY,
}
"""Whose keys are counted for which alarm. Every case has a compartment for a name, used or not."""


@dataclass(frozen=True, slots=True)
class AlarmShown:
    """One alarm of a case that somebody has to do with."""

    reference: str
    queue_name: str
    kind: AlarmKind
    raised_on: date


@dataclass(frozen=True, slots=True)
class HeldBy:
    """Of how many cases too few can open a compartment, and of how many of those nobody at all.

    `lost` are those that nobody can open and that no recovery grant opens either.
    """

    few: int
    nobody: int
    lost: int


def count_held(
    session: Session, live: Collection[UUID], compartment: Compartment = Compartment.WORK
) -> HeldBy:
    """How a compartment of the cases is held by the people who can open it now."""
    held = _held(live, compartment)
    number = func.coalesce(held.c.people, 0)
    recovery = exists().where(
        Grant.case_id == Case.id,
        Grant.compartment == compartment,
        Grant.grantee_kind == GranteeKind.RECOVERY,
    )
    row = session.execute(
        select(
            func.count(),
            func.count().filter(number == 0),
            func.count().filter(and_(number == 0, ~recovery)),
        )
        .select_from(Case)
        .outerjoin(held, held.c.case_id == Case.id)
        .where(number < FEWEST_LIVE)
    ).one()
    return HeldBy(row[0], row[1], row[2])


def count_unopened(session: Session, until: date) -> int:
    """How many concerns received up to `until` nobody has opened."""
    return session.scalar(select(func.count()).select_from(Case).where(_unopened(until))) or 0


def list_abandoned(
    session: Session, live: Collection[UUID], after: UUID | None, most: int
) -> Sequence[Case]:
    """Cases that none of these people can open, by id, those after `after`."""
    held = _held(live, Compartment.WORK)
    statement = (
        select(Case)
        .outerjoin(held, held.c.case_id == Case.id)
        .where(held.c.case_id.is_(None))
        .order_by(Case.id)
        .limit(most)
    )
    return session.scalars(statement if after is None else statement.where(Case.id > after)).all()


def keep_few(session: Session, live: Collection[UUID], kind: AlarmKind, today: date) -> None:
    """Raise the alarm `kind` for each case with too few who have the keys that it is about, and end
    it for the others.

    What a reporter took from somebody today waits for tomorrow: the watch has a time of day.
    """
    held = _held(live, _COUNTED[kind])
    few = (
        select(Case.id)
        .outerjoin(held, held.c.case_id == Case.id)
        .where(func.coalesce(held.c.people, 0) < FEWEST_LIVE)
    )
    _end(session, kind, CaseAlarm.case_id.not_in(few))
    asked_today = exists().where(
        CaseEvent.case_id == Case.id,
        CaseEvent.kind == CaseEventKind.SOMEBODY_ELSE_ASKED,
        CaseEvent.on == today,
    )
    cases = and_(Case.id.in_(few), ~asked_today)
    _raise(session, kind, cases, today, overseer_on=today)


def keep_unopened(session: Session, until: date, today: date) -> None:
    """Raise the alarm for each concern received up to `until` that nobody has opened, and end it
    for those that were.
    """
    over = select(Case.id).where(Case.status.in_(sorted(OVER)))
    _end(session, AlarmKind.UNOPENED, or_(_opened(CaseAlarm.case_id), CaseAlarm.case_id.in_(over)))
    _raise(session, AlarmKind.UNOPENED, _unopened(until), today)


def tell_overseers(session: Session, unopened_until: date, asked_until: date, today: date) -> None:
    """From today on, show the overseer what those first told have left lying."""
    received = select(Case.id).where(Case.received_on <= unopened_until)
    lies = or_(
        and_(CaseAlarm.kind == AlarmKind.UNOPENED, CaseAlarm.case_id.in_(received)),
        and_(CaseAlarm.kind != AlarmKind.UNOPENED, CaseAlarm.raised_on <= asked_until),
    )
    session.execute(
        update(CaseAlarm)
        .where(
            CaseAlarm.kind.in_(sorted(WAITS_FOR_SOMEBODY)),
            CaseAlarm.overseer_on.is_(None),
            lies,
        )
        .values(overseer_on=today, mailed_on=None),
        execution_options={"synchronize_session": False},
    )


def claim_mailing(session: Session, today: date, again_from: date) -> set[UUID]:
    """Mark the alarms that are to be mailed of today as mailed. Returns to whom.

    What a reporter asked for today is mailed tomorrow, so that no mail tells the time of day.
    """
    due = or_(CaseAlarm.mailed_on.is_(None), CaseAlarm.mailed_on <= again_from)
    asked = CaseAlarm.kind.in_([AlarmKind.CONTACT_ASKED, AlarmKind.ESCALATED])
    to_mail = and_(due, or_(~asked, CaseAlarm.raised_on < today))
    people = _recipients(to_mail, today)
    found = {one for one in session.scalars(select(people.c.staff_id)) if one is not None}
    session.execute(
        update(CaseAlarm).where(to_mail).values(mailed_on=today),
        execution_options={"synchronize_session": False},
    )
    return found


def list_alarms(session: Session, staff_id: UUID, today: date, most: int) -> Sequence[AlarmShown]:
    """The alarms that somebody is to see, the oldest first."""
    rows = session.execute(
        select(Case.reference, Queue.name, CaseAlarm.kind, CaseAlarm.raised_on)
        .join(Case, Case.id == CaseAlarm.case_id)
        .join(Queue, Queue.id == Case.queue_id)
        .where(concerns(staff_id, today))
        .order_by(CaseAlarm.raised_on, Case.reference, CaseAlarm.kind)
        .limit(most)
    )
    return [AlarmShown(*row) for row in rows]


def count_alarms(session: Session, kind: AlarmKind) -> int:
    """How many cases of the service have an alarm of a kind."""
    return session.scalar(select(func.count()).where(CaseAlarm.kind == kind)) or 0


def concerns(staff_id: UUID, today: date) -> ColumnElement[bool]:
    """The condition of alarms, joined with their case, that somebody is to see."""
    holds = exists().where(
        Grant.case_id == CaseAlarm.case_id, Grant.grantee_id == staff_id, *_WORK_OF_STAFF
    )
    return or_(
        and_(CaseAlarm.kind.in_(_CASE_LEVEL), holds),
        and_(CaseAlarm.kind == AlarmKind.CONTACT_ASKED, Case.contact_id == staff_id),
        and_(CaseAlarm.overseer_on <= today, Case.overseer_id == staff_id),
    )


_WORK_OF_STAFF = (
    Grant.compartment == Compartment.WORK,
    Grant.grantee_kind == GranteeKind.STAFF,
)


def _held(live: Collection[UUID], compartment: Compartment) -> Subquery:
    """How many of these people can open a compartment of each case; cases of which none of them can
    are missing.
    """
    return (
        select(Grant.case_id, func.count(Grant.grantee_id.distinct()).label("people"))
        .where(
            Grant.compartment == compartment,
            Grant.grantee_kind == GranteeKind.STAFF,
            Grant.grantee_id.in_(sorted(live)),
        )
        .group_by(Grant.case_id)
        .subquery()
    )


def _opened(case_id: InstrumentedAttribute[UUID]) -> Exists:
    return exists().where(CaseEvent.case_id == case_id, CaseEvent.kind == CaseEventKind.OPENED)


def _unopened(until: date) -> ColumnElement[bool]:
    return and_(Case.received_on <= until, Case.status.not_in(sorted(OVER)), ~_opened(Case.id))


def _raise(
    session: Session,
    kind: AlarmKind,
    cases: ColumnElement[bool],
    today: date,
    overseer_on: date | None = None,
) -> None:
    stands = exists().where(CaseAlarm.case_id == Case.id, CaseAlarm.kind == kind)
    session.execute(
        insert(CaseAlarm).from_select(
            ["case_id", "kind", "raised_on", "overseer_on"],
            select(
                Case.id,
                literal(kind, CaseAlarm.kind.type),
                literal(today, Date()),
                literal(overseer_on, Date()),
            ).where(cases, ~stands),
        )
    )


def _end(session: Session, kind: AlarmKind, cases: ColumnElement[bool]) -> None:
    session.execute(
        delete(CaseAlarm).where(CaseAlarm.kind == kind, cases),
        execution_options={"synchronize_session": False},
    )


def _recipients(alarms: ColumnElement[bool], today: date) -> Subquery:
    holders = (
        select(Grant.grantee_id.label("staff_id"))
        .join(CaseAlarm, CaseAlarm.case_id == Grant.case_id)
        .where(*_WORK_OF_STAFF, CaseAlarm.kind.in_(_CASE_LEVEL), alarms)
    )
    contacts = (
        select(Case.contact_id)
        .join(CaseAlarm, CaseAlarm.case_id == Case.id)
        .where(CaseAlarm.kind == AlarmKind.CONTACT_ASKED, alarms)
    )
    overseers = (
        select(Case.overseer_id)
        .join(CaseAlarm, CaseAlarm.case_id == Case.id)
        .where(CaseAlarm.overseer_on <= today, alarms)
    )
    return union(holders, contacts, overseers).subquery()
