"""What a writer of the tables puts back, puts in or takes away is refused, with an alarm."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from safeshare.casework.service.case_sheet import CodeThemes, code_themes
from safeshare.casework.service.handling import WriteMessage, write_message
from safeshare.concerns.models import CaseDocument, DocumentKind, Grant
from safeshare.concerns.queries import list_grants
from safeshare.concerns.service.compartments import open_locks
from safeshare.gate import Door, use_case
from safeshare.gate.session import UnledgeredError
from safeshare.kernel.actors import Reporter, Staff, Stranger, Worker
from safeshare.kernel.errors import SealBrokenError, StaleError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerDay, LedgerEntry
from safeshare.mailbox.models import Author, Message
from safeshare.mailbox.service.entering import EnterMailbox, enter_mailbox
from safeshare.mailbox.service.messages import seal_message
from safeshare.mailbox.service.reading import open_mailbox
from safeshare.mailbox.service.writing import WriteAsReporter, write_as_reporter
from safeshare.policy.actions import Action
from safeshare.tables import METADATA
from safeshare.updates.models import NudgeAddress
from safeshare.updates.service.addresses import nudge_address
from tests.cast import Stage
from tests.tampering import behind_our_back, do_behind_our_back
from tests.use_cases.handlers import attested, case_of, holders_of, ledger, opened


class Told:
    """A case in which both sides have written, with everybody who may open it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        sent, code = stage.submit(address="somebody@home.example")
        entered = stage.gate.run(enter_mailbox, Stranger(), EnterMailbox(" ".join(code.words)))
        self.reference = sent.reference
        self.reporter = Reporter(entered.case_id, entered.party_id, entered.private_key)
        self.staff = attested(stage, self.reference)
        stage.gate.run(write_message, self.staff, WriteMessage(self.reference, "We have read it."))
        stage.gate.run(write_as_reporter, self.reporter, WriteAsReporter("Thank you.", new_id()))

    @property
    def case_id(self) -> UUID:
        """The case."""
        return self.reporter.case_id

    def open(self) -> None:
        """Have a holder and the reporter open everything that is theirs."""
        opened(self.stage, self.staff, self.reference)
        self.stage.gate.run(open_mailbox, self.reporter, None)

    @contextmanager
    def tampered(self) -> Iterator[Session]:
        """A session of somebody who writes to the tables."""
        with behind_our_back(self.stage.system.database.engine) as session:
            yield session

    def refused(self) -> None:
        """Insist that the holder is shown nothing, and that an alarm names the case."""
        before = len(ledger(self.stage, Event.ALARM_RAISED))
        with pytest.raises(SealBrokenError):
            opened(self.stage, self.staff, self.reference)
        alarms = ledger(self.stage, Event.ALARM_RAISED)[before:]
        assert [one.case_id for one in alarms] == [self.case_id]


@pytest.fixture
def told(stage: Stage) -> Told:
    return Told(stage)


def rows(session: Session, table: str, **wanted: object) -> list[dict[str, object]]:
    """The rows of a table with these values."""
    chosen = METADATA.tables[table]
    found = select(chosen).where(*(chosen.c[name] == value for name, value in wanted.items()))
    return [dict(row) for row in session.execute(found).mappings()]


def test_a_case_that_nobody_tampered_with_can_be_opened(told: Told) -> None:
    told.open()
    told.stage.time.advance(days=3)
    told.open()
    assert ledger(told.stage, Event.ALARM_RAISED) == []


def test_an_older_case_sheet_cannot_be_put_back(told: Told) -> None:
    with told.tampered() as session:
        older = rows(session, "case_document", kind=DocumentKind.CASE_SHEET)[0]
    told.stage.gate.run(code_themes, told.staff, CodeThemes(told.reference, ("BUL",)))
    opened(told.stage, told.staff, told.reference)
    with told.tampered() as session:
        session.execute(
            update(CaseDocument).where(CaseDocument.id == older["id"]).values(body=older["body"])
        )
    told.refused()


@pytest.mark.parametrize(
    "change",
    [
        {"author": Author.PARTY, "staff_id": None},
        {"staff_id": new_id()},
        {"position": 9},
        {"on": timedelta(days=-3)},
    ],
    ids=["author", "person", "position", "date"],
)
def test_nobody_can_change_who_wrote_a_message_or_when(
    told: Told, change: dict[str, object]
) -> None:
    with told.tampered() as session:
        message = session.scalars(select(Message).where(Message.author == Author.STAFF)).one()
        for name, value in change.items():
            setattr(message, name, message.on + value if isinstance(value, timedelta) else value)
    told.refused()
    with pytest.raises(SealBrokenError):
        told.stage.gate.run(open_mailbox, told.reporter, None)


def test_a_message_cannot_be_taken_away(told: Told) -> None:
    with told.tampered() as session:
        last = session.scalars(select(Message).order_by(Message.position.desc())).first()
        session.delete(last)
    told.refused()
    with pytest.raises(SealBrokenError):
        told.stage.gate.run(open_mailbox, told.reporter, None)


@use_case(Action.SERVICE_CHECK)
def seal_for_a_thief(door: Door, case_id: UUID) -> Message:
    """Seals a message as a holder who has left, and kept the key, could do at home."""
    lock = open_locks(door, case_id, Compartment.CONVERSATION)[Compartment.CONVERSATION]
    return seal_message(door, lock, Author.STAFF, "We have found nothing, and close the case.")


def test_a_message_cannot_be_invented_by_somebody_who_has_the_key(told: Told) -> None:
    message = told.stage.gate.run(seal_for_a_thief, told.staff, told.case_id)
    message.position = 3
    with told.tampered() as session:
        session.add(message)
    told.refused()


@use_case(Action.SERVICE_CHECK)
def take_grants(door: Door, command: tuple[UUID, UUID]) -> None:
    """Takes somebody's keys to a case away."""
    case_id, staff_id = command
    with door.change() as session:
        for grant in list_grants(session, case_id, staff_id):
            session.delete(grant)
        door.record(Event.CASE_HOLDER_REMOVED, case_id=case_id)


def test_a_holder_whose_keys_were_taken_cannot_put_them_back(told: Told) -> None:
    name = holders_of(told.stage, told.reference)[1]
    other = attested(told.stage, told.reference, name)
    with told.tampered() as session:
        theirs = rows(session, "grant", grantee_id=other.staff_id)
    told.stage.gate.run(take_grants, told.staff, (told.case_id, other.staff_id))
    with told.tampered() as session:
        session.execute(insert(Grant), theirs)
    with pytest.raises(SealBrokenError):
        opened(told.stage, other, told.reference)
    told.stage.time.advance(days=1)
    with pytest.raises(SealBrokenError):
        opened(told.stage, other, told.reference)


def newest_entry_changed(session: Session, told: Told) -> None:
    entry = session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.case_id == told.case_id, LedgerEntry.digests.is_not(None))
        .order_by(LedgerEntry.position.desc())
    ).first()
    assert entry is not None
    entry.digests = dict.fromkeys(entry.digests or {}, "gone")


def waiting_entry_changed(session: Session, told: Told) -> None:
    day = session.scalars(
        select(LedgerDay).where(LedgerDay.case_id == told.case_id, LedgerDay.digests.is_not(None))
    ).first()
    assert day is not None
    day.digests = {place: f"{said}00" for place, said in (day.digests or {}).items()}


def waiting_entries_gone(session: Session, _told: Told) -> None:
    session.execute(delete(LedgerDay))


@pytest.mark.parametrize(
    "bend", [newest_entry_changed, waiting_entry_changed, waiting_entries_gone]
)
def test_a_case_cannot_be_opened_on_the_word_of_a_ledger_that_was_bent(
    told: Told, bend: Callable[[Session, Told], None]
) -> None:
    with told.tampered() as session:
        bend(session, told)
    told.refused()


@use_case(Action.SERVICE_CHECK)
def find_address(door: Door, party_id: UUID) -> str | None:
    """Looks an address up, as the worker does before it sends."""
    return nudge_address(door, party_id)


def test_an_address_cannot_be_replaced_by_one_that_was_sealed_to_the_worker(stage: Stage) -> None:
    told, other = Told(stage), Told(stage)
    party_id = told.reporter.party_id
    assert stage.gate.run(find_address, Worker(), party_id) == "somebody@home.example"
    with told.tampered() as session:
        row = session.get_one(NudgeAddress, party_id)
        row.case_id = other.case_id
    with pytest.raises(SealBrokenError):
        stage.gate.run(find_address, Worker(), party_id)


@use_case(Action.SERVICE_CHECK)
def change_grants_in_bulk(door: Door, _command: None) -> None:
    """Deletes sealed rows by a statement, so that nobody notes which."""
    with door.change() as session:
        session.execute(delete(Grant))


@use_case(Action.SERVICE_CHECK)
def change_a_case_unnamed(door: Door, case_id: UUID) -> None:
    """Changes a sealed row, and an entry that names no case."""
    with door.change() as session:
        row = session.scalars(select(CaseDocument).where(CaseDocument.case_id == case_id)).first()
        assert row is not None
        row.key_number += 1
        door.record(Event.CASE_CODED)


def test_no_use_case_can_change_a_sealed_row_unnoted(told: Told) -> None:
    with pytest.raises(UnledgeredError):
        told.stage.gate.run(change_grants_in_bulk, told.staff, None)
    with pytest.raises(UnledgeredError):
        told.stage.gate.run(change_a_case_unnamed, told.staff, told.case_id)
    told.open()


def test_a_change_while_somebody_reads_is_no_alarm(told: Told) -> None:
    """PostgreSQL shows each statement of a reader its own moment."""
    door = told.stage.gate.door(told.staff)
    row = door.read.scalars(
        select(CaseDocument).where(
            CaseDocument.case_id == told.case_id, CaseDocument.kind == DocumentKind.CASE_SHEET
        )
    ).one()
    door.stop_reading()
    told.stage.gate.run(code_themes, told.staff, CodeThemes(told.reference, ("BUL",)))
    with pytest.raises(StaleError):
        door.insist_as_written(told.case_id, row)
    door.stop_reading()


def test_a_row_that_was_written_after_the_ledger_was_read_is_no_alarm(told: Told) -> None:
    door = told.stage.gate.door(told.staff)
    open_locks(door, told.case_id)
    door._reading.close()
    door._read = None
    told.stage.gate.run(write_message, told.staff, WriteMessage(told.reference, "One more."))
    for row in door.read.scalars(select(Message).where(Message.case_id == told.case_id)):
        door.insist_as_written(told.case_id, row)
    door.stop_reading()


def test_a_holder_who_is_refused_names_the_case_and_a_stranger_does_not(stage: Stage) -> None:
    sent, _ = stage.submit()
    holder: Staff = stage.staff(holders_of(stage, sent.reference)[0])
    for staff in (holder, stage.staff("administrator")):
        with pytest.raises(Exception, match="nothing here"):
            opened(stage, staff, sent.reference)
    named = [entry.case_id for entry in ledger(stage, Event.ACTION_REFUSED)]
    assert named == [case_of(stage, sent.reference).id, None]


def test_a_case_that_is_deleted_leaves_its_trail(told: Told) -> None:
    trail = len(ledger(told.stage, Event.CASE_MESSAGE_WRITTEN))
    for table in reversed(METADATA.sorted_tables):
        if "case_id" in table.c and not table.name.startswith("ledger_"):
            gone = delete(table).where(table.c.case_id == told.case_id)
            do_behind_our_back(told.stage.system.database.engine, gone)
    case = METADATA.tables["case"]
    gone = delete(case).where(case.c.id == told.case_id)
    do_behind_our_back(told.stage.system.database.engine, gone)
    assert len(ledger(told.stage, Event.CASE_MESSAGE_WRITTEN)) == trail == 1
    assert told.stage.faults() == []
