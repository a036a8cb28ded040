"""Who may see the reporter's name: its keepers, and others by consent or necessity, never alone."""

from uuid import UUID

import pytest
from sqlalchemy import select

from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.casework.service.handling import TakeCase, take_case
from safeshare.casework.service.keepers import (
    HandOver,
    LookAtKeepers,
    hand_over,
    look_at_keepers,
)
from safeshare.casework.service.name_requests import (
    AskReporterForName,
    NamedRequest,
    ask_reporter_for_name,
    give_name,
    withdraw_request,
)
from safeshare.concerns.models import Grant
from safeshare.concerns.service.holding import take_keys
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import InvalidError, NotFoundError, SealBrokenError, StaleError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.rules import RequestKind, RequestState
from safeshare.mailbox.service.requests import AnswerRequest, answer_request, find_asked
from tests.cast import Stage
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import case_of, ledger
from tests.use_cases.naming import (
    ASKED,
    NAME,
    TOLD,
    a_keeper,
    asked,
    forge,
    keepers_of,
    name_read,
    other_holder,
    the_request,
)


def test_a_keeper_can_read_the_name_and_it_is_entered(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    keeper = a_keeper(stage, sent.reference)
    assert name_read(stage, keeper, sent.reference) == NAME
    assert [one.actor_id for one in ledger(stage, Event.IDENTITY_OPENED)] == [keeper.staff_id]


def test_a_holder_who_keeps_no_name_cannot_read_it(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    with pytest.raises(NotFoundError):
        name_read(stage, other_holder(stage, sent.reference), sent.reference)


# Hand-over to the contact person


def hand(stage: Stage, giver: Staff, reference: str, to: Staff, instead_of: UUID) -> None:
    command = HandOver(reference, to.staff_id, instead_of, "I am leaving on Friday.")
    stage.gate.run(hand_over, giver, command)


def test_a_keeper_can_hand_the_key_to_the_contact_person_under_a_new_key(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    keeper, contact = a_keeper(stage, sent.reference), other_holder(stage, sent.reference)
    stage.gate.run(take_case, contact, TakeCase(sent.reference))
    seen = stage.gate.run(look_at_keepers, keeper, LookAtKeepers(sent.reference))
    assert {one.to for one in seen.changes} == {contact.staff_id}
    hand(stage, keeper, sent.reference, contact, keeper.staff_id)
    assert len(keepers_of(stage, sent.reference)) == 2
    assert name_read(stage, contact, sent.reference) == NAME
    with pytest.raises(NotFoundError):
        name_read(stage, keeper, sent.reference)
    with stage.system.database.reading() as session:
        numbers = select(Grant.key_number).where(Grant.compartment == Compartment.IDENTITY)
        assert set(session.scalars(numbers)) == {2}
    entry = ledger(stage, Event.IDENTITY_HANDED_OVER)[-1]
    assert entry.note["staff"] == str(contact.staff_id)
    assert "Friday" not in str(entry.note)


def test_a_keeper_cannot_hand_the_key_to_anybody_but_the_contact_person(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    keeper, other = a_keeper(stage, sent.reference), other_holder(stage, sent.reference)
    with pytest.raises(StaleError):
        hand(stage, keeper, sent.reference, other, keeper.staff_id)
    stage.gate.run(take_case, keeper, TakeCase(sent.reference))
    with pytest.raises(StaleError):
        hand(stage, keeper, sent.reference, stage.staff("safeguarding_1"), keeper.staff_id)
    assert len(keepers_of(stage, sent.reference)) == 2


def test_a_holder_cannot_hand_themselves_a_key_that_they_do_not_have(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    contact = other_holder(stage, sent.reference)
    stage.gate.run(take_case, contact, TakeCase(sent.reference))
    keeper = stage.enrolled[keepers_of(stage, sent.reference)[0]].staff_id
    with pytest.raises(NotFoundError):
        hand(stage, contact, sent.reference, contact, keeper)


def test_a_hand_over_cannot_go_without_a_reason(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    keeper, contact = a_keeper(stage, sent.reference), other_holder(stage, sent.reference)
    stage.gate.run(take_case, contact, TakeCase(sent.reference))
    command = HandOver(sent.reference, contact.staff_id, keeper.staff_id, " \u200b")
    with pytest.raises(InvalidError):
        stage.gate.run(hand_over, keeper, command)


# By consent


def test_a_reporter_can_agree_that_a_holder_sees_the_name(stage: Stage) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    holder, keeper = other_holder(stage, sent.reference), a_keeper(stage, sent.reference)
    request = asked(stage, holder, sent.reference)
    reporter = enter(stage, code)
    seen = stage.gate.run(find_asked, reporter, None)
    assert seen is not None
    assert (seen.text, seen.kind) == (ASKED, RequestKind.NAME_BY_CONSENT)
    with pytest.raises(StaleError):
        stage.gate.run(give_name, keeper, NamedRequest(sent.reference, request.id))
    stage.gate.run(answer_request, reporter, AnswerRequest(request.id, agrees=True))
    assert stage.gate.run(find_asked, reporter, None) is None
    stage.gate.run(give_name, keeper, NamedRequest(sent.reference, request.id))
    assert name_read(stage, holder, sent.reference) == NAME
    assert the_request(stage).state is RequestState.GIVEN
    assert ledger(stage, Event.IDENTITY_GIVEN)[-1].case_id == case_of(stage, sent.reference).id


def test_a_name_cannot_be_given_when_the_reporter_says_no(stage: Stage) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    holder, keeper = other_holder(stage, sent.reference), a_keeper(stage, sent.reference)
    request = asked(stage, holder, sent.reference)
    stage.gate.run(answer_request, enter(stage, code), AnswerRequest(request.id, agrees=False))
    assert the_request(stage).state is RequestState.DECLINED
    forge(stage, state=RequestState.AGREED)
    with pytest.raises(InvalidError):
        stage.gate.run(give_name, keeper, NamedRequest(sent.reference, request.id))
    assert holder.staff_id not in {
        stage.enrolled[name].staff_id for name in keepers_of(stage, sent.reference)
    }


def test_a_writer_of_the_table_cannot_turn_an_agreement_to_somebody_else(stage: Stage) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    holder, keeper = other_holder(stage, sent.reference), a_keeper(stage, sent.reference)
    request = asked(stage, holder, sent.reference)
    stage.gate.run(answer_request, enter(stage, code), AnswerRequest(request.id, agrees=True))
    forge(stage, asked_by=stage.enrolled["safeguarding_1"].staff_id)
    with pytest.raises(SealBrokenError):
        stage.gate.run(give_name, keeper, NamedRequest(sent.reference, request.id))


def test_a_reporter_cannot_answer_twice_or_for_another_mailbox(stage: Stage) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    request = asked(stage, other_holder(stage, sent.reference), sent.reference)
    _, other_code = stage.submit()
    with pytest.raises(NotFoundError):
        stage.gate.run(answer_request, enter(stage, other_code), AnswerRequest(request.id, True))
    reporter = enter(stage, code)
    stage.gate.run(answer_request, reporter, AnswerRequest(request.id, agrees=False))
    with pytest.raises(StaleError):
        stage.gate.run(answer_request, reporter, AnswerRequest(request.id, agrees=True))


def test_nobody_can_ask_for_the_name_of_somebody_anonymous_or_while_another_asks(
    stage: Stage,
) -> None:
    sent, _ = stage.submit()
    holder = other_holder(stage, sent.reference)
    with pytest.raises(InvalidError):
        stage.gate.run(ask_reporter_for_name, holder, AskReporterForName(sent.reference, ASKED))
    named, _ = stage.submit(TOLD, identity=NAME)
    asked(stage, other_holder(stage, named.reference), named.reference)
    with pytest.raises(StaleError):
        asked(stage, a_keeper(stage, named.reference), named.reference)


def test_a_holder_can_take_their_own_request_back_and_nobody_elses(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    holder, keeper = other_holder(stage, sent.reference), a_keeper(stage, sent.reference)
    request = asked(stage, holder, sent.reference)
    with pytest.raises(StaleError):
        stage.gate.run(withdraw_request, keeper, NamedRequest(sent.reference, request.id))
    stage.gate.run(withdraw_request, holder, NamedRequest(sent.reference, request.id))
    assert the_request(stage).state is RequestState.WITHDRAWN
    assert len(ledger(stage, Event.REQUEST_WITHDRAWN)) == 1


def test_a_name_cannot_be_given_to_somebody_with_a_tie(stage: Stage) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    holder, keeper = other_holder(stage, sent.reference), a_keeper(stage, sent.reference)
    request = asked(stage, holder, sent.reference)
    stage.gate.run(answer_request, enter(stage, code), AnswerRequest(request.id, agrees=True))
    stage.gate.run(declare_tie, holder, DeclareTie(sent.reference, has_tie=True))
    with pytest.raises(InvalidError):
        stage.gate.run(give_name, keeper, NamedRequest(sent.reference, request.id))


def test_a_name_cannot_be_given_to_somebody_who_holds_the_case_no_more(stage: Stage) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    holder, keeper = other_holder(stage, sent.reference), a_keeper(stage, sent.reference)
    request = asked(stage, holder, sent.reference)
    stage.gate.run(answer_request, enter(stage, code), AnswerRequest(request.id, agrees=True))
    door = stage.gate.door(keeper)
    with door.change() as session:
        take_keys(door, session, case_of(stage, sent.reference).id, holder.staff_id)
    with pytest.raises(InvalidError) as refused:
        stage.gate.run(give_name, keeper, NamedRequest(sent.reference, request.id))
    assert str(refused.value) == "not_a_holder"
    assert holder.display_name not in keepers_of(stage, sent.reference)
