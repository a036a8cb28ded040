"""New keys after somebody lost theirs: in rounds, resumed anywhere, and given to nobody else."""

import pytest
from sqlalchemy import insert, select, update

from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.concerns.models import Grant, Party
from safeshare.concerns.service import rotation
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from tests.cast import Stage
from tests.use_cases.conversation import enter, read, write
from tests.use_cases.handlers import attested, case_of, holders_of, kept_up, ledger, opened
from tests.use_cases.keeping_out import numbers_of

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
