"""Triage, the name and second persons, by the pages alone."""

from collections.abc import Mapping

import pytest

from safeshare.casework.rules import Proposed
from safeshare.casework.service.handling import AcknowledgeCase, TakeCase, acknowledge, take_case
from safeshare.concerns.rules import Answer, CaseStatus, RiskBand
from safeshare.kernel.sealed import Compartment
from safeshare.mailbox.rules import RequestState
from safeshare.mailbox.service.requests import AnswerRequest, answer_request
from tests.cast import Stage
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import attested, case_of, holders_of
from tests.use_cases.naming import (
    NAME,
    TOLD,
    keepers_of,
    other_holder,
    overseer_of,
    the_request,
)
from tests.use_cases.second_person import handler as some_handler
from tests.use_cases.second_person import propose, with_supervisor
from tests.use_cases.test_keepers_followed import leave_all_teams
from tests.web.staff.desk import Desk, Desks

TOO_LATE = "The proposal was changed or decided after you had opened this page"


def sign_in(stage: Stage, desk: Desks, staff_id: object) -> Desk:
    name = next(name for name, one in stage.enrolled.items() if one.staff_id == staff_id)
    stage.time.advance(seconds=30)
    somebody = desk()
    somebody.sign_in(name)
    return somebody


def keeper_desk(stage: Stage, desk: Desks, reference: str) -> Desk:
    keeper = attested(stage, reference, keepers_of(stage, reference)[0])
    return sign_in(stage, desk, keeper.staff_id)


def both(stage: Stage, desk: Desks, reference: str) -> tuple[Desk, Desk]:
    """The handler's and the supervisor's browsers, signed in."""
    handler = sign_in(stage, desk, some_handler(stage, reference).staff_id)
    return handler, sign_in(stage, desk, stage.enrolled["hr_supervisor"].staff_id)


def fill(somebody: Desk, path: str, **fields: str) -> int:
    assert somebody.get(path).status_code == 200, somebody.page
    return somebody.send(path, **fields).status_code


def request_path(stage: Stage, reference: str) -> str:
    return f"/cases/{reference}/name/{the_request(stage).id}"


def test_a_holder_can_be_given_the_name_by_consent(sqlite_stage: Stage, desk: Desks) -> None:
    sent, code = sqlite_stage.submit(TOLD, identity=NAME)
    path = f"/cases/{sent.reference}/name"
    holder = sign_in(sqlite_stage, desk, other_holder(sqlite_stage, sent.reference).staff_id)
    holder.get(path)
    assert "Nobody else can open it" in holder.page
    assert "Open the name" not in holder.page
    assert holder.get(f"{path}/open").status_code == 404
    assert fill(holder, f"{path}/ask", text="May I know who you are?") == 303
    keeper = keeper_desk(sqlite_stage, desk, sent.reference)
    keeper.get(request_path(sqlite_stage, sent.reference))
    assert "There is nothing for you to decide here now." in keeper.page
    command = AnswerRequest(the_request(sqlite_stage).id, agrees=True)
    sqlite_stage.gate.run(answer_request, enter(sqlite_stage, code), command)
    assert fill(keeper, request_path(sqlite_stage, sent.reference), decision="give") == 303
    keeper.get(path)
    assert "Your decision was written down." in keeper.page
    holder.get(f"{path}/open")
    assert "Robin Marsh" in holder.page


def test_a_request_of_necessity_goes_to_the_overseer_and_a_keeper(
    sqlite_stage: Stage, desk: Desks
) -> None:
    sent, _ = sqlite_stage.submit(TOLD, identity=NAME)
    path = f"/cases/{sent.reference}/name"
    holder = sign_in(sqlite_stage, desk, other_holder(sqlite_stage, sent.reference).staff_id)
    assert fill(holder, f"{path}/necessary", purpose="life", text="They may harm themselves") == 303
    overseer = sign_in(sqlite_stage, desk, overseer_of(sqlite_stage, sent.reference).staff_id)
    overseer.get("/approvals")
    assert sent.reference in overseer.page
    one = f"/approvals/{the_request(sqlite_stage).id}"
    overseer.get(one)
    assert "They may harm themselves" in overseer.page
    assert overseer.send(one).status_code == 400
    assert fill(overseer, one, decision="yes") == 303
    overseer.get("/approvals")
    assert "Nothing waits for you." in overseer.page
    assert overseer.get(f"/cases/{sent.reference}/name").status_code == 404
    keeper = keeper_desk(sqlite_stage, desk, sent.reference)
    keeper.get(request_path(sqlite_stage, sent.reference))
    assert "agreed by" in keeper.page
    assert fill(keeper, request_path(sqlite_stage, sent.reference), decision="give") == 303
    holder.get(f"{path}/open")
    assert "Robin Marsh" in holder.page


@pytest.mark.parametrize(
    ("who", "decision", "state"),
    [
        ("keeper", "decline", RequestState.DECLINED),
        ("keeper", "agree", RequestState.AGREED),
        ("holder", "withdraw", RequestState.WITHDRAWN),
    ],
)
def test_a_request_can_be_declined_agreed_to_or_taken_back(
    sqlite_stage: Stage, desk: Desks, who: str, decision: str, state: RequestState
) -> None:
    sent, _ = sqlite_stage.submit(TOLD, identity=NAME)
    holder = sign_in(sqlite_stage, desk, other_holder(sqlite_stage, sent.reference).staff_id)
    path = f"/cases/{sent.reference}/name/necessary"
    assert fill(holder, path, purpose="court", text="An order of a court") == 303
    somebody = holder if who == "holder" else keeper_desk(sqlite_stage, desk, sent.reference)
    assert fill(somebody, request_path(sqlite_stage, sent.reference), decision=decision) == 303
    assert the_request(sqlite_stage).state is state
    somebody.get(request_path(sqlite_stage, sent.reference))


def test_a_keeper_can_hand_the_key_to_the_contact_person(sqlite_stage: Stage, desk: Desks) -> None:
    sent, _ = sqlite_stage.submit(TOLD, identity=NAME)
    contact = other_holder(sqlite_stage, sent.reference)
    sqlite_stage.gate.run(take_case, contact, TakeCase(sent.reference))
    keeper = keeper_desk(sqlite_stage, desk, sent.reference)
    path = f"/cases/{sent.reference}/name"
    keeper.get(path)
    assert "Hand the key over" in keeper.page
    given_up = sqlite_stage.enrolled[keepers_of(sqlite_stage, sent.reference)[1]].staff_id
    change = f"{contact.staff_id} {given_up}"
    assert fill(keeper, f"{path}/hand-over", change=change, text="They are away.") == 303
    names = holders_of(sqlite_stage, sent.reference, Compartment.IDENTITY)
    ids = {sqlite_stage.enrolled[name].staff_id for name in names}
    assert contact.staff_id in ids
    assert given_up not in ids
    keeper.get(f"{path}/hand-over")
    assert "There is nobody to hand the key to" in keeper.page


def test_a_keeper_can_hand_on_the_key_of_one_who_works_for_no_team(
    sqlite_stage: Stage, desk: Desks
) -> None:
    sent, _ = sqlite_stage.submit()
    last, gone = keepers_of(sqlite_stage, sent.reference)
    leave_all_teams(sqlite_stage, gone)
    path = f"/cases/{sent.reference}/name"
    other = other_holder(sqlite_stage, sent.reference)
    holder = sign_in(sqlite_stage, desk, other.staff_id)
    holder.get(path)
    assert "Ask a keeper to hand the key over in their place" in holder.page
    keeper = keeper_desk(sqlite_stage, desk, sent.reference)
    keeper.get(path)
    assert "works for no team now" in keeper.page
    change = f"{other.staff_id} {sqlite_stage.enrolled[gone].staff_id}"
    assert keeper.get(f"{path}/hand-over").status_code == 200
    assert keeper.send(f"{path}/hand-over", change="x y", text="Moved on.").status_code == 400
    assert fill(keeper, f"{path}/hand-over", change=change, text="Moved on.") == 303
    assert gone not in keepers_of(sqlite_stage, sent.reference)
    keeper.get(path)
    assert "works for no team now" not in keeper.page
    assert last in keepers_of(sqlite_stage, sent.reference)


def test_the_page_about_an_anonymous_reporter_offers_nothing_to_ask_for(
    sqlite_stage: Stage, desk: Desks
) -> None:
    sent, _ = sqlite_stage.submit()
    holder = sign_in(sqlite_stage, desk, other_holder(sqlite_stage, sent.reference).staff_id)
    path = f"/cases/{sent.reference}/name"
    holder.get(path)
    assert "They chose to be anonymous" in holder.page
    assert "Ask the reporter whether" not in holder.page
    assert fill(holder, f"{path}/ask", text="Who are you?") == 400
    assert "there is no name to ask for" in holder.page


# Triage


def at_triage(
    stage: Stage, desk: Desks, answers: Mapping[str, Answer] | None = None
) -> tuple[str, Desk]:
    sent, _ = stage.submit(answers)
    staff = attested(stage, sent.reference, keepers_of(stage, sent.reference)[0])
    stage.gate.run(acknowledge, staff, AcknowledgeCase(sent.reference, "Hello."))
    return sent.reference, sign_in(stage, desk, staff.staff_id)


def test_a_holder_can_judge_the_risk_and_find_it_again(sqlite_stage: Stage, desk: Desks) -> None:
    reference, holder = at_triage(sqlite_stage, desk, {"danger": "yes"})
    holder.get(f"/cases/{reference}/triage")
    assert "call 999 now" in holder.page
    said = {"harm": "4", "likelihood": "2", "text": "He has a knife", "category": ""}
    assert fill(holder, f"/cases/{reference}/risk", **said, overrides="life") == 400
    assert "Say what was done to keep people safe" in holder.page
    said["steps"] = "emergency_called"
    assert fill(holder, f"/cases/{reference}/risk", **said, overrides="life") == 303
    assert case_of(sqlite_stage, reference).risk is RiskBand.CRITICAL
    holder.get(f"/cases/{reference}/triage")
    for words in ("Severe", "Possible", "He has a knife", "The emergency services were called"):
        assert words in holder.page
    holder.get(f"/cases/{reference}/risk")
    assert "He has a knife" in holder.page
    assert fill(holder, f"/cases/{reference}/risk") == 400


def test_a_holder_can_ask_whether_they_may_look_into_it(sqlite_stage: Stage, desk: Desks) -> None:
    reference, holder = at_triage(sqlite_stage, desk, {"want": "support"})
    assert fill(holder, f"/cases/{reference}/consent", text="May we?") == 303
    holder.get(f"/cases/{reference}/triage")
    assert "they have not answered" in holder.page
    assert fill(holder, f"/cases/{reference}/status", status="planning") == 400
    assert "They asked for support only." in holder.page


def test_a_holder_can_pass_a_case_on_and_is_led_to_the_queue(
    sqlite_stage: Stage, desk: Desks
) -> None:
    reference, holder = at_triage(sqlite_stage, desk)
    path = f"/cases/{reference}/pass-on"
    assert fill(holder, path, queue="safeguarding", keeps="no") == 400
    assert "Write down the reason" in holder.page
    assert fill(holder, path, queue="safeguarding", keeps="no", text="A child") == 303
    holder.get("/")
    assert "The case was passed on." in holder.page
    assert holder.get(f"/cases/{reference}").status_code == 404
    assert case_of(sqlite_stage, reference).queue_id == sqlite_stage.queues["safeguarding"]


def test_nobody_can_pass_a_case_to_a_team_without_anybody(sqlite_stage: Stage, desk: Desks) -> None:
    reference, holder = at_triage(sqlite_stage, desk)
    assert fill(holder, f"/cases/{reference}/pass-on", queue="none", keeps="no", text="x") == 400


def test_a_decision_takes_a_supervisor_who_is_another_person(
    sqlite_stage: Stage, desk: Desks
) -> None:
    reference = with_supervisor(sqlite_stage)
    holder, supervisor = both(sqlite_stage, desk, reference)
    path = f"/cases/{reference}/decision"
    assert fill(holder, path, what="no_case", text="Nothing to look into") == 303
    holder.get(f"/cases/{reference}/triage")
    assert "proposed, waits for a supervisor" in holder.page
    holder.get(f"{path}/endorse")
    assert "There is nothing here for you to decide" in holder.page
    assert fill(holder, f"/cases/{reference}/close", outcome="no_case", text="We end it.") == 400
    assert "Nobody decides this alone" in holder.page
    supervisor.get(path)
    assert "Decide on it, as a supervisor" in supervisor.page
    assert fill(supervisor, f"{path}/endorse", decision="yes") == 303
    assert fill(holder, f"/cases/{reference}/close", outcome="no_case", text="We end it.") == 303
    assert case_of(sqlite_stage, reference).status is CaseStatus.AFTERCARE


def too_late(stage: Stage, desk: Desks) -> tuple[Desk, str]:
    """A supervisor at the page of a proposal that was changed since, and the page's address."""
    reference = with_supervisor(stage)
    staff = some_handler(stage, reference)
    supervisor = sign_in(stage, desk, stage.enrolled["hr_supervisor"].staff_id)
    path = f"/cases/{reference}/decision/endorse"
    propose(stage, staff, reference, Proposed.NO_CASE, "Nothing is there.")
    supervisor.get(path)
    assert TOO_LATE not in supervisor.page
    propose(stage, staff, reference, Proposed.NO_CASE, "They took it back.")
    return supervisor, path


def test_a_supervisor_who_is_too_late_is_shown_how_a_proposal_stands_now(
    sqlite_stage: Stage, desk: Desks
) -> None:
    supervisor, path = too_late(sqlite_stage, desk)
    assert supervisor.send(path, decision="yes").status_code == 400
    assert TOO_LATE in supervisor.page
    assert "They took it back." in supervisor.page
    assert "Nothing is there." not in supervisor.page
    assert " checked" not in supervisor.page
    old = supervisor.hidden()
    assert supervisor.send(path, decision="no").status_code == 303
    supervisor.get(path)
    assert "Hr Supervisor did not agree" in supervisor.page
    assert supervisor.send(path, **old, decision="yes").status_code == 400
    assert TOO_LATE in supervisor.page
    assert 'name="decision"' not in supervisor.page
    assert 'href="#decision"' not in supervisor.page
    assert "Hr Supervisor did not agree" in supervisor.page


def test_a_supervisor_who_chose_nothing_is_told_that_the_proposal_was_changed(
    sqlite_stage: Stage, desk: Desks
) -> None:
    supervisor, path = too_late(sqlite_stage, desk)
    assert supervisor.send(path).status_code == 400
    assert TOO_LATE in supervisor.page
