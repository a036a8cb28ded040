"""Writing from a mailbox."""

from dataclasses import dataclass, field
from uuid import UUID

from safeshare.concerns.models import CaseEventKind
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.service.attaching import shown_files
from safeshare.concerns.service.compartments import Lock, add_event, open_locks
from safeshare.files.service.keeping import TakenFile
from safeshare.gate import Door, use_case
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Author, Message
from safeshare.mailbox.queries import find_message, find_status_before
from safeshare.mailbox.rules import message_text, status_after_reply
from safeshare.mailbox.service.messages import (
    add_message,
    attach_to,
    reveal_message,
    seal_message,
)
from safeshare.mailbox.service.party import party_facts, reporter_of
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class WriteAsReporter:
    """What a reporter typed. `message_id` was drawn for the form, so that it counts once."""

    text: str = field(repr=False)
    message_id: UUID
    files: tuple[TakenFile, ...] = ()


@use_case(Action.MAILBOX_WRITE, facts=party_facts)
def write_as_reporter(door: Door, command: WriteAsReporter) -> None:
    """Put a message into the conversation; a case that waited for it goes on.

    The same form sent twice is one message, and two where the text was changed in between: nothing
    that somebody wrote is dropped. Raises InvalidError where it says nothing or is too long, and
    StaleError where a file waited too long to be sent.
    """
    case_id = reporter_of(door).case_id
    lock = open_locks(door, case_id)[Compartment.CONVERSATION]
    message = seal_message(door, lock, Author.PARTY, command.text, command.message_id)
    before = shown_files(door, lock) if command.files else ()
    with door.change() as session:
        case = get_case_held(session, case_id)
        sent = find_message(session, message.id)
        if sent is not None:
            if _says_the_same(door, lock, sent, message, command.text):
                door.record(Event.MAILBOX_OPENED, case_id=case_id)
                return
            message = seal_message(door, lock, Author.PARTY, command.text)
        add_message(session, door, message)
        attach_to(session, door, lock, message, command.files, before)
        following = status_after_reply(case.status, find_status_before(session, case_id))
        if following is not case.status:
            case.status = following
            add_event(session, door, case_id, CaseEventKind.STATUS_CHANGED, following)
        door.record(Event.MAILBOX_MESSAGE_WRITTEN, case_id=case_id)


def _says_the_same(door: Door, lock: Lock, sent: Message, message: Message, typed: str) -> bool:
    """Whether the message of this id is the same party's, and says what was typed now."""
    if _whose(sent) != _whose(message):
        return False
    return reveal_message(door, lock, sent) == message_text(typed)


def _whose(message: Message) -> tuple[UUID, UUID, Author, int]:
    return message.case_id, message.party_id, message.author, message.key_number
