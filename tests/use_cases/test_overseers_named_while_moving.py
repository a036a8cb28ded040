"""Nobody is named overseer of a case who came to another team or place while somebody, the worker
or the program at Send had judged them and was about to name them.
"""

from collections.abc import Mapping
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from safeshare.concerns.service.compartments import add_event
from safeshare.kernel.actors import Stranger, Worker
from safeshare.mailbox.service.turning import escalate
from safeshare.people.service.away import GoAway, go_away
from safeshare.people.service.liveness import hold_unchanged
from tests.cast import Stage
from tests.use_cases.ceremony import let_leave
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import attested, nudges, opened
from tests.use_cases.keeping_out import overseer_of
from tests.use_cases.moving import place, works_at_the_place
from tests.use_cases.test_overseers_gone import hand_on, the_other
from tests.use_cases.test_overseers_replaced import meanwhile
from tests.use_cases.turned import keys_of


def test_the_worker_names_nobody_who_moved_while_it_read(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = stage.submit(ticked=place(stage))[0].reference
    first = overseer_of(stage, reference) or ""
    following = the_other(first)
    let_leave(stage, [first])
    with meanwhile(monkeypatch, Worker(), lambda: works_at_the_place(stage, following)):
        hand_on(stage)
    assert overseer_of(stage, reference) != following
    hand_on(stage)
    assert overseer_of(stage, reference) is None


def test_an_overseer_who_moved_while_the_code_was_stretched_watches_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def both_move() -> None:
        for name in ("overseer", "second_overseer"):
            works_at_the_place(stage, name)

    with meanwhile(monkeypatch, Stranger(), both_move):
        sent, _code = stage.submit(ticked=place(stage))
    assert overseer_of(stage, sent.reference) is None
    stage.time.advance(days=1)
    hand_on(stage)
    assert overseer_of(stage, sent.reference) is None
    assert stage.faults() == []


def test_nothing_tells_that_an_overseer_went_away_while_the_code_was_stretched(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case of which none is named for that would tell the second in which it was sent."""
    today, leaving = stage.gate.clock.today(), stage.staff("overseer")

    def goes_away() -> None:
        stage.gate.run(go_away, leaving, GoAway(today, None))

    with meanwhile(monkeypatch, Stranger(), goes_away):
        sent, _code = stage.submit()
    assert overseer_of(stage, sent.reference) == "second_overseer"


@pytest.mark.parametrize("is_faster", [True, False])
def test_who_moves_while_a_holder_draws_lots_watches_nothing(
    postgres_stage: Stage, monkeypatch: pytest.MonkeyPatch, is_faster: bool
) -> None:
    """Whether they are through before they would be held, or wait until lots are drawn."""
    stage = postgres_stage
    reference = stage.submit(ticked=place(stage))[0].reference
    first = overseer_of(stage, reference) or ""
    works_at_the_place(stage, first)
    moving = Thread(target=works_at_the_place, args=(stage, the_other(first)))

    def hold(session: Session, records: Mapping[UUID, bytes]) -> frozenset[UUID]:
        if is_faster:
            moving.start()
            moving.join()
            return hold_unchanged(session, records)
        held = hold_unchanged(session, records)
        moving.start()
        moving.join(timeout=0.5)
        assert moving.is_alive()
        return held

    with monkeypatch.context() as patched:
        patched.setattr("safeshare.concerns.service.overseers.hold_unchanged", hold)
        opened(stage, attested(stage, reference), reference)
    moving.join()
    assert overseer_of(stage, reference) is None
    assert stage.faults() == []


def test_who_moves_while_a_reporter_calls_them_in_cannot_keep_the_conversation(
    postgres_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = postgres_stage
    sent, code = stage.submit()
    name = overseer_of(stage, sent.reference) or ""
    moving = Thread(target=works_at_the_place, args=(stage, name))

    def tell(*given: Any, **more: Any) -> None:
        moving.start()
        moving.join(timeout=0.5)
        assert moving.is_alive()
        add_event(*given, **more)

    with monkeypatch.context() as patched:
        patched.setattr("safeshare.mailbox.service.turning.add_event", tell)
        stage.gate.run(escalate, enter(stage, code), None)
    moving.join()
    assert overseer_of(stage, sent.reference) is None
    assert keys_of(stage, sent.reference, name) == set()
    assert nudges(stage) == 1
