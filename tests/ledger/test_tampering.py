"""Whatever a writer of the tables does to the ledger, `verify` finds it."""

from collections import Counter
from random import Random

import pytest
from sqlalchemy.orm import Session

from safeshare.casework.service.handling import WriteMessage, write_message
from safeshare.gate.book import Book
from safeshare.gate.keeping import collect_past_days, sign_head
from safeshare.kernel.actors import Worker
from safeshare.ledger.verifying import list_faults
from tests.cast import Stage
from tests.ledger.tamperings import DAY, Row, rows_of, tamperings
from tests.tampering import behind_our_back
from tests.use_cases.handlers import attested, opened

SEED = 20261122


def book_of(stage: Stage) -> Book:
    """The ledger of a stage."""
    return Book(stage.gate.vault, stage.system.database, stage.gate.clock)


def fill(stage: Stage) -> list[Row]:
    """Let reporters and staff be at work on two days. Returns what waited on the first."""
    sent = [stage.submit()[0].reference for _ in range(6)]
    with stage.system.database.reading() as session:
        past = rows_of(session, DAY)
    staff = attested(stage, sent[0])
    opened(stage, staff, sent[0])
    stage.gate.run(write_message, staff, WriteMessage(sent[0], "Hello."))
    stage.time.advance(days=1)
    stage.gate.run(collect_past_days, Worker(), None)
    for _ in range(5):
        stage.submit()
    stage.gate.run(sign_head, Worker(), None)
    return past


def unfound(stage: Stage, times: int) -> Counter[str]:
    """How many random tamperings of each kind nobody would notice."""
    ways = tamperings(fill(stage))
    assert stage.faults() == []
    random, missed = Random(SEED), Counter[str]()  # noqa: S311 - the same tamperings each time.
    head, engine = book_of(stage).head_file.read(), stage.system.database.engine
    with behind_our_back(engine):
        pass
    for number in range(times):
        name, way = list(ways.items())[number % len(ways)]
        with Session(engine) as session:
            way(random, session)
            missed[name] += not list_faults(session, stage.gate.vault.ledger_mac, head)
            session.rollback()
    assert stage.faults() == []
    return +missed


def test_a_writer_of_the_tables_cannot_bend_the_ledger_unnoticed(stage: Stage) -> None:
    assert unfound(stage, times=90) == Counter()


@pytest.mark.soak
def test_a_thousand_random_tamperings_are_all_found(stage: Stage) -> None:
    assert unfound(stage, times=1000) == Counter()
