"""Holders work a case from its first opening to its close."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.casework.service.handling import (
    AcknowledgeCase,
    ChangeStatus,
    TakeCase,
    WriteMessage,
    acknowledge,
    change_status,
    take_case,
    write_message,
)
from safeshare.casework.service.keepers import ReadName, read_name
from safeshare.casework.service.opening import ReadConversation, read_conversation
from safeshare.concerns.models import CaseEventKind, OnCallPage
from safeshare.concerns.rules import CaseStatus, RiskBand
from safeshare.kernel.errors import InvalidError, NotFoundError, StaleError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Message
from safeshare.updates.rules import PromiseKind, PromiseState
from tests.cast import Stage
from tests.use_cases.conversation import enter, read
from tests.use_cases.handlers import (
    attested,
    case_of,
    count,
    holders_of,
    ledger,
    move,
    nudges,
    opened,
)

TOLD = {
    "concern": "The crew was told to sign blank sheets.",
    "wishes": "I want it to stop.",
    "who": "Crew commander A",
    "where": "The drill yard",
    "mode": "confidential",
}


def test_a_holder_can_read_all_that_was_told(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity={"name": "Robin Marsh", "phone": "01632 960001"})
    keeper = holders_of(stage, sent.reference, Compartment.IDENTITY)[0]
    view = opened(stage, attested(stage, sent.reference, keeper), sent.reference)
    assert view.answers["concern"] == TOLD["concern"]
    assert view.answers["wishes"] == TOLD["wishes"]
    name = stage.gate.run(read_name, stage.staff(keeper), ReadName(sent.reference))
    assert name.identity == {"name": "Robin Marsh", "phone": "01632 960001"}
    assert view.summary.holders == tuple(
        sorted(name.replace("_", " ").title() for name in holders_of(stage, sent.reference))
    )
    assert view.summary.is_keeper
    assert {one.kind for one in view.promises} >= {PromiseKind.REPLY, PromiseKind.UPDATE}


def test_a_holder_who_is_no_keeper_cannot_read_who_the_reporter_is(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity={"name": "Robin Marsh"})
    keepers = holders_of(stage, sent.reference, Compartment.IDENTITY)
    other = next(name for name in holders_of(stage, sent.reference) if name not in keepers)
    view = opened(stage, attested(stage, sent.reference, other), sent.reference)
    with pytest.raises(NotFoundError):
        stage.gate.run(read_name, stage.staff(other), ReadName(sent.reference))
    assert not view.summary.is_keeper


def test_the_first_opening_is_on_the_timeline_once_and_each_is_in_the_ledger(stage: Stage) -> None:
    sent, _ = stage.submit()
    one, two = holders_of(stage, sent.reference)[:2]
    opened(stage, attested(stage, sent.reference, one), sent.reference)
    view = opened(stage, attested(stage, sent.reference, two), sent.reference)
    kinds = [line.kind for line in view.summary.timeline]
    assert kinds == [CaseEventKind.RECEIVED, CaseEventKind.OPENED]
    entries = ledger(stage, Event.CASE_OPENED)
    assert [entry.actor_id for entry in entries] == [
        stage.enrolled[one].staff_id,
        stage.enrolled[two].staff_id,
    ]


def test_a_holder_can_take_a_case_and_so_accept_the_call_to_the_on_call_person(
    stage: Stage,
) -> None:
    sent, _ = stage.submit()
    staff, case = attested(stage, sent.reference), case_of(stage, sent.reference)
    door = stage.gate.door(staff)
    with door.change() as session:
        session.add(OnCallPage(case_id=case.id, staff_id=staff.staff_id, sweeps_left=30))
        door.record(Event.CASE_TAKEN, case_id=case.id)
    stage.gate.run(take_case, staff, TakeCase(sent.reference))
    with stage.system.database.reading() as session:
        assert session.scalars(select(OnCallPage.is_accepted)).all() == [True]
    assert case_of(stage, sent.reference).contact_id == staff.staff_id
    assert opened(stage, staff, sent.reference).summary.is_contact


def test_a_holder_cannot_take_a_case_that_a_colleague_took_meanwhile(stage: Stage) -> None:
    sent, _ = stage.submit()
    one, two = holders_of(stage, sent.reference)[:2]
    first, second = attested(stage, sent.reference, one), attested(stage, sent.reference, two)
    stage.gate.run(take_case, first, TakeCase(sent.reference))
    with pytest.raises(StaleError):
        stage.gate.run(take_case, second, TakeCase(sent.reference))
    assert case_of(stage, sent.reference).contact_id == first.staff_id
    stage.gate.run(take_case, second, TakeCase(sent.reference, first.staff_id))
    assert case_of(stage, sent.reference).contact_id == second.staff_id


def test_a_holder_can_acknowledge_once_with_a_message_that_keeps_the_promise(stage: Stage) -> None:
    sent, _ = stage.submit(address="robin@home.example")
    staff = attested(stage, sent.reference)
    stage.gate.run(acknowledge, staff, AcknowledgeCase(sent.reference, "We have read it."))
    view = opened(stage, staff, sent.reference)
    assert view.summary.status is CaseStatus.TRIAGE
    assert view.summary.acknowledged_on == date(2026, 3, 2)
    assert [one.text for one in view.messages] == ["We have read it."]
    states = {one.kind: one.state for one in view.promises}
    assert states[PromiseKind.REPLY] is PromiseState.KEPT
    assert states[PromiseKind.FEEDBACK] is PromiseState.PENDING
    assert nudges(stage) == 1
    with pytest.raises(StaleError):
        stage.gate.run(acknowledge, staff, AcknowledgeCase(sent.reference, "Once more."))
    assert count(stage, Message) == 1


def test_a_holder_can_answer_without_acknowledging_first(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    stage.gate.run(write_message, staff, WriteMessage(sent.reference, "What did you see?"))
    view = opened(stage, staff, sent.reference)
    assert view.summary.acknowledged_on == date(2026, 3, 2)
    assert view.summary.status is CaseStatus.TRIAGE
    assert CaseEventKind.ACKNOWLEDGED in [line.kind for line in view.summary.timeline]


def test_a_message_sent_twice_from_one_form_is_one_message(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff, form_id = attested(stage, sent.reference), uuid4()
    command = WriteMessage(sent.reference, "Only once.", message_id=form_id)
    stage.gate.run(write_message, staff, command)
    stage.gate.run(write_message, staff, command)
    assert count(stage, Message) == 1
    assert nudges(stage) == 1


def test_a_form_cannot_stand_for_a_message_of_another_case(stage: Stage) -> None:
    one, _ = stage.submit()
    form_id, staff = uuid4(), attested(stage, one.reference)
    stage.gate.run(write_message, staff, WriteMessage(one.reference, "A", message_id=form_id))
    other, _ = stage.submit()
    other_staff = attested(stage, other.reference)
    with pytest.raises(StaleError):
        stage.gate.run(
            write_message, other_staff, WriteMessage(other.reference, "B", message_id=form_id)
        )


def test_a_question_makes_the_case_wait_and_only_go_back_where_it_came_from(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    stage.gate.run(acknowledge, staff, AcknowledgeCase(sent.reference, "Hello."))
    move(stage, staff, sent.reference, CaseStatus.PLANNING)
    stage.gate.run(write_message, staff, WriteMessage(sent.reference, "When was it?", asks=True))
    assert case_of(stage, sent.reference).status is CaseStatus.WAITING_YOU
    view = opened(stage, staff, sent.reference)
    assert view.summary.next_statuses == (CaseStatus.PLANNING,)
    with pytest.raises(StaleError):
        move(stage, staff, sent.reference, CaseStatus.TRIAGE)


@pytest.mark.parametrize("text", ["", "  \n", "x" * 50_001])
def test_a_holder_cannot_send_a_message_that_says_nothing_or_too_much(
    stage: Stage, text: str
) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    with pytest.raises(InvalidError):
        stage.gate.run(write_message, staff, WriteMessage(sent.reference, text))
    assert count(stage, Message) == 0
    assert case_of(stage, sent.reference).acknowledged_on is None


def test_a_holder_cannot_look_into_a_concern_of_somebody_who_wants_support_only(
    stage: Stage,
) -> None:
    sent, _ = stage.submit({"want": "support"})
    staff = attested(stage, sent.reference)
    stage.gate.run(acknowledge, staff, AcknowledgeCase(sent.reference, "Hello."))
    with pytest.raises(InvalidError) as refused:
        move(stage, staff, sent.reference, CaseStatus.PLANNING)
    assert refused.value.field == "status"
    move(stage, staff, sent.reference, CaseStatus.SUPPORT)
    assert case_of(stage, sent.reference).status is CaseStatus.SUPPORT


def test_a_holder_cannot_move_a_case_on_from_a_status_it_no_longer_has(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    stage.gate.run(acknowledge, staff, AcknowledgeCase(sent.reference, "Hello."))
    with pytest.raises(StaleError):
        stage.gate.run(
            change_status,
            staff,
            ChangeStatus(sent.reference, seen=CaseStatus.RECEIVED, wanted=CaseStatus.PLANNING),
        )


def test_a_holder_can_read_the_conversation_alone_and_the_ledger_says_so(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD)
    staff = attested(stage, sent.reference)
    stage.gate.run(write_message, staff, WriteMessage(sent.reference, "Hello."))
    seen = stage.gate.run(read_conversation, staff, ReadConversation(sent.reference))
    assert [(one.is_ours, one.text) for one in seen.messages] == [(True, "Hello.")]
    assert ledger(stage, Event.CASE_OPENED)[-1].note == {"part": "conversation"}


def test_a_case_with_the_danger_flag_is_critical_from_the_start(stage: Stage) -> None:
    sent, _ = stage.submit({"danger": "yes"})
    view = opened(stage, attested(stage, sent.reference), sent.reference)
    assert view.summary.risk is RiskBand.CRITICAL


def test_a_contact_person_who_declares_a_tie_is_the_contact_person_no_more(stage: Stage) -> None:
    sent, code = stage.submit()
    one, two = holders_of(stage, sent.reference)[:2]
    contact, other = attested(stage, sent.reference, one), attested(stage, sent.reference, two)
    stage.gate.run(take_case, contact, TakeCase(sent.reference))
    stage.gate.run(declare_tie, other, DeclareTie(sent.reference, has_tie=True))
    assert case_of(stage, sent.reference).contact_id == contact.staff_id
    stage.gate.run(declare_tie, contact, DeclareTie(sent.reference, has_tie=True))
    assert case_of(stage, sent.reference).contact_id is None  # Nobody else has attested.
    mailbox = read(stage, enter(stage, code))
    assert (mailbox.has_contact, mailbox.contact_name) == (False, None)
