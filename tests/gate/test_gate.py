"""The one door: what gets through it, what does not, and what it leaves on the ledger."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from safeshare.concerns.models import CaseDocument, DocumentKind, Grant
from safeshare.concerns.service.compartments import open_locks, reveal_document
from safeshare.gate import Door, Facts, use_case
from safeshare.gate.keeping import collect_past_days
from safeshare.gate.session import UnledgeredError
from safeshare.kernel.actors import Actor, Operator, Staff, Stranger, Worker
from safeshare.kernel.errors import BarredError, NotFoundError, SealBrokenError, StaleError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.sealed import Compartment, Sealed
from safeshare.ledger.entries import Entry
from safeshare.ledger.events import Event
from safeshare.ledger.models import Chain, LedgerDay, LedgerEntry
from safeshare.people.models import Location
from safeshare.policy.actions import Action
from safeshare.policy.rules import RULES, may
from tests.cast import Stage


@use_case(Action.SERVICE_CHECK)
def change_silently(door: Door, _command: None) -> None:
    """Changes a row and says nothing."""
    with door.change() as session:
        session.add(Location(kind="station", name="Unsaid"))


@use_case(Action.SERVICE_CHECK)
def change_silently_in_bulk(door: Door, _command: None) -> None:
    """Changes rows by a statement and says nothing."""
    with door.change() as session:
        session.execute(update(Location).values(name="Unsaid"))


@use_case(Action.SERVICE_CHECK)
def store_silently(door: Door, _command: None) -> None:
    """Stores new rows at once and says nothing."""
    with door.change() as session:
        session.insert([Location(kind="station", name="Unsaid")])


@use_case(Action.SERVICE_CHECK)
def store_and_say_so(door: Door, _command: None) -> None:
    """Stores a new row, then one that refers to it, and records it."""
    with door.change() as session:
        away = Location(id=new_id(), kind="area", name="Away")
        session.insert([away])
        session.insert([Location(kind="station", name="Far away", parent_id=away.id)])
        door.record(Event.INSTALLATION_SET_UP)


@use_case(Action.SERVICE_CHECK)
def change_twice(door: Door, _command: None) -> None:
    """Asks for a second transaction."""
    with door.change() as session:
        session.add(Location(kind="station", name="Once"))
        door.record(Event.INSTALLATION_SET_UP)
    with door.change() as session:
        session.add(Location(kind="station", name="Twice"))


@use_case(Action.SERVICE_CHECK)
def fail_in_the_middle(door: Door, _command: None) -> None:
    """Breaks after a change and before the commit."""
    with door.change() as session:
        session.add(Location(kind="station", name="Half"))
        door.record(Event.INSTALLATION_SET_UP)
        session.flush()
        raise ZeroDivisionError


def _account(door: Door) -> None:
    document = door.read.scalars(
        select(CaseDocument).where(CaseDocument.kind == DocumentKind.ACCOUNT)
    ).one()
    locks = open_locks(door, document.case_id)
    reveal_document(door, locks[Compartment.CONVERSATION], document)


@use_case(Action.SERVICE_CHECK)
def read_silently(door: Door, _command: None) -> None:
    """Opens content and says nothing."""
    _account(door)


@use_case(Action.SERVICE_CHECK)
def read_and_say_so(door: Door, _command: None) -> None:
    """Opens content and records it."""
    _account(door)
    door.record(Event.CASE_OPENED)


@use_case(Action.CASE_OPEN, facts=lambda _door, _command: Facts())
def open_as_nobody(door: Door, _command: None) -> None:
    """Never gets as far as this."""
    raise AssertionError


def _in_its_queue(_door: Door, _command: object) -> Facts:
    return Facts(is_in_queue=True)


@use_case(Action.PEOPLE_APPROVE, facts=_in_its_queue)
def come_too_late(door: Door, _command: None) -> None:
    """Finds that somebody else has changed who may read."""
    with door.change() as session:
        session.add(Location(kind="station", name="Half"))
        door.record(Event.PEOPLE_APPROVED)
        raise StaleError("somebody was faster")


@use_case(Action.FORM_PARK)
def come_too_late_to_a_form(_door: Door, _command: None) -> None:
    """The same where nobody's access is changed."""
    raise StaleError("somebody was faster")


@use_case(Action.SERVICE_CHECK)
def ask_for_what_a_rule_forbids(_door: Door, _command: None) -> None:
    """Meets a rule that no other answer would meet."""
    raise BarredError("may_not_hold", "staff")


def entries(session: Session) -> list[LedgerEntry]:
    return list(session.scalars(select(LedgerEntry).order_by(LedgerEntry.position)))


def newest(stage: Stage) -> LedgerEntry:
    with stage.system.database.reading() as session:
        return entries(session)[-1]


def holder_of_the_only_case(stage: Stage) -> Staff:
    with stage.system.database.reading() as session:
        holder = session.scalars(select(Grant.grantee_id).where(Grant.compartment == "work")).all()
    name = next(name for name, one in stage.enrolled.items() if one.staff_id in holder)
    return stage.staff(name)


@pytest.mark.parametrize(
    "silent", [change_silently, change_silently_in_bulk, store_silently, change_twice]
)
def test_nobody_can_change_anything_without_an_entry(sqlite_stage: Stage, silent: object) -> None:
    with pytest.raises(UnledgeredError):
        sqlite_stage.gate.run(silent, Operator(), None)  # type: ignore[arg-type]
    with sqlite_stage.system.database.reading() as session:
        names = set(session.scalars(select(Location.name)))
    assert not names & {"Unsaid", "Twice"}


def test_rows_can_be_stored_at_once_with_what_every_row_has(stage: Stage) -> None:
    stage.gate.run(store_and_say_so, Operator(), None)
    with stage.system.database.reading() as session:
        found = {one.name: one for one in session.scalars(select(Location))}
    within = found["Far away"]
    assert within.parent_id == found["Away"].id
    assert within.id != found["Away"].id
    assert within.headcount == 0


def test_nobody_can_read_content_without_an_entry(sqlite_stage: Stage) -> None:
    sqlite_stage.submit()
    holder = holder_of_the_only_case(sqlite_stage)
    with pytest.raises(UnledgeredError):
        sqlite_stage.gate.run(read_silently, holder, None)
    sqlite_stage.gate.run(read_and_say_so, holder, None)
    assert newest(sqlite_stage).event is Event.CASE_OPENED
    assert newest(sqlite_stage).actor_id == holder.staff_id


def test_a_failing_use_case_leaves_nothing(stage: Stage) -> None:
    before = newest(stage).position
    with pytest.raises(ZeroDivisionError):
        stage.gate.run(fail_in_the_middle, Operator(), None)
    assert newest(stage).position == before


def test_a_refused_member_of_staff_gets_not_found_and_an_entry_without_a_case(stage: Stage) -> None:
    with pytest.raises(NotFoundError):
        stage.gate.run(open_as_nobody, stage.staff("administrator"), None)
    entry = newest(stage)
    assert entry.event is Event.ACTION_REFUSED
    assert entry.case_id is None


def test_somebody_who_changes_access_too_late_is_on_the_ledger(stage: Stage) -> None:
    supervisor = stage.staff("hr_supervisor")
    with pytest.raises(StaleError):
        stage.gate.run(come_too_late, supervisor, None)
    entry = newest(stage)
    assert (entry.event, entry.actor_id) == (Event.ACTION_OVERTAKEN, supervisor.staff_id)
    assert entry.note == {"action": Action.PEOPLE_APPROVE}
    with pytest.raises(StaleError):
        stage.gate.run(come_too_late_to_a_form, supervisor, None)
    assert newest(stage).position == entry.position


def test_staff_who_ask_for_what_a_rule_forbids_are_on_the_ledger(stage: Stage) -> None:
    with pytest.raises(BarredError):
        stage.gate.run(ask_for_what_a_rule_forbids, stage.staff("hr_1"), None)
    entry = newest(stage)
    assert (entry.event, entry.case_id) == (Event.ACTION_REFUSED, None)
    with pytest.raises(BarredError):
        stage.gate.run(ask_for_what_a_rule_forbids, Stranger(), None)
    assert newest(stage).position == entry.position


def test_a_refused_stranger_cannot_flood_the_ledger(stage: Stage) -> None:
    before = newest(stage).position
    with pytest.raises(NotFoundError):
        stage.gate.run(open_as_nobody, Stranger(), None)
    assert newest(stage).position == before


@pytest.mark.parametrize("column", ["sealed", "body"])
def test_a_damaged_seal_is_refused_and_raises_an_alarm(stage: Stage, column: str) -> None:
    stage.submit()
    holder = holder_of_the_only_case(stage)
    table = Grant if column == "sealed" else CaseDocument
    with stage.system.database.engine.begin() as connection:
        for row in connection.execute(select(table.__table__)).mappings().all():
            blob = bytearray(row[column].blob)
            blob[-1] ^= 1
            keys = [c == row[c.name] for c in table.__table__.primary_key]
            connection.execute(update(table).where(*keys).values({column: Sealed(bytes(blob))}))
    with pytest.raises(SealBrokenError):
        stage.gate.run(read_and_say_so, holder, None)
    assert newest(stage).event is Event.ALARM_RAISED


def test_what_a_reporter_does_is_dated_and_put_in_no_order_until_the_day_is_over(
    stage: Stage,
) -> None:
    for _ in range(5):
        stage.submit()
    with stage.system.database.reading() as session:
        waiting = session.scalars(select(LedgerDay)).all()
        assert len(waiting) == 5
        assert {row.on for row in waiting} == {stage.gate.clock.today()}
        assert not [e for e in entries(session) if e.event is Event.CONCERN_SUBMITTED]
        assert all(len(row.digests or {}) > 10 for row in waiting)


def test_a_days_entries_move_onto_a_chain_without_an_instant(stage: Stage) -> None:
    for _ in range(5):
        stage.submit()
    assert stage.gate.run(collect_past_days, Worker(), None) == 0
    stage.time.advance(days=1)
    assert stage.gate.run(collect_past_days, Worker(), None) == 5
    with stage.system.database.reading() as session:
        moved = [e for e in entries(session) if e.chain is Chain.REPORTER]
        assert [e.position for e in sorted(moved, key=lambda e: e.position)] == [1, 2, 3, 4, 5]
        assert {e.at for e in moved} == {None}
        assert not session.scalars(select(LedgerDay)).all()
    assert stage.faults() == []


def test_every_action_has_a_rule_and_stands_in_alphabetical_order() -> None:
    assert set(RULES) == set(Action)
    assert [action.name for action in Action] == sorted(action.name for action in Action)
    assert [event.value for event in Event] == sorted(event.value for event in Event)


@pytest.mark.parametrize(
    "actor", [Stranger(), Worker(), Operator()], ids=lambda a: type(a).__name__
)
def test_no_case_opens_for_anybody_but_an_attested_holder(actor: Actor) -> None:
    everything = Facts(is_holder=True, has_attested=True, is_party=True)
    for action in Action:
        if action.value.startswith("case:"):
            assert not may(actor, action, everything)


@pytest.mark.parametrize(
    "note", ["Somebody said: it was him!", "one@home.example", "two\nlines", "x" * 201, "é"]
)
def test_no_text_and_no_address_can_stand_in_a_note(note: str) -> None:
    with pytest.raises(ValueError, match="no code, count or id") as refused:
        Entry(Event.CASE_CODED, note={"why": note})
    assert note not in str(refused.value)
    Entry(Event.CASE_CODED, note={"why": "support_only", "staff": str(new_id()), "moved": "3 to 4"})
