"""Judging the risk, asking for consent, deciding with a second person."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from safeshare.casework.rules import Harm, Likelihood, Outcome, Override, Proposed, SafetyStep
from safeshare.casework.service.handling import AcknowledgeCase, acknowledge
from safeshare.casework.service.triage import (
    AskToLookInto,
    JudgeRisk,
    ReadTriage,
    Triage,
    ask_to_look_into,
    judge_risk,
    read_triage,
)
from safeshare.concerns.models import CaseEventKind
from safeshare.concerns.rules import CaseStatus, RiskBand
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import InvalidError, NotFoundError, StaleError
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Request
from safeshare.mailbox.rules import RequestState
from safeshare.mailbox.service.requests import AnswerRequest, answer_request, find_asked
from tests.cast import Stage
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import attested, case_of, ledger, move, opened
from tests.use_cases.second_person import (
    close,
    endorse,
    handler,
    proposal,
    propose,
    with_supervisor,
)
from tests.use_cases.watched import alerted

SUPPORT = {"want": "support"}


def triage(stage: Stage, staff: Staff, reference: str) -> Triage:
    return stage.gate.run(read_triage, staff, ReadTriage(reference))


def judgement(reference: str) -> JudgeRisk:
    return JudgeRisk(
        reference,
        harm=Harm.SERIOUS,
        likelihood=Likelihood.LIKELY,
        overrides=frozenset(),
        steps=frozenset(),
        category="",
        reason="It has happened three times this month.",
    )


def test_a_holder_can_judge_the_risk_with_reasons_that_are_sealed(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    stage.gate.run(judge_risk, staff, judgement(sent.reference))
    assert case_of(stage, sent.reference).risk is RiskBand.HIGH
    kept = triage(stage, staff, sent.reference).risk
    assert (kept.harm, kept.likelihood) == (3, 3)
    assert kept.reason == "It has happened three times this month."
    entry = ledger(stage, Event.CASE_RISK_JUDGED)[-1]
    assert entry.note == {"band": "high"}
    kinds = [line.kind for line in opened(stage, staff, sent.reference).summary.timeline]
    assert CaseEventKind.RISK_JUDGED in kinds


@pytest.mark.parametrize(
    "wrong",
    [
        replace(judgement(""), reason="  "),
        replace(judgement(""), reason="x" * 2_001),
        replace(judgement(""), category="nothing_known"),
        replace(judgement(""), overrides=frozenset({Override.LIFE})),
    ],
)
def test_a_risk_cannot_be_judged_without_reason_or_with_nothing_done_about_danger(
    stage: Stage, wrong: JudgeRisk
) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    with pytest.raises(InvalidError):
        stage.gate.run(judge_risk, staff, replace(wrong, reference=sent.reference))
    assert case_of(stage, sent.reference).risk is RiskBand.UNASSESSED


def test_danger_to_life_is_critical_once_something_was_done(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    done = frozenset({SafetyStep.EMERGENCY_CALLED})
    command = replace(
        judgement(sent.reference),
        harm=Harm.MINOR,
        overrides=frozenset({Override.LIFE}),
        steps=done,
    )
    stage.gate.run(judge_risk, staff, command)
    assert case_of(stage, sent.reference).risk is RiskBand.CRITICAL


# Support only


def ask(stage: Stage, staff: Staff, reference: str) -> Request:
    command = AskToLookInto(reference, "May we look into it? You can say no.")
    stage.gate.run(ask_to_look_into, staff, command)
    with stage.system.database.reading() as session:
        return session.scalars(select(Request)).one()


def test_a_concern_for_support_only_is_looked_into_once_the_reporter_agrees(stage: Stage) -> None:
    sent, code = stage.submit(SUPPORT)
    staff = attested(stage, sent.reference)
    stage.gate.run(acknowledge, staff, AcknowledgeCase(sent.reference, "Hello."))
    request = ask(stage, staff, sent.reference)
    with pytest.raises(InvalidError):
        move(stage, staff, sent.reference, CaseStatus.PLANNING)
    reporter = enter(stage, code)
    asked = stage.gate.run(find_asked, reporter, None)
    assert asked is not None
    assert asked.text == "May we look into it? You can say no."
    stage.gate.run(answer_request, reporter, AnswerRequest(request.id, agrees=True))
    seen = triage(stage, staff, sent.reference)
    assert seen.has_consent
    assert seen.consent is not None
    assert seen.consent.state is RequestState.AGREED
    move(stage, staff, sent.reference, CaseStatus.PLANNING)
    assert case_of(stage, sent.reference).status is CaseStatus.PLANNING


def test_a_no_or_silence_of_the_reporter_is_no_consent(stage: Stage) -> None:
    sent, code = stage.submit(SUPPORT)
    staff = attested(stage, sent.reference)
    stage.gate.run(acknowledge, staff, AcknowledgeCase(sent.reference, "Hello."))
    request = ask(stage, staff, sent.reference)
    with pytest.raises(StaleError):
        ask(stage, staff, sent.reference)
    stage.gate.run(answer_request, enter(stage, code), AnswerRequest(request.id, agrees=False))
    assert not triage(stage, staff, sent.reference).has_consent
    with pytest.raises(InvalidError):
        move(stage, staff, sent.reference, CaseStatus.PLANNING)
    move(stage, staff, sent.reference, CaseStatus.SUPPORT)


def test_nobody_is_asked_who_never_wanted_support_only(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    with pytest.raises(InvalidError):
        ask(stage, staff, sent.reference)


# With a second person


def test_a_case_ends_without_action_once_a_supervisor_endorsed_it(stage: Stage) -> None:
    reference = with_supervisor(stage)
    staff, supervisor = handler(stage, reference), stage.staff("hr_supervisor")
    assert proposal(stage, staff, reference).offered == (Proposed.NO_CASE,)
    with pytest.raises(InvalidError):
        close(stage, staff, reference, Outcome.NO_CASE)
    propose(stage, staff, reference, Proposed.NO_CASE)
    assert not proposal(stage, staff, reference).may_decide
    assert proposal(stage, supervisor, reference).may_decide
    with pytest.raises(InvalidError):
        close(stage, staff, reference, Outcome.NO_CASE)
    endorse(stage, supervisor, reference)
    close(stage, staff, reference, Outcome.NO_CASE)
    assert case_of(stage, reference).status is CaseStatus.AFTERCARE
    assert len(ledger(stage, Event.CASE_DECISION_ENDORSED)) == 1


def test_a_supervisor_cannot_endorse_other_words_than_they_saw(stage: Stage) -> None:
    reference = with_supervisor(stage)
    staff, supervisor = handler(stage, reference), stage.staff("hr_supervisor")
    propose(stage, staff, reference, Proposed.NO_CASE)
    seen = proposal(stage, supervisor, reference).proposal
    assert seen is not None
    propose(stage, staff, reference, Proposed.NO_CASE, "They are known to make things up.")
    with pytest.raises(StaleError):
        endorse(stage, supervisor, reference, saw=seen.seen)
    assert ledger(stage, Event.CASE_DECISION_ENDORSED) == []


def test_a_supervisor_cannot_endorse_what_they_proposed(stage: Stage) -> None:
    reference = with_supervisor(stage)
    supervisor = stage.staff("hr_supervisor")
    propose(stage, supervisor, reference, Proposed.NO_CASE)
    with pytest.raises(InvalidError):
        endorse(stage, supervisor, reference)
    with pytest.raises(InvalidError):
        close(stage, supervisor, reference, Outcome.NO_CASE)


def test_a_handler_cannot_endorse(stage: Stage) -> None:
    reference = with_supervisor(stage)
    staff = handler(stage, reference)
    propose(stage, stage.staff("hr_supervisor"), reference, Proposed.NO_CASE)
    with pytest.raises(NotFoundError):
        endorse(stage, staff, reference)


def test_a_supervisor_who_holds_the_case_is_told_that_a_proposal_waits(stage: Stage) -> None:
    reference = with_supervisor(stage)
    propose(stage, handler(stage, reference), reference, Proposed.NO_CASE)
    assert set(alerted(stage)) == {"hr_supervisor"}


def test_a_refused_proposal_ends_nothing(stage: Stage) -> None:
    reference = with_supervisor(stage)
    staff, supervisor = handler(stage, reference), stage.staff("hr_supervisor")
    propose(stage, staff, reference, Proposed.NO_CASE)
    endorse(stage, supervisor, reference, endorses=False)
    with pytest.raises(InvalidError):
        close(stage, staff, reference, Outcome.NO_CASE)
    with pytest.raises(StaleError):
        endorse(stage, supervisor, reference)
    seen = proposal(stage, staff, reference)
    assert seen.decided_by_name == "Hr Supervisor"
    assert len(ledger(stage, Event.CASE_DECISION_REFUSED)) == 1


def test_an_endorsement_of_one_thing_cannot_serve_another(stage: Stage) -> None:
    reference = with_supervisor(stage)
    staff, supervisor = handler(stage, reference), stage.staff("hr_supervisor")
    propose(stage, staff, reference, Proposed.NO_CASE)
    endorse(stage, supervisor, reference)
    for status in (CaseStatus.PLANNING, CaseStatus.INVESTIGATING, CaseStatus.OUTCOME):
        move(stage, staff, reference, status)
    with pytest.raises(InvalidError):
        close(stage, staff, reference, Outcome.MALICIOUS)
    propose(stage, staff, reference, Proposed.MALICIOUS)
    endorse(stage, supervisor, reference)
    close(stage, staff, reference, Outcome.MALICIOUS)


def test_harm_lets_support_only_be_looked_into_by_two_people(stage: Stage) -> None:
    reference = with_supervisor(stage, SUPPORT)
    staff, supervisor = handler(stage, reference), stage.staff("hr_supervisor")
    with pytest.raises(InvalidError):
        move(stage, staff, reference, CaseStatus.PLANNING)
    propose(stage, staff, reference, Proposed.LOOK_INTO)
    endorse(stage, supervisor, reference)
    move(stage, staff, reference, CaseStatus.PLANNING)


def test_looking_into_it_cannot_be_proposed_where_everybody_wants_it(stage: Stage) -> None:
    reference = with_supervisor(stage)
    with pytest.raises(StaleError):
        propose(stage, handler(stage, reference), reference, Proposed.LOOK_INTO)
