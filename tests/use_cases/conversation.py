"""What the other side of a conversation does, for tests of the mailbox alone."""

from uuid import UUID, uuid4

from sqlalchemy import select, update

from safeshare.concerns.models import Case, CaseEventKind, Grant
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules import CaseStatus
from safeshare.concerns.service.compartments import add_event, open_locks
from safeshare.kernel.actors import Reporter, Staff, Stranger
from safeshare.kernel.sealed import AccessCode, Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Author
from safeshare.mailbox.service.entering import EnterMailbox, enter_mailbox
from safeshare.mailbox.service.messages import add_message, seal_message
from safeshare.mailbox.service.reading import Mailbox, open_mailbox
from safeshare.mailbox.service.writing import WriteAsReporter, write_as_reporter
from safeshare.people.models import Queue
from tests.cast import Stage


def a_holder(stage: Stage, case_id: UUID) -> Staff:
    """One of the people who hold a case."""
    with stage.system.database.reading() as session:
        held = set(
            session.scalars(
                select(Grant.grantee_id).where(
                    Grant.case_id == case_id, Grant.compartment == Compartment.WORK
                )
            )
        )
    name = next(n for n, one in stage.enrolled.items() if one.staff_id in held)
    return stage.staff(name)


def write_from_staff(stage: Stage, case_id: UUID, text: str, *, hide_names: bool = False) -> None:
    """Let a holder write, as the handlers' use cases do with the same parts."""
    door = stage.gate.door(a_holder(stage, case_id))
    lock = open_locks(door, case_id)[Compartment.CONVERSATION]
    message = seal_message(door, lock, Author.STAFF, text)
    with door.change() as session:
        add_message(session, door, message)
        if hide_names:
            session.execute(update(Queue).values(shows_names=False))
        door.record(Event.CASE_MESSAGE_WRITTEN, case_id=case_id)


def set_status(stage: Stage, case_id: UUID, status: CaseStatus) -> None:
    """Let a holder move the case to a status."""
    door = stage.gate.door(a_holder(stage, case_id))
    with door.change() as session:
        case: Case = get_case_held(session, case_id)
        case.status = status
        add_event(session, door, case_id, CaseEventKind.STATUS_CHANGED, status)
        door.record(Event.CASE_STATUS_CHANGED, case_id=case_id)


def enter(stage: Stage, code: AccessCode) -> Reporter:
    """Enter a mailbox with its code."""
    entered = stage.gate.run(enter_mailbox, Stranger(), EnterMailbox(" ".join(code.words)))
    return Reporter(entered.case_id, entered.party_id, entered.private_key)


def read(stage: Stage, reporter: Reporter) -> Mailbox:
    """Open the mailbox."""
    return stage.gate.run(open_mailbox, reporter, None)


def write(stage: Stage, reporter: Reporter, text: str) -> None:
    """Write from the mailbox."""
    stage.gate.run(write_as_reporter, reporter, WriteAsReporter(text, uuid4()))
