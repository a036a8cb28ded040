"""Finding conversations, and what of a case its reporter may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from safeshare.concerns.models import Case, CaseEvent, Party
from safeshare.concerns.rules import CaseStatus
from safeshare.kernel.errors import NotFoundError
from safeshare.mailbox.models import Message
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
