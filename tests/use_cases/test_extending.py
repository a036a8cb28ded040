"""Putting the feedback off: one asks, a supervisor who is another agrees, a reporter reads why."""

from datetime import date

import pytest

from safeshare.casework.rules import Outcome, Proposed
from safeshare.casework.service.extending import (
    AskForExtension,
    DecideExtension,
    ExtensionShown,
    ReadExtension,
    ask_for_extension,
    decide_extension,
    read_extension,
)
from safeshare.concerns.models import CaseEventKind
from safeshare.concerns.rules import CaseStatus
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import BarredError, InvalidError, NotFoundError, StaleError
from safeshare.kernel.sealed import AccessCode
from safeshare.ledger.events import Event
from safeshare.mailbox.service.history import Purpose
from safeshare.mailbox.service.reading import Mailbox
from safeshare.updates.rules import PromiseKind, PromiseState
from tests.cast import Stage
from tests.use_cases.conversation import enter, read
from tests.use_cases.handlers import attested, ledger, move, nudges, strangers_of
from tests.use_cases.second_person import close, endorse, handler, propose, sent_to_supervisor
from tests.use_cases.test_access_history import history
from tests.use_cases.test_sweep import at, promises, sweep, updates
from tests.use_cases.test_triage import SUPPORT
from tests.use_cases.watched import alerted

WHY = "Two people whom you named are away until June. We must hear them first."
FIRST, LATER = date(2026, 6, 2), date(2026, 8, 2)


def the_case(stage: Stage) -> tuple[str, AccessCode, Staff, Staff]:
    """An acknowledged case: reference, access code, a handler and the supervisor who hold it."""
    reference, code = sent_to_supervisor(stage)
    return reference, code, handler(stage, reference), stage.staff("hr_supervisor")


def ask(stage: Stage, staff: Staff, reference: str, until: date = LATER, why: str = WHY) -> None:
    stage.gate.run(ask_for_extension, staff, AskForExtension(reference, until, why))


def decide(
    stage: Stage, staff: Staff, reference: str, *, agrees: bool = True, saw: str | None = None
) -> None:
    if saw is None:
        asked = shown(stage, staff, reference).asked
        saw = asked.seen if asked else ""
    stage.gate.run(decide_extension, staff, DecideExtension(reference, saw, agrees))


def shown(stage: Stage, staff: Staff, reference: str) -> ExtensionShown:
    return stage.gate.run(read_extension, staff, ReadExtension(reference))


def feedback(mailbox: Mailbox) -> list[tuple[PromiseState, date, date | None]]:
    return [
        (one.state, one.due_on, one.missed_on)
        for one in mailbox.promises
        if one.kind is PromiseKind.FEEDBACK
    ]


def test_a_reporter_reads_the_new_date_and_why_once_two_people_agreed(stage: Stage) -> None:
    reference, code, asker, supervisor = the_case(stage)
    ask(stage, asker, reference)
    assert alerted(stage)["hr_supervisor"] == 1
    reporter = enter(stage, code)
    before = read(stage, reporter)
    assert feedback(before) == [(PromiseState.PENDING, FIRST, None)]
    assert WHY not in [one.text for one in before.messages]
    told = nudges(stage)
    decide(stage, supervisor, reference)
    after = read(stage, reporter)
    assert feedback(after) == [
        (PromiseState.EXTENDED, FIRST, None),
        (PromiseState.PENDING, LATER, None),
    ]
    assert after.messages[-1].text == WHY
    assert CaseEventKind.FEEDBACK_EXTENDED in [one.kind for one in after.events]
    assert nudges(stage) >= told
    purposes = [line.purpose for line in history(stage, code).lines]
    assert Purpose.PUT_OFF in purposes
    for event in (Event.CASE_EXTENSION_ASKED, Event.CASE_EXTENSION_AGREED):
        assert len(ledger(stage, event)) == 1
        assert WHY not in str(ledger(stage, event)[0].note)


def test_nothing_of_it_is_said_where_the_supervisor_does_not_agree(stage: Stage) -> None:
    reference, code, asker, supervisor = the_case(stage)
    ask(stage, asker, reference)
    decide(stage, supervisor, reference, agrees=False)
    mailbox = read(stage, enter(stage, code))
    assert feedback(mailbox) == [(PromiseState.PENDING, FIRST, None)]
    assert WHY not in [one.text for one in mailbox.messages]
    assert len(ledger(stage, Event.CASE_EXTENSION_REFUSED)) == 1
    seen = shown(stage, asker, reference)
    assert (seen.waits, seen.decided_by_name) == (False, "Hr Supervisor")
    ask(stage, asker, reference, why="Better words.")
    assert shown(stage, asker, reference).waits


def test_a_supervisor_cannot_agree_with_themselves(stage: Stage) -> None:
    reference, _, _, supervisor = the_case(stage)
    ask(stage, supervisor, reference)
    assert not shown(stage, supervisor, reference).may_decide
    with pytest.raises(BarredError):
        decide(stage, supervisor, reference)


def test_a_handler_and_a_stranger_cannot_agree(stage: Stage) -> None:
    reference, _, asker, _ = the_case(stage)
    ask(stage, asker, reference)
    with pytest.raises(NotFoundError):
        decide(stage, asker, reference)
    for name in strangers_of(stage, reference):
        with pytest.raises(NotFoundError):
            decide(stage, stage.staff(name), reference)
        with pytest.raises(NotFoundError):
            ask(stage, stage.staff(name), reference)


def test_a_supervisor_who_declared_no_tie_yet_cannot_agree(stage: Stage) -> None:
    supervisor = stage.enrolled["hr_supervisor"].staff_id
    others = [one.staff_id for name, one in stage.enrolled.items() if name.startswith("hr_")]
    order = (supervisor, *(one for one in others if one != supervisor))
    sent, _ = stage.submit(order=order)
    with pytest.raises(NotFoundError):
        decide(stage, stage.staff("hr_supervisor"), sent.reference)


def test_the_feedback_cannot_be_put_off_twice(stage: Stage) -> None:
    reference, _, asker, supervisor = the_case(stage)
    ask(stage, asker, reference)
    with pytest.raises(StaleError):
        ask(stage, asker, reference, why="Other words, while the first ones wait.")
    decide(stage, supervisor, reference)
    with pytest.raises(StaleError):
        decide(stage, supervisor, reference)
    with pytest.raises(StaleError):
        ask(stage, asker, reference, date(2026, 9, 2))
    assert shown(stage, asker, reference).dates == ()
    assert len(promises(stage, PromiseKind.FEEDBACK)) == 2


@pytest.mark.parametrize("until", [FIRST, date(2026, 6, 20), date(2026, 10, 2)])
def test_a_handler_cannot_ask_for_a_date_of_their_own(stage: Stage, until: date) -> None:
    reference, _, asker, _ = the_case(stage)
    with pytest.raises(StaleError):
        ask(stage, asker, reference, until)


@pytest.mark.parametrize("why", ["", " \u200b ", "x" * 2_001])
def test_a_handler_cannot_ask_without_a_reason(stage: Stage, why: str) -> None:
    reference, _, asker, _ = the_case(stage)
    with pytest.raises(InvalidError):
        ask(stage, asker, reference, why=why)


@pytest.mark.parametrize(
    ("until", "why"), [(date(2026, 9, 2), WHY), (LATER, "We had no time for it.")]
)
def test_a_supervisor_cannot_agree_to_another_date_or_other_words_than_they_saw(
    stage: Stage, until: date, why: str
) -> None:
    reference, _, asker, supervisor = the_case(stage)
    ask(stage, asker, reference)
    saw = shown(stage, supervisor, reference).asked
    assert saw is not None
    decide(stage, supervisor, reference, agrees=False)
    ask(stage, asker, reference, until, why)
    with pytest.raises(StaleError):
        decide(stage, supervisor, reference, saw=saw.seen)
    assert len(promises(stage, PromiseKind.FEEDBACK)) == 1


def test_a_miss_stays_to_be_seen_and_the_new_date_is_swept_for_itself(stage: Stage) -> None:
    reference, code, asker, supervisor = the_case(stage)
    at(stage, 6, 2)
    sweep(stage)
    ask(stage, asker, reference)
    decide(stage, supervisor, reference)
    assert feedback(read(stage, enter(stage, code))) == [
        (PromiseState.EXTENDED, FIRST, FIRST),
        (PromiseState.PENDING, LATER, None),
    ]
    at(stage, 8, 2)
    sweep(stage)
    kinds = [one.kind for one in updates(stage)]
    assert kinds.count(PromiseKind.FEEDBACK) == 2
    assert promises(stage, PromiseKind.FEEDBACK)[1].state is PromiseState.MISSED


def test_an_asking_that_nobody_decided_in_time_lapses_and_keeps_nobody_from_asking(
    stage: Stage,
) -> None:
    reference, _, asker, supervisor = the_case(stage)
    ask(stage, asker, reference, date(2026, 7, 2))
    at(stage, 7, 2)
    seen = shown(stage, supervisor, reference)
    assert (seen.waits, seen.may_decide) == (False, False)
    with pytest.raises(StaleError):
        decide(stage, supervisor, reference)
    ask(stage, asker, reference)
    assert shown(stage, supervisor, reference).may_decide


def test_a_case_that_was_closed_meanwhile_is_not_put_off(stage: Stage) -> None:
    reference, _, asker, supervisor = the_case(stage)
    ask(stage, asker, reference)
    close(stage, asker, reference, Outcome.REDIRECTED)
    with pytest.raises(StaleError):
        decide(stage, supervisor, reference)
    assert [one.state for one in promises(stage, PromiseKind.FEEDBACK)] == [PromiseState.KEPT]


def test_nothing_can_be_put_off_before_anybody_acknowledged_it(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    seen = shown(stage, staff, sent.reference)
    assert (seen.promised_on, seen.dates) == (None, ())
    with pytest.raises(StaleError):
        ask(stage, staff, sent.reference)


def test_an_endorsed_decision_is_not_lost_by_an_asking(stage: Stage) -> None:
    reference, _ = sent_to_supervisor(stage, SUPPORT)
    asker, supervisor = handler(stage, reference), stage.staff("hr_supervisor")
    propose(stage, asker, reference, Proposed.LOOK_INTO)
    endorse(stage, supervisor, reference)
    ask(stage, asker, reference)
    decide(stage, supervisor, reference)
    move(stage, asker, reference, CaseStatus.PLANNING)
