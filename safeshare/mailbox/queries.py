"""Finding conversations, and what of a case its reporter may see."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session, aliased

from safeshare.concerns.models import Case, CaseEvent, Party
from safeshare.concerns.rules import CaseStatus
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import NotFoundError
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerDay, LedgerEntry
from safeshare.mailbox.models import Message, Request
from safeshare.mailbox.rules import OPEN_REQUESTS
from safeshare.people.models import Queue, QueueMember, StaffMember, StaffRole, StaffState


def find_case_of_party(session: Session, case_id: UUID, party_id: UUID) -> Case | None:
    """The case, where the party is one of its parties."""
    return session.scalar(_CASE_OF_PARTY, {"case_id": case_id, "party_id": party_id})


_CASE_OF_PARTY = (
    select(Case)
    .join(Party, Party.case_id == Case.id)
    .where(Case.id == bindparam("case_id"), Party.id == bindparam("party_id"))
)


def list_messages(session: Session, case_id: UUID, party_id: UUID) -> Sequence[Message]:
    """The messages of one conversation, oldest first."""
    return session.scalars(_MESSAGES, {"case_id": case_id, "party_id": party_id}).all()


_MESSAGES = (
    select(Message)
    .where(Message.case_id == bindparam("case_id"), Message.party_id == bindparam("party_id"))
    .order_by(Message.position)
)
"""Built once: every opening of a case and of a mailbox asks it."""


def find_message(session: Session, message_id: UUID) -> Message | None:
    """The message with this id."""
    return session.get(Message, message_id)


def next_message_position(session: Session, case_id: UUID, party_id: UUID) -> int:
    """The position of the next message of a conversation."""
    last = session.scalar(_LAST_MESSAGE, {"case_id": case_id, "party_id": party_id})
    return (last or 0) + 1


_LAST_MESSAGE = select(func.max(Message.position)).where(
    Message.case_id == bindparam("case_id"), Message.party_id == bindparam("party_id")
)


def find_status_before(session: Session, case_id: UUID) -> CaseStatus | None:
    """The status that a case had before its present one, by its timeline; None where unknown."""
    newest = session.scalars(_NEWEST_STATUSES, {"case_id": case_id}).all()
    return newest[1] if len(newest) > 1 else None


_NEWEST_STATUSES = (
    select(CaseEvent.status)
    .where(CaseEvent.case_id == bindparam("case_id"), CaseEvent.status.is_not(None))
    .order_by(CaseEvent.position.desc())
    .limit(2)
)


def list_requests(session: Session, case_id: UUID) -> Sequence[Request]:
    """What was asked about a case that one person may not decide alone, oldest first."""
    return session.scalars(_REQUESTS, {"case_id": case_id}).all()


_REQUESTS = (
    select(Request)
    .where(Request.case_id == bindparam("case_id"))
    .order_by(Request.asked_on, Request.id)
)


def get_request(session: Session, request_id: UUID, case_id: UUID | None = None) -> Request:
    """The request with this id, of this case where one is named. Raises NotFoundError."""
    found = session.get(Request, request_id)
    if found is None or case_id not in (None, found.case_id):
        raise NotFoundError("there is no such request")
    return found


def is_any_request_overdue(session: Session, today: date) -> bool:
    """Whether the last day of an open request is over."""
    return session.scalar(_overdue(today).limit(1)) is not None


def take_overdue_requests(session: Session, today: date, most: int) -> Sequence[Request]:
    """Open requests whose last day is over, taken until the commit. At most `most`."""
    return session.scalars(_overdue(today).limit(most).with_for_update(skip_locked=True)).all()


def _overdue(today: date) -> Select[Request]:
    return select(Request).where(
        Request.state.in_(sorted(OPEN_REQUESTS)), Request.closes_on < today
    )


@dataclass(frozen=True, slots=True)
class Access:
    """What the ledger tells of one day: what somebody did, and to whom. No instant, no count.

    `actor_kind` is "staff", "reporter" and so on; `purpose` is what recovery officers used their
    key for. Of each person: the name where it may be shown, the queue that they serve in, and
    whether they oversee.
    """

    on: date
    event: Event
    actor_kind: str
    keys: str
    purpose: str
    has_subject: bool
    actor_name: str | None
    actor_queue: str | None
    actor_oversees: bool
    subject_name: str | None
    subject_queue: str | None


def list_access(
    session: Session, case_id: UUID, events: Iterable[Event], *, most: int, skip: int
) -> list[Access]:
    """What was done with a case, the newest day first, each thing once a day. One statement.

    At most `most` lines after the first `skip`.
    """
    told = _told_of(case_id, sorted(events)).subquery()
    actor, subject = aliased(StaffMember), aliased(StaffMember)
    # As text without dashes a number reads as an id on both databases.
    subject_id = cast(func.replace(told.c.subject, "-", ""), Uuid())
    statement = (
        select(
            told.c.on,
            told.c.event,
            told.c.actor_kind,
            func.coalesce(told.c.given, ""),
            func.coalesce(told.c.purpose, ""),
            told.c.subject.is_not(None),
            _shown_name(actor, case_id),
            _queue_name(actor.id, case_id),
            _oversees(actor.id),
            _shown_name(subject, case_id),
            _queue_name(subject.id, case_id),
        )
        .outerjoin(actor, actor.id == told.c.actor_id)
        .outerjoin(subject, subject.id == subject_id)
        .order_by(told.c.on.desc(), told.c.event, told.c.actor_id, told.c.subject, told.c.given)
        .limit(most)
        .offset(skip)
    )
    return [Access(row[0], Event(row[1]), *row[2:]) for row in session.execute(statement)]


@dataclass(frozen=True, slots=True)
class PersonShown:
    """Somebody as far as a case's reporter may know: the name where it may be shown, the queue that
    they serve in, and whether they oversee.
    """

    staff_id: UUID
    name: str | None
    queue: str | None
    oversees: bool


def list_people_shown(
    session: Session, case_id: UUID, staff_ids: Collection[UUID]
) -> list[PersonShown]:
    """Those of these people who have not left, as a case's reporter may know them."""
    rows = session.execute(
        select(
            StaffMember.id,
            _shown_name(StaffMember, case_id),
            _queue_name(StaffMember.id, case_id),
            _oversees(StaffMember.id),
        ).where(StaffMember.id.in_(staff_ids), StaffMember.state != StaffState.LEFT)
    )
    return [PersonShown(*row) for row in rows]


def find_shown_names(
    session: Session, case_id: UUID, staff_ids: Iterable[UUID]
) -> Mapping[UUID, str]:
    """The names of those of these people whom a case's reporter may know by name. Somebody who
    serves in a team that shows no names is never shown by name, whichever team has the case.
    """
    wanted = list(staff_ids)
    if not wanted:
        return {}
    rows = session.execute(_SHOWN_NAMES, {"case_id": case_id, "staff_ids": wanted})
    return {row[0]: row[1] for row in rows if row[1] is not None}


def _told_of(case_id: UUID, events: Sequence[Event]) -> Select[*tuple[Any, ...]]:
    """The entries about a case on both chains and of today, as far as the reporter is told. On each
    day every kind of thing that somebody did stands once.
    """
    entries = select(
        LedgerEntry.on,
        type_coerce(LedgerEntry.event, String).label("event"),
        LedgerEntry.actor_kind,
        LedgerEntry.actor_id,
        LedgerEntry.note["staff"].as_string().label("subject"),
        LedgerEntry.note["keys"].as_string().label("given"),
        LedgerEntry.note["purpose"].as_string().label("purpose"),
    ).where(LedgerEntry.case_id == case_id, LedgerEntry.event.in_(events))
    of_today = select(
        LedgerDay.on,
        type_coerce(LedgerDay.event, String).label("event"),
        literal("reporter").label("actor_kind"),
        cast(null(), Uuid()).label("actor_id"),
        LedgerDay.note["staff"].as_string().label("subject"),
        LedgerDay.note["keys"].as_string().label("given"),
        LedgerDay.note["purpose"].as_string().label("purpose"),
    ).where(LedgerDay.case_id == case_id, LedgerDay.event.in_(events))
    both = union_all(entries, of_today).subquery()
    return select(*both.c).distinct()


def _shown_name(person: Any, case_id: Any) -> ColumnElement[str | None]:
    """A person's name where it may be shown, else null."""
    serves = exists().where(QueueMember.staff_id == person.id)
    hidden = exists().where(
        QueueMember.staff_id == person.id,
        QueueMember.queue_id == Queue.id,
        ~Queue.shows_names,
    )
    home_shows = exists().where(Case.id == case_id, Queue.id == Case.queue_id, Queue.shows_names)
    return sql_case((and_(~hidden, or_(serves, home_shows)), person.display_name), else_=null())


def _queue_name(staff_id: Any, case_id: UUID) -> ColumnElement[str | None]:
    """The queue that a person serves in: the case's own where they do, else their first."""
    return (
        select(Queue.name)
        .join(QueueMember, QueueMember.queue_id == Queue.id)
        .where(QueueMember.staff_id == staff_id)
        .order_by(
            exists().where(Case.id == case_id, Case.queue_id == Queue.id).desc(), Queue.position
        )
        .limit(1)
        .scalar_subquery()
    )


def _oversees(staff_id: Any) -> ColumnElement[bool]:
    return exists().where(StaffRole.staff_id == staff_id, StaffRole.role == Role.OVERSEER)


_SHOWN_NAMES = select(StaffMember.id, _shown_name(StaffMember, bindparam("case_id"))).where(
    StaffMember.id.in_(bindparam("staff_ids", expanding=True))
)
"""Built once: every opening of a mailbox asks it."""
