"""How an entry of staff who changed nothing is hung on: in one statement, or in turn."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext

import pytest
from sqlalchemy import ColumnElement, Connection, event, select, true

from safeshare.casework.service.handling import WriteMessage, write_message
from safeshare.casework.service.opening import OpenCase, open_case
from safeshare.kernel.actors import Operator, Staff
from safeshare.ledger.entries import End, Entry, append_if_last, find_end
from safeshare.ledger.events import Event
from safeshare.ledger.models import Chain, LedgerEntry
from tests.cast import Stage
from tests.use_cases.handlers import attested, opened

READINGS = 40
PATIENCE = 300
READING = ("SELECT", "WITH", "BEGIN")


@contextmanager
def statements(stage: Stage) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []
    engine = stage.system.database.engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def a_reader(stage: Stage) -> tuple[Staff, OpenCase]:
    reference = stage.submit()[0].reference
    staff = attested(stage, reference)
    opened(stage, staff, reference)
    return staff, OpenCase(reference)


def positions(stage: Stage) -> list[int]:
    with stage.system.database.reading() as session:
        chain = select(LedgerEntry.position).where(LedgerEntry.chain == Chain.STAFF)
        return list(session.scalars(chain.order_by(LedgerEntry.position)))


def end_of(stage: Stage) -> End:
    with stage.system.database.at_once() as connection:
        return find_end(connection, Chain.STAFF)


def append(
    stage: Stage,
    after: End,
    within: Connection | None = None,
    is_free: ColumnElement[bool] | None = None,
) -> End | None:
    """An entry after that link, where it is the last."""
    database = stage.system.database
    with nullcontext(within) if within is not None else database.at_once() as connection:
        return append_if_last(
            connection,
            stage.gate.vault.ledger_mac,
            Operator(),
            Entry(Event.DIGESTS_QUEUED),
            stage.gate.clock.now(),
            on=stage.gate.clock.today(),
            after=after,
            is_free=database.chain_is_free if is_free is None else is_free,
        )


def test_an_opened_case_is_written_down_in_one_statement(stage: Stage) -> None:
    staff, command = a_reader(stage)
    with statements(stage) as asked:
        stage.gate.run(open_case, staff, command)
    assert [one.split(" ")[:3] for one in asked if not one.startswith(READING)] == [
        ["INSERT", "INTO", "ledger_entry"]
    ]
    assert stage.faults() == []


def test_an_entry_cannot_be_hung_on_any_link_but_the_last(stage: Stage) -> None:
    a_reader(stage)
    last, before = end_of(stage), positions(stage)
    wrong = (
        End(),
        End(last.position - 1, last.mac),
        End(last.position + 1, last.mac),
        End(last.position, bytes(32)),
    )
    assert [append(stage, other) for other in wrong] == [None] * 4
    assert positions(stage) == before
    assert append(stage, last) == end_of(stage)
    assert append(stage, last) is None
    assert positions(stage) == [*before, last.position + 1]


def test_a_change_has_its_entry_written_down_in_one_statement(stage: Stage) -> None:
    staff, command = a_reader(stage)
    with statements(stage) as asked:
        stage.gate.run(write_message, staff, WriteMessage(command.reference, "An answer."))
    assert sum("INSERT INTO ledger_entry" in one for one in asked) == 1
    assert not any(one.startswith("SELECT pg_advisory_xact_lock") for one in asked)
    assert stage.faults() == []


def test_an_entry_whose_place_is_taken_while_it_looks_is_not_written(
    postgres_stage: Stage,
) -> None:
    a_reader(postgres_stage)
    last = end_of(postgres_stage)
    with ThreadPoolExecutor(1) as pool:
        with postgres_stage.system.database.holding_chain() as connection:
            first = append(postgres_stage, last, connection)
            second = pool.submit(append, postgres_stage, last, is_free=true())
            with pytest.raises(TimeoutError):
                second.result(timeout=1)
            connection.commit()
        assert second.result(timeout=PATIENCE) is None
    assert end_of(postgres_stage) == first


def test_an_entry_cannot_push_in_before_a_change_that_has_the_chain(stage: Stage) -> None:
    staff, command = a_reader(stage)
    before = positions(stage)
    with ThreadPoolExecutor(1) as pool:
        with stage.system.database.holding_chain() as connection:
            find_end(connection, Chain.STAFF)  # The first statement begins the transaction.
            waiting = pool.submit(stage.gate.run, open_case, staff, command)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=1)
            assert positions(stage) == before
        waiting.result(timeout=PATIENCE)
    assert positions(stage) == [*before, len(before) + 1]
    assert stage.faults() == []


def test_many_who_read_and_write_at_once_cannot_break_the_chain(stage: Stage) -> None:
    staff, command = a_reader(stage)
    before = len(positions(stage))

    def work(number: int) -> None:
        if number % 4:
            stage.gate.run(open_case, staff, command)
        else:
            stage.gate.run(write_message, staff, WriteMessage(command.reference, "An answer."))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(READINGS)))
    assert positions(stage) == list(range(1, before + READINGS + 1))
    assert stage.faults() == []
