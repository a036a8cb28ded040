"""Finding the messages of a conversation."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from safeshare.mailbox.models import Message


def list_messages(session: Session, case_id: UUID, party_id: UUID) -> Sequence[Message]:
    """The messages of one conversation, oldest first."""
    return session.scalars(
        select(Message)
        .where(Message.case_id == case_id, Message.party_id == party_id)
        .order_by(Message.position)
    ).all()


def next_message_position(session: Session, case_id: UUID, party_id: UUID) -> int:
    """The position of the next message of a conversation."""
    last = session.scalar(
        select(func.max(Message.position)).where(
            Message.case_id == case_id, Message.party_id == party_id
        )
    )
    return (last or 0) + 1
