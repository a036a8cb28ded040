"""A handler who answers while a sweep has the same promises in hand, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep
from typing import Any

import pytest
from sqlalchemy import select

from safeshare.kernel.actors import Worker
from safeshare.ledger.events import Event as LedgerEvent
from safeshare.updates.models import Promise
from safeshare.updates.queries import list_due
from safeshare.updates.rules import Happening, PromiseKind
from safeshare.updates.service import sweep as sweeping
from safeshare.updates.service.promises import settle_promises
from safeshare.updates.service.sweep import sweep_promises
from tests.cast import Stage


def promises(stage: Stage) -> list[Promise]:
    with stage.system.database.reading() as session:
        found = select(Promise).where(Promise.kind == PromiseKind.UPDATE)
        return list(session.scalars(found.order_by(Promise.due_on)))


def answer(stage: Stage, promise: Promise) -> None:
    """What a handler's answer does to promises."""
    door = stage.gate.door(Worker())
    with door.change() as session:
        settle_promises(door, session, promise.case_id, promise.party_id, Happening.ANSWERED)
        door.record(LedgerEvent.CASE_MESSAGE_WRITTEN, case_id=promise.case_id)


def test_an_answer_in_the_middle_of_a_sweep_cannot_make_a_promise_twice(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.submit()
    promise = promises(stage)[0]
    stage.time.advance(days=28, hours=9)
    claimed, go_on = Event(), Event()

    def list_slowly(*arguments: Any) -> Any:
        found = list_due(*arguments)
        claimed.set()
        go_on.wait(300)
        return found

    monkeypatch.setattr(sweeping, "list_due", list_slowly)
    with ThreadPoolExecutor(2) as pool:
        swept = pool.submit(stage.gate.run, sweep_promises, Worker(), None)
        assert claimed.wait(300)
        answered = pool.submit(answer, stage, promise)
        sleep(0.5)
        assert not answered.done()
        go_on.set()
        assert swept.result().updates > 0
        answered.result()
    made = promises(stage)
    assert sorted(one.state for one in made) == ["kept", "kept", "pending"]
    assert made[0].missed_on == promise.due_on
