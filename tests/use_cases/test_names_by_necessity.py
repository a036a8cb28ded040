"""A name that is needed without the reporter: two people decide, and a keeper gives it."""

from collections.abc import Callable

import pytest

from safeshare.casework.rules import Purpose
from safeshare.casework.service.agreeing import (
    DecideAsOverseer,
    ReadForOverseer,
    decide_as_overseer,
    list_for_overseer,
    read_for_overseer,
)
from safeshare.casework.service.name_requests import (
    DecideRequest,
    NamedRequest,
    decide_request,
    give_name,
    refuse_name,
)
from safeshare.kernel.actors import Staff, Worker
from safeshare.kernel.errors import InvalidError, NotFoundError, SealBrokenError, StaleError
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Request
from safeshare.mailbox.rules import RequestState
from safeshare.mailbox.service.expiring import expire_requests
from safeshare.mailbox.service.requests import find_asked
from tests.cast import Stage
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import ledger
from tests.use_cases.naming import (
    NAME,
    TOLD,
    a_keeper,
    asked,
    forge,
    keepers_of,
    name_read,
    necessary,
    other_holder,
    overseer_of,
    the_request,
)


def test_a_keeper_can_give_the_name_by_necessity_and_agrees_with_that(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    holder, keeper = other_holder(stage, sent.reference), a_keeper(stage, sent.reference)
    request = necessary(stage, holder, sent.reference)
    with pytest.raises(NotFoundError):
        stage.gate.run(give_name, holder, NamedRequest(sent.reference, request.id))
    stage.gate.run(give_name, keeper, NamedRequest(sent.reference, request.id))
    assert name_read(stage, holder, sent.reference) == NAME
    assert the_request(stage).agreed_by == keeper.staff_id


def test_the_overseer_can_agree_and_a_keeper_must_still_give(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    holder, overseer = other_holder(stage, sent.reference), overseer_of(stage, sent.reference)
    request = necessary(stage, holder, sent.reference)
    assert stage.gate.run(list_for_overseer, overseer, None) == ((request.id, sent.reference),)
    seen = stage.gate.run(read_for_overseer, overseer, ReadForOverseer(request.id))
    assert seen.reason == "They wrote that they want to die."
    assert seen.purpose is Purpose.LIFE
    stage.gate.run(decide_as_overseer, overseer, DecideAsOverseer(request.id, agrees=True))
    with pytest.raises(NotFoundError):
        name_read(stage, holder, sent.reference)
    keeper = a_keeper(stage, sent.reference)
    stage.gate.run(give_name, keeper, NamedRequest(sent.reference, request.id))
    assert name_read(stage, holder, sent.reference) == NAME
    assert the_request(stage).agreed_by == overseer.staff_id
    assert the_request(stage).for_overseer is None


def test_an_overseer_of_other_cases_cannot_read_or_decide(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    request = necessary(stage, other_holder(stage, sent.reference), sent.reference)
    theirs = overseer_of(stage, sent.reference).staff_id
    other = next(
        stage.staff(name)
        for name in ("overseer", "second_overseer")
        if stage.enrolled[name].staff_id != theirs
    )
    assert stage.gate.run(list_for_overseer, other, None) == ()
    with pytest.raises(NotFoundError):
        stage.gate.run(read_for_overseer, other, ReadForOverseer(request.id))
    with pytest.raises(NotFoundError):
        stage.gate.run(decide_as_overseer, other, DecideAsOverseer(request.id, agrees=True))


def test_a_keeper_cannot_pass_the_name_on_alone(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    keeper, second = a_keeper(stage, sent.reference), a_keeper(stage, sent.reference, 1)
    request = necessary(stage, keeper, sent.reference)
    assert request.is_outside
    with pytest.raises(InvalidError):
        stage.gate.run(give_name, keeper, NamedRequest(sent.reference, request.id))
    command = DecideRequest(sent.reference, request.id, agrees=True)
    with pytest.raises(NotFoundError):
        stage.gate.run(decide_request, keeper, command)
    stage.gate.run(decide_request, second, command)
    stage.gate.run(give_name, keeper, NamedRequest(sent.reference, request.id))
    assert len(ledger(stage, Event.IDENTITY_PASSED_ON)) == 1
    assert len(keepers_of(stage, sent.reference)) == 2


def test_a_writer_of_the_table_cannot_make_somebody_agree(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    keeper = a_keeper(stage, sent.reference)
    request = necessary(stage, keeper, sent.reference)
    second = stage.enrolled[keepers_of(stage, sent.reference)[1]].staff_id
    forge(stage, state=RequestState.AGREED, agreed_by=second)
    with pytest.raises(SealBrokenError):
        stage.gate.run(give_name, keeper, NamedRequest(sent.reference, request.id))


@pytest.mark.parametrize("decide", ["keeper", "overseer"])
def test_a_declined_request_is_over_and_entered(stage: Stage, decide: str) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    request = necessary(stage, other_holder(stage, sent.reference), sent.reference)
    keeper = a_keeper(stage, sent.reference)
    if decide == "keeper":
        stage.gate.run(refuse_name, keeper, NamedRequest(sent.reference, request.id))
    else:
        overseer = overseer_of(stage, sent.reference)
        stage.gate.run(decide_as_overseer, overseer, DecideAsOverseer(request.id, agrees=False))
    assert the_request(stage).state is RequestState.DECLINED
    assert len(ledger(stage, Event.REQUEST_DECLINED)) == 1
    with pytest.raises(StaleError):
        stage.gate.run(give_name, keeper, NamedRequest(sent.reference, request.id))


@pytest.mark.parametrize(("ask", "days"), [(asked, 28), (necessary, 7)])
def test_a_request_that_nobody_decides_expires_and_is_entered(
    stage: Stage, ask: Callable[[Stage, Staff, str], Request], days: int
) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    request = ask(stage, other_holder(stage, sent.reference), sent.reference)
    stage.time.advance(days=days)
    assert stage.gate.run(expire_requests, Worker(), None) == 0
    stage.time.advance(days=1)
    keeper = a_keeper(stage, sent.reference)
    with pytest.raises(StaleError):
        stage.gate.run(give_name, keeper, NamedRequest(sent.reference, request.id))
    assert stage.gate.run(find_asked, enter(stage, code), None) is None
    assert stage.gate.run(expire_requests, Worker(), None) == 1
    assert the_request(stage).state is RequestState.EXPIRED
    assert len(ledger(stage, Event.REQUEST_EXPIRED)) == 1
    assert stage.gate.run(expire_requests, Worker(), None) == 0
