"""Writing from a mailbox."""

from dataclasses import dataclass, field
from uuid import UUID

from safeshare.concerns.models import CaseEventKind
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.service.compartments import add_event, open_locks
from safeshare.gate import Door, use_case
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Author
from safeshare.mailbox.queries import find_message, find_status_before
from safeshare.mailbox.rules import status_after_reply
from safeshare.mailbox.service.messages import add_message, seal_message
from safeshare.mailbox.service.party import party_facts, reporter_of
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class WriteAsReporter:
    """What a reporter typed. `message_id` was drawn for the form, so that it counts once."""

    text: str = field(repr=False)
    message_id: UUID


@use_case(Action.MAILBOX_WRITE, facts=party_facts)
def write_as_reporter(door: Door, command: WriteAsReporter) -> None:
    """Put a message into the conversation; a case that waited for it goes on.

    The same form sent twice is one message. Raises InvalidError where it says nothing or is too
    long.
    """
    case_id = reporter_of(door).case_id
    lock = open_locks(door, case_id)[Compartment.CONVERSATION]
    message = seal_message(door, lock, Author.PARTY, command.text, command.message_id)
    with door.change() as session:
        case = get_case_held(session, case_id)
        if find_message(session, message.id) is not None:
            return
        add_message(session, door, message)
        following = status_after_reply(case.status, find_status_before(session, case_id))
        if following is not case.status:
            case.status = following
            add_event(session, door, case_id, CaseEventKind.STATUS_CHANGED, following)
        door.record(Event.MAILBOX_MESSAGE_WRITTEN, case_id=case_id)
