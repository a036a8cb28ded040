"""Working a case: becoming its contact person, acknowledging, asking, answering, moving it on."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.casework.rules import (
    check_acknowledging,
    check_status_change,
    check_taking,
)
from safeshare.casework.service.account import conversation
from safeshare.casework.service.endorsing import may_only_support
from safeshare.casework.service.saying import (
    note_acknowledged,
    say,
    sealed_for_reporter,
    tell_reporter,
)
from safeshare.casework.service.standing import case_facts, staff_of, standing_of
from safeshare.concerns.models import Case, CaseEventKind
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules import CaseStatus
from safeshare.concerns.service.attaching import shown_files
from safeshare.concerns.service.compartments import add_event, open_locks
from safeshare.concerns.service.paging import accept_pages
from safeshare.files.service.keeping import TakenFile
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import StaleError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Author, Message
from safeshare.mailbox.queries import find_message, find_status_before
from safeshare.mailbox.rules import staff_may_write
from safeshare.mailbox.service.messages import add_message, attach_to, seal_message
from safeshare.policy.actions import Action
from safeshare.updates.rules import Happening


@dataclass(frozen=True, slots=True)
class TakeCase:
    """Become the contact person, in place of `seen_contact`: whoever it was when they asked."""

    reference: str
    seen_contact: UUID | None = None


@dataclass(frozen=True, slots=True)
class AcknowledgeCase:
    """Tell the reporter that a person has read the concern."""

    reference: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WriteMessage:
    """Write to the reporter. `asks` says that the case then waits for their answer.

    `message_id` is for a form that may be sent twice: the second time changes nothing.
    """

    reference: str
    text: str = field(repr=False)
    asks: bool = False
    message_id: UUID | None = None
    files: tuple[TakenFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeStatus:
    """Move the case on from the status that was seen."""

    reference: str
    seen: CaseStatus
    wanted: CaseStatus


@use_case(Action.CASE_TAKE, facts=case_facts)
def take_case(door: Door, command: TakeCase) -> None:
    """Make the actor the reporter's contact person. A call to the on-call person ends with it.

    Their own key has to open their grant first: a row that somebody put into the table is no right.

    Raises StaleError where the case is over, theirs already, or somebody else took it meanwhile,
    SealBrokenError where the grant was not made for them.
    """
    staff_id, case_id = staff_of(door).staff_id, standing_of(door, command).case.id
    open_locks(door, case_id, Compartment.WORK)
    with door.change() as session:
        case = get_case_held(session, case_id)
        check_taking(case.status, case.contact_id, staff_id)
        if case.contact_id != command.seen_contact:
            raise StaleError("somebody else has taken the case meanwhile")
        case.contact_id = staff_id
        accept_pages(session, case_id)
        add_event(session, door, case_id, CaseEventKind.TAKEN)
        door.record(Event.CASE_TAKEN, case_id=case_id)


@use_case(Action.CASE_ACKNOWLEDGE, facts=case_facts)
def acknowledge(door: Door, command: AcknowledgeCase) -> None:
    """Send the reporter the first message of a person; the triage begins.

    Raises InvalidError for an empty or over-long message, StaleError where it was done before.
    """
    message = sealed_for_reporter(door, standing_of(door, command).case.id, command.text)
    with door.change() as session:
        case = get_case_held(session, message.case_id)
        check_acknowledging(case.status, case.acknowledged_on)
        add_message(session, door, message)
        note_acknowledged(session, door, case)
        tell_reporter(session, door, message, Happening.ACKNOWLEDGED)
        door.record(Event.CASE_ACKNOWLEDGED, case_id=case.id)


@use_case(Action.CASE_WRITE, facts=case_facts)
def write_message(door: Door, command: WriteMessage) -> None:
    """Ask or answer the reporter. The first message of a person acknowledges the concern as well.

    Raises InvalidError for an empty or over-long message, StaleError where nobody may write any
    more, where the case cannot wait for an answer now, or a file waited too long to be sent.
    """
    case_id = standing_of(door, command).case.id
    lock = conversation(open_locks(door, case_id, Compartment.CONVERSATION))
    message = seal_message(door, lock, Author.STAFF, command.text, command.message_id)
    before = shown_files(door, lock) if command.files else ()
    with door.change() as session:
        case = get_case_held(session, message.case_id)
        if not staff_may_write(case.status):
            raise StaleError("the case is closed for good")
        if _was_sent_before(session, message):
            if before:  # What the case's files are was looked up for it.
                door.record(Event.CASE_OPENED, case_id=case_id, part="files")
            return
        say(session, door, case, message)
        attach_to(session, door, lock, message, command.files, before)
        if command.asks:
            _move(session, door, case, CaseStatus.WAITING_YOU)
        door.record(Event.CASE_MESSAGE_WRITTEN, case_id=case.id)


@use_case(Action.CASE_STATUS, facts=case_facts)
def change_status(door: Door, command: ChangeStatus) -> None:
    """Move a case along the lifecycle.

    Raises StaleError where it has moved on already, InvalidError where the reporter asked for
    support only, the step would begin to look into what happened, and neither have they agreed nor
    has a supervisor endorsed that it is needed to keep somebody from harm.
    """
    case = standing_of(door, command).case
    support_only = may_only_support(door, case)
    with door.change() as session:
        held = get_case_held(session, case.id)
        if held.status is not command.seen:
            raise StaleError("the status has changed since it was shown")
        _move(session, door, held, command.wanted, support_only=support_only)
        door.record(Event.CASE_STATUS_CHANGED, case_id=case.id, status=command.wanted)


def _was_sent_before(session: Session, message: Message) -> bool:
    sent = find_message(session, message.id)
    if sent is None:
        return False
    if (sent.case_id, sent.staff_id) != (message.case_id, message.staff_id):
        raise StaleError("the form belongs to another message")
    return True


def _move(
    session: Session, door: Door, case: Case, wanted: CaseStatus, *, support_only: bool = False
) -> None:
    came_from = find_status_before(session, case.id)
    check_status_change(case.status, wanted, came_from=came_from, support_only=support_only)
    case.status = wanted
    add_event(session, door, case.id, CaseEventKind.STATUS_CHANGED, wanted)
