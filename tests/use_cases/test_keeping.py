"""What the worker does for the ledger, for sessions and for signs of life."""

from datetime import timedelta

from sqlalchemy import func, select

from safeshare.gate import SessionRows
from safeshare.gate.keeping import collect_past_days, last_life, show_life
from safeshare.gate.models import ReporterSession, StaffSession
from safeshare.kernel.actors import Operator, Worker
from safeshare.ledger.events import Event
from safeshare.ledger.models import Chain, LedgerDay, LedgerEntry
from safeshare.people.service.keeping import purge_expired
from tests.cast import Stage


def waiting_days(stage: Stage) -> int:
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(LedgerDay)) or 0


def chained(stage: Stage) -> list[LedgerEntry]:
    with stage.system.database.reading() as session:
        found = select(LedgerEntry).where(LedgerEntry.chain == Chain.REPORTER)
        return list(session.scalars(found.order_by(LedgerEntry.position)))


def collect(stage: Stage) -> int:
    return stage.gate.run(collect_past_days, Worker(), None)


def test_todays_reporters_cannot_be_put_in_an_order(stage: Stage) -> None:
    for _ in range(3):
        stage.submit()
    assert collect(stage) == 0
    assert (waiting_days(stage), chained(stage)) == (3, [])


def test_yesterdays_reporters_can_be_chained_once_and_without_an_instant(stage: Stage) -> None:
    for _ in range(3):
        stage.submit()
    stage.time.advance(days=1)
    stage.submit()
    assert [collect(stage), collect(stage)] == [3, 0]
    assert waiting_days(stage) == 1
    entries = chained(stage)
    assert {entry.event for entry in entries} == {Event.CONCERN_SUBMITTED}
    assert all(entry.at is None for entry in entries)
    assert stage.faults() == []


def test_a_session_can_be_thrown_away_only_after_its_day(stage: Stage) -> None:
    for table, realm in ((ReporterSession, "reporter"), (StaffSession, "staff")):
        rows = SessionRows(stage.gate, table, realm)
        rows.save(rows.new_cookie(), {"draft": "text"}, begins=True)
    stage.time.advance(days=2)
    stage.gate.run(purge_expired, Worker(), None)
    assert sessions(stage) == 2
    stage.time.advance(days=1)
    stage.gate.run(purge_expired, Worker(), None)
    assert sessions(stage) == 0


def sessions(stage: Stage) -> int:
    with stage.system.database.reading() as session:
        counts = (
            session.scalar(select(func.count()).select_from(table))
            for table in (ReporterSession, StaffSession)
        )
        return sum(count or 0 for count in counts)


def test_a_sign_of_life_can_be_seen_by_others(stage: Stage) -> None:
    assert stage.gate.run(last_life, Operator(), "worker") is None
    stage.gate.run(show_life, Worker(), "worker")
    stage.time.advance(minutes=1)
    stage.gate.run(show_life, Worker(), "worker")
    seen = stage.gate.run(last_life, Operator(), "worker")
    assert seen is not None
    assert stage.time.now - seen == timedelta(0)
