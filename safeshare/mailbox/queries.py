"""Finding conversations, and what of a case its reporter may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from safeshare.concerns.models import Case, CaseEvent, Party
from safeshare.concerns.rules import CaseStatus
from safeshare.kernel.errors import NotFoundError
from safeshare.mailbox.models import Message, Request
from safeshare.mailbox.rules import OPEN_REQUESTS
from safeshare.people.models import Queue


@dataclass(frozen=True, slots=True)
class CaseShown:
    """A case, and whether its queue shows its people's names to reporters."""

    case: Case
    shows_names: bool


def is_party_of(session: Session, case_id: UUID, party_id: UUID) -> bool:
    """Whether the party is one of the case's."""
    wanted = exists().where(Party.id == party_id, Party.case_id == case_id)
    return bool(session.scalar(select(wanted)))


def get_case_shown(session: Session, case_id: UUID) -> CaseShown:
    """The case as its mailbox shows it. Raises NotFoundError."""
    row = session.execute(
        select(Case, Queue.shows_names)
        .join(Queue, Queue.id == Case.queue_id)
        .where(Case.id == case_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("there is no such case")
    return CaseShown(row[0], row[1])


def list_messages(session: Session, case_id: UUID, party_id: UUID) -> Sequence[Message]:
    """The messages of one conversation, oldest first."""
    return session.scalars(
        select(Message)
        .where(Message.case_id == case_id, Message.party_id == party_id)
        .order_by(Message.position)
    ).all()


def find_message(session: Session, message_id: UUID) -> Message | None:
    """The message with this id."""
    return session.get(Message, message_id)


def next_message_position(session: Session, case_id: UUID, party_id: UUID) -> int:
    """The position of the next message of a conversation."""
    last = session.scalar(
        select(func.max(Message.position)).where(
            Message.case_id == case_id, Message.party_id == party_id
        )
    )
    return (last or 0) + 1


def find_status_before(session: Session, case_id: UUID) -> CaseStatus | None:
    """The status that a case had before its present one, by its timeline; None where unknown."""
    newest = session.scalars(
        select(CaseEvent.status)
        .where(CaseEvent.case_id == case_id, CaseEvent.status.is_not(None))
        .order_by(CaseEvent.position.desc())
        .limit(2)
    ).all()
    return newest[1] if len(newest) > 1 else None


def list_requests(session: Session, case_id: UUID) -> Sequence[Request]:
    """What was asked about a case that one person may not decide alone, oldest first."""
    return session.scalars(
        select(Request).where(Request.case_id == case_id).order_by(Request.asked_on, Request.id)
    ).all()


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
