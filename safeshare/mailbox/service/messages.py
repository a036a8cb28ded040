"""Sealing, adding and opening messages. Parts of use cases, the handlers' among them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import literal
from sqlalchemy.orm import Session

from safeshare.concerns.models import CaseEventKind
from safeshare.concerns.service.attaching import (
    FileShown,
    add_attachments,
    sealed_attachments,
)
from safeshare.concerns.service.compartments import Lock, add_event, check_key_number
from safeshare.concerns.service.rotation import SealedRows
from safeshare.files.service.keeping import TakenFile
from safeshare.gate import Door
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import NotFoundError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.sealed import Compartment
from safeshare.mailbox.models import Author, Message
from safeshare.mailbox.queries import list_messages, next_message_position
from safeshare.mailbox.rules import message_text

_EVENT_OF = {
    Author.PARTY: CaseEventKind.MESSAGE_FROM_REPORTER,
    Author.STAFF: CaseEventKind.MESSAGE_FROM_STAFF,
    Author.OFFICERS: CaseEventKind.RECOVERED,
}


def seal_message(
    door: Door, lock: Lock, author: Author, typed: str, row_id: UUID | None = None
) -> Message:
    """The row of a new message from the actor, dated today; `add_message` gives it its place.

    Call it before `door.change()`. `lock` must be that of the conversation. `row_id` is for forms
    that may be sent twice.

    Raises:
        InvalidError: the text says nothing or is too long.
        NotFoundError: the lock is another compartment's: there is no conversation there.
    """
    if lock.compartment is not Compartment.CONVERSATION:
        raise NotFoundError("there is no conversation here")
    row_id, actor = row_id or new_id(), door.actor
    place = lock.place(Message.__tablename__, row_id, "body")
    return Message(
        id=row_id,
        case_id=lock.case_id,
        party_id=lock.party_id,
        author=author,
        staff_id=actor.staff_id if isinstance(actor, Staff) else None,
        on=door.clock.today(),
        key_number=lock.key.number,
        body=door.vault.seal_message(lock.key, place, message_text(typed)),
    )


def add_message(session: Session, door: Door, message: Message) -> None:
    """Put a sealed message at the end of its conversation, and its line on the timeline.

    The caller holds the case's row, so that two people who write at once both find a place. Raises
    StaleError where the key was changed since the message was sealed.
    """
    number = message.key_number
    check_key_number(session, message.case_id, Compartment.CONVERSATION, message.party_id, number)
    message.position = next_message_position(session, message.case_id, message.party_id)
    session.add(message)
    add_event(session, door, message.case_id, _EVENT_OF[message.author])


def attach_to(
    session: Session,
    door: Door,
    lock: Lock,
    message: Message,
    files: Sequence[TakenFile],
    before: Sequence[FileShown],
) -> None:
    """Attach files to a message that was just added. `before` are the files already there.

    Raises InvalidError where there are too many, StaleError where one waited too long to be sent.
    """
    if not files:
        return
    session.flush()
    rows = sealed_attachments(door, lock, files, before=before, message_id=message.id)
    add_attachments(session, rows, files)


def _reseal_message(door: Door, lock: Lock, message: Message) -> None:
    text = reveal_message(door, lock, message)
    place = lock.place(Message.__tablename__, message.id, "body")
    message.key_number = lock.key.number
    message.body = door.vault.seal_message(lock.key, place, text)


SEALED_MESSAGES = SealedRows(
    Message, lambda lock: literal(lock.compartment is Compartment.CONVERSATION), _reseal_message
)
"""How a rotation seals messages anew."""


def whole_conversation(door: Door, lock: Lock) -> Sequence[Message]:
    """The messages of a conversation, oldest first.

    Raises SealBrokenError where one that was written is there no more. A case has one conversation;
    with a second party this would compare each with its own.
    """
    messages = list_messages(door.read, lock.case_id, lock.party_id)
    door.insist_complete(lock.case_id, Message, messages)
    return messages


def reveal_message(door: Door, lock: Lock, message: Message) -> str:
    """What a message says. Raises SealBrokenError where it, its author, its date or its place was
    changed.
    """
    door.insist_as_written(message.case_id, message)
    lock = lock.under(message.key_number)
    place = lock.place(Message.__tablename__, message.id, "body")
    return door.vault.open_message(lock.key, place, message.body)
