"""New keys after somebody lost theirs: in rounds, resumed anywhere, and given to nobody else."""

import pytest
from sqlalchemy import ColumnElement, delete, insert, select, update

from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.concerns.models import Grant, GranteeKind, Party
from safeshare.concerns.queries import list_case_grants
from safeshare.concerns.service import rotation
from safeshare.db.base import Base
from safeshare.kernel.errors import NotFoundError, SealBrokenError, StaleError
from safeshare.kernel.sealed import AccessCode, Compartment
from safeshare.ledger.events import Event
from tests.cast import Stage
from tests.use_cases.conversation import enter, read, write
from tests.use_cases.handlers import attested, case_of, holders_of, kept_up, ledger, opened
from tests.use_cases.keeping_out import numbers_of
from tests.use_cases.turned import keys_of
from tests.use_cases.writing_tables import Rows, put_back, rows_of
from tests.use_cases.writing_tables import write as write_tables

PLAIN = {Compartment.CONVERSATION, Compartment.WORK}


def declare(stage: Stage, name: str, reference: str) -> None:
    """Let a holder declare a tie, which changes the keys."""
    stage.gate.run(declare_tie, stage.staff(name), DeclareTie(reference, has_tie=True))


@pytest.fixture
def small_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rotation that stops after two rows, as if the process had died."""
    monkeypatch.setattr(rotation, "ROWS_A_ROUND", 2)


@pytest.mark.usefixtures("small_rounds")
def test_a_rotation_that_stopped_half_way_can_be_read_and_finished(stage: Stage) -> None:
    sent, code = stage.submit({"who": "My neighbour"})
    reporter = enter(stage, code)
    for number in range(5):
        write(stage, reporter, f"Message {number}")
    tied = holders_of(stage, sent.reference)[0]
    declare(stage, tied, sent.reference)
    assert {number for _part, number in numbers_of(stage, sent.reference)} == {1, 2}
    assert len(read(stage, enter(stage, code)).messages) == 5
    name = holders_of(stage, sent.reference)[0]
    view = opened(stage, attested(stage, sent.reference, name), sent.reference)
    assert len(view.messages) == 5
    write(stage, enter(stage, code), "And one more")
    rounds = 0
    while kept_up(stage, stage.staff(name), sent.reference):
        rounds += 1
        assert rounds < 20
    assert rounds > 1
    assert (Compartment.CONVERSATION, 1) not in numbers_of(stage, sent.reference)
    assert (Compartment.WORK, 1) not in numbers_of(stage, sent.reference)
    assert len(opened(stage, stage.staff(name), sent.reference).messages) == 6
    assert len(read(stage, enter(stage, code)).messages) == 6


@pytest.mark.usefixtures("small_rounds")
def test_a_second_rotation_can_begin_before_the_first_has_ended(stage: Stage) -> None:
    sent, code = stage.submit()
    write(stage, enter(stage, code), "Hello")
    for _ in range(3):
        declare(stage, holders_of(stage, sent.reference)[0], sent.reference)
    assert len(holders_of(stage, sent.reference)) == 3
    assert read(stage, enter(stage, code)).messages[0].text == "Hello"
    name = holders_of(stage, sent.reference)[0]
    attested(stage, sent.reference, name)
    while kept_up(stage, stage.staff(name), sent.reference):
        pass
    assert len({number for part, number in numbers_of(stage, sent.reference) if part in PLAIN}) == 1


def test_a_planted_grant_cannot_be_renewed_by_a_rotation(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    case_id, intruder = case_of(stage, reference).id, stage.enrolled["safeguarding_1"].staff_id
    tied, *_others = holders_of(stage, reference)
    with stage.system.database.engine.begin() as connection:
        for row in connection.execute(
            select(Grant.__table__).where(Grant.grantee_id == stage.enrolled[tied].staff_id)
        ).mappings():
            connection.execute(insert(Grant).values({**row, "grantee_id": intruder}))
    declare(stage, tied, reference)
    with stage.system.database.reading() as session:
        newest = session.scalars(
            select(Grant.grantee_id).where(Grant.case_id == case_id, Grant.key_number == 2)
        )
        assert intruder not in set(newest)
    with pytest.raises(NotFoundError):
        attested(stage, reference, "safeguarding_1")


def test_an_exchanged_key_of_a_party_cannot_be_given_the_new_one(stage: Stage) -> None:
    mine, theirs = stage.submit()[0].reference, stage.submit()[0].reference
    with stage.system.database.engine.begin() as connection:
        own = select(Party.public_key).where(Party.case_id == case_of(stage, theirs).id)
        connection.execute(
            update(Party)
            .where(Party.case_id == case_of(stage, mine).id)
            .values(public_key=connection.scalars(own).one())
        )
    tied = holders_of(stage, mine)[0]
    with pytest.raises(SealBrokenError):
        declare(stage, tied, mine)
    assert tied in holders_of(stage, mine)
    assert ledger(stage, Event.ALARM_RAISED)


REPORTERS: dict[type[Base], ColumnElement[bool]] = {Grant: Grant.grantee_kind == GranteeKind.PARTY}


def take_reporters_grants(stage: Stage) -> Rows:
    """What a writer of the tables does, who keeps the rows for later."""
    kept = rows_of(stage, REPORTERS)
    write_tables(stage, delete(Grant).where(REPORTERS[Grant]))
    return kept


def alarms_raised(stage: Stage) -> list[str]:
    return [one.note["alarm"] for one in ledger(stage, Event.ALARM_RAISED)]


def texts_of(stage: Stage, code: AccessCode) -> list[str]:
    return [one.text for one in read(stage, enter(stage, code)).messages]


def test_a_reporter_whose_grant_was_deleted_has_the_new_key(stage: Stage) -> None:
    sent, code = stage.submit()
    write(stage, enter(stage, code), "Hello")
    take_reporters_grants(stage)
    declare(stage, holders_of(stage, sent.reference)[0], sent.reference)
    assert texts_of(stage, code) == ["Hello"]
    assert alarms_raised(stage) == ["reporter_grant_not_as_written"]
    assert stage.faults() == []


@pytest.mark.usefixtures("small_rounds")
def test_a_reporter_whose_grant_was_deleted_reads_what_is_not_sealed_anew_yet(stage: Stage) -> None:
    sent, code = stage.submit()
    written = [f"Message {number}" for number in range(5)]
    for text in written:
        write(stage, enter(stage, code), text)
    for _ in range(2):
        take_reporters_grants(stage)
        declare(stage, holders_of(stage, sent.reference)[0], sent.reference)
        assert (Compartment.CONVERSATION, 1) in numbers_of(stage, sent.reference)
        assert texts_of(stage, code) == written
    name = holders_of(stage, sent.reference)[0]
    attested(stage, sent.reference, name)
    while kept_up(stage, stage.staff(name), sent.reference):
        pass
    assert texts_of(stage, code) == written
    assert {key for part, key in numbers_of(stage, sent.reference) if part in PLAIN} == {3}
    assert stage.faults() == []


def test_an_older_grant_of_the_reporter_put_back_cannot_cut_them_off(stage: Stage) -> None:
    sent, code = stage.submit()
    write(stage, enter(stage, code), "Hello")
    older = rows_of(stage, REPORTERS)
    declare(stage, holders_of(stage, sent.reference)[0], sent.reference)
    put_back(stage, REPORTERS, older)
    with pytest.raises(SealBrokenError):
        texts_of(stage, code)
    declare(stage, holders_of(stage, sent.reference)[0], sent.reference)
    assert texts_of(stage, code) == ["Hello"]
    assert "reporter_grant_not_as_written" in alarms_raised(stage)
    assert stage.faults() == []


def test_a_changed_grant_of_the_reporter_cannot_cut_them_off(stage: Stage) -> None:
    sent, code = stage.submit()
    stranger = stage.enrolled["safeguarding_1"].staff_id
    for change in (
        {"grantee_kind": GranteeKind.STAFF},
        {"mac": b"not ours"},
        {"grantee_id": stranger},
    ):
        write_tables(stage, update(Grant).where(REPORTERS[Grant]).values(change))
        declare(stage, holders_of(stage, sent.reference)[0], sent.reference)
        assert texts_of(stage, code) == []
    assert alarms_raised(stage) == ["reporter_grant_not_as_written"] * 3
    assert keys_of(stage, sent.reference, "safeguarding_1") == set()


def test_a_deleted_grant_makes_nobody_else_the_reporter(stage: Stage) -> None:
    """Not even with a record of theirs that somebody changed: then no key is changed at all."""
    sent, _code = stage.submit()
    other, _their_code = stage.submit()
    case_id, tied = case_of(stage, sent.reference).id, holders_of(stage, sent.reference)[0]
    take_reporters_grants(stage)
    with stage.system.database.engine.begin() as connection:
        own = select(Party.public_key).where(Party.case_id == case_of(stage, other.reference).id)
        key = connection.scalars(own).one()
        connection.execute(update(Party).where(Party.case_id == case_id).values(public_key=key))
    with pytest.raises(SealBrokenError):
        declare(stage, tied, sent.reference)
    assert tied in holders_of(stage, sent.reference)
    assert rows_of(stage, REPORTERS) == {Grant.__table__: []}


@pytest.mark.parametrize("days", [0, 1])
@pytest.mark.parametrize("rounds", [1, 200])
def test_a_grant_of_the_reporter_that_was_deleted_is_missed_no_more_once_the_keys_are_changed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, days: int, rounds: int
) -> None:
    monkeypatch.setattr(rotation, "ROWS_A_ROUND", rounds)
    sent, _code = stage.submit()
    take_reporters_grants(stage)
    stage.time.advance(days=days)
    declare(stage, holders_of(stage, sent.reference)[0], sent.reference)
    name = holders_of(stage, sent.reference)[0]
    attested(stage, sent.reference, name)
    while kept_up(stage, stage.staff(name), sent.reference):
        pass
    case_id, door = case_of(stage, sent.reference).id, stage.gate.door(stage.staff(name))
    door.insist_complete(case_id, Grant, list_case_grants(door.read, case_id))
    door.stop_reading()


def test_a_grant_that_a_change_of_keys_ends_while_somebody_reads_it_is_no_alarm(
    stage: Stage,
) -> None:
    reference = stage.submit()[0].reference
    tied, name, *_others = holders_of(stage, reference)
    case_id, door = case_of(stage, reference).id, stage.gate.door(stage.staff(name))
    read_before = list_case_grants(door.read, case_id)
    door.stop_reading()
    declare(stage, tied, reference)
    with pytest.raises(StaleError):
        door.insist_as_written(case_id, *read_before)
    door.stop_reading()


def test_a_reporter_with_every_grant_causes_no_alarm(stage: Stage) -> None:
    sent, _code = stage.submit()
    declare(stage, holders_of(stage, sent.reference)[0], sent.reference)
    assert alarms_raised(stage) == []
