"""What the passing of time does to promises, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select

from safeshare.concerns.models import Party
from safeshare.kernel.actors import Worker
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerEntry
from safeshare.outbox.models import OutgoingMail
from safeshare.updates.models import Promise, Update
from safeshare.updates.rules import PromiseKind, PromiseState
from safeshare.updates.service import sweep as sweeping
from safeshare.updates.service.sweep import Swept, sweep_promises
from tests.cast import Stage


def sweep(stage: Stage) -> Swept:
    return stage.gate.run(sweep_promises, Worker(), None)


def at(stage: Stage, month: int, day: int, hour: int = 17, minute: int = 0) -> None:
    stage.time.now = datetime(2026, month, day, hour, minute, tzinfo=UTC)


def updates(stage: Stage) -> list[Update]:
    with stage.system.database.reading() as session:
        return list(session.scalars(select(Update).order_by(Update.on, Update.kind)))


def promises(stage: Stage, kind: PromiseKind) -> list[Promise]:
    with stage.system.database.reading() as session:
        found = select(Promise).where(Promise.kind == kind).order_by(Promise.due_on)
        return list(session.scalars(found))


def nudges(stage: Stage) -> int:
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(OutgoingMail)) or 0


def test_a_reporter_can_count_on_an_update_when_nobody_writes(stage: Stage) -> None:
    stage.submit()
    at(stage, 3, 4)
    assert sweep(stage) == Swept(parties=1, updates=1, reminders=0)
    update = updates(stage)[0]
    assert (update.kind, update.on) == (PromiseKind.REPLY, date(2026, 3, 4))
    assert update.parameters == {"due_on": "2026-03-04"}
    missed = promises(stage, PromiseKind.REPLY)[0]
    assert (missed.state, missed.missed_on) == (PromiseState.MISSED, date(2026, 3, 4))
    assert nudges(stage) == 1


def test_a_sweep_cannot_tell_anything_a_minute_before_five(stage: Stage) -> None:
    stage.submit()
    at(stage, 3, 4, 16, 59)
    assert sweep(stage).updates == 0
    assert updates(stage) == []


def test_a_second_sweep_cannot_do_anything_again(stage: Stage) -> None:
    stage.submit()
    at(stage, 3, 4)
    sweep(stage)
    assert sweep(stage) == Swept()
    assert (len(updates(stage)), nudges(stage)) == (1, 1)


def test_an_empty_sweep_cannot_fill_the_ledger(stage: Stage) -> None:
    stage.submit()
    sweep(stage)
    with stage.system.database.reading() as session:
        swept = select(LedgerEntry.position).where(LedgerEntry.event == Event.PROMISES_SWEPT)
        assert session.scalars(swept).all() == []


def test_a_handler_can_be_reminded_once_before_a_promise_is_due(stage: Stage) -> None:
    stage.submit()
    at(stage, 3, 3, 0, 0)
    assert sweep(stage) == Swept(parties=1, updates=0, reminders=1)
    assert sweep(stage) == Swept()
    assert promises(stage, PromiseKind.REPLY)[0].reminded_on == date(2026, 3, 3)
    assert nudges(stage) == 0


def test_a_reporter_can_count_on_the_next_update_after_a_missed_one(stage: Stage) -> None:
    stage.submit()
    at(stage, 3, 30)
    sweep(stage)
    due = [(one.due_on, one.state) for one in promises(stage, PromiseKind.UPDATE)]
    assert due == [
        (date(2026, 3, 30), PromiseState.MISSED),
        (date(2026, 4, 27), PromiseState.PENDING),
    ]


def test_a_long_silence_of_the_machine_cannot_bring_a_bundle_of_one_kind(stage: Stage) -> None:
    stage.submit()
    stage.time.advance(days=200)
    sweep(stage)
    kinds = [update.kind for update in updates(stage)]
    assert kinds.count(PromiseKind.UPDATE) == 1
    assert nudges(stage) == 1
    assert sweep(stage) == Swept()


def test_a_check_in_can_be_asked_and_is_kept_by_that(stage: Stage) -> None:
    stage.submit()
    at(stage, 3, 16)
    sweep(stage)
    asked = promises(stage, PromiseKind.CHECK_IN_2_WEEKS)[0]
    assert (asked.state, asked.missed_on) == (PromiseState.KEPT, None)
    assert PromiseKind.CHECK_IN_2_WEEKS in [update.kind for update in updates(stage)]


def test_several_sweeps_at_once_cannot_tell_anything_twice(stage: Stage) -> None:
    concerns = 12
    for _ in range(concerns):
        stage.submit()
    at(stage, 3, 4)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: sweep(stage), range(8)))
    told = [update.promise_id for update in updates(stage)]
    assert len(told) == len(set(told)) == concerns
    assert nudges(stage) == concerns


def test_a_sweep_can_leave_the_rest_to_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        stage.submit()
    at(stage, 3, 4)
    monkeypatch.setattr(sweeping, "PARTIES_A_SWEEP", 2)
    assert [sweep(stage).parties for _ in range(3)] == [2, 1, 0]


def test_a_nudge_row_cannot_tell_who_gave_an_address(stage: Stage) -> None:
    stage.submit(address="somebody@home.example")
    stage.submit()
    at(stage, 3, 4)
    sweep(stage)
    with stage.system.database.reading() as session:
        parties: set[UUID] = set(session.scalars(select(Party.id)))
        rows = session.scalars(select(OutgoingMail)).all()
    assert {row.recipient_id for row in rows} == parties
    assert len({(row.kind, row.state, row.due_on, row.attempts) for row in rows}) == 1
