"""Saying something to the reporter: the message and what it settles. Parts of use cases."""

from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.casework.rules import status_when_acknowledged
from safeshare.casework.service.account import conversation
from safeshare.concerns.models import Case, CaseEventKind
from safeshare.concerns.service.compartments import add_event, open_locks
from safeshare.gate import Door
from safeshare.kernel.sealed import Compartment
from safeshare.mailbox.models import Author, Message
from safeshare.mailbox.service.messages import add_message, seal_message
from safeshare.outbox.service.queueing import queue_nudge
from safeshare.updates.rules import Happening
from safeshare.updates.service.promises import settle_promises


def sealed_for_reporter(door: Door, case_id: UUID, text: str) -> Message:
    """A message of the actor's, sealed outside the transaction. Raises InvalidError where it says
    nothing or is too long.
    """
    lock = conversation(open_locks(door, case_id, Compartment.CONVERSATION))
    return seal_message(door, lock, Author.STAFF, text)


def say(session: Session, door: Door, case: Case, message: Message) -> None:
    """Put a message into the conversation of a case that the caller holds. The first that a person
    writes acknowledges the concern as well.
    """
    add_message(session, door, message)
    if case.acknowledged_on is None:
        note_acknowledged(session, door, case)
    tell_reporter(session, door, message, Happening.ANSWERED)


def note_acknowledged(session: Session, door: Door, case: Case) -> None:
    """Write down that a person has read the concern; the triage begins."""
    case.acknowledged_on = door.clock.today()
    following = status_when_acknowledged(case.status)
    moved = following if following is not case.status else None
    case.status = following
    add_event(session, door, case.id, CaseEventKind.ACKNOWLEDGED, moved)


def tell_reporter(session: Session, door: Door, message: Message, happening: Happening) -> None:
    """Settle what was promised, and nudge whoever asked for it."""
    settle_promises(door, session, message.case_id, message.party_id, happening)
    queue_nudge(session, message.party_id, door.clock.today())
