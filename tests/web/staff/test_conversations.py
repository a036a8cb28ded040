"""Pages of whom a reporter turned to, and the page of alarms."""

import pytest

from safeshare.casework.service.handling import TakeCase, take_case
from safeshare.casework.service.watching import watch_cases
from safeshare.kernel.actors import Worker
from safeshare.mailbox.service.turning import AskForSomebodyElse, ask_for_somebody_else, escalate
from tests.cast import Stage
from tests.use_cases.ceremony import REASON, give, let_leave, together
from tests.use_cases.conversation import enter, read
from tests.use_cases.handlers import attested, case_of, holders_of
from tests.use_cases.recovered import newcomer
from tests.web.staff.desk import Desk, Desks

TOLD = "The breathing sets are not checked."
NOTHING = "None of the cases that you have to do with needs anything now."


@pytest.fixture
def case(sqlite_stage: Stage) -> tuple[str, str]:
    """A case whose reporter asked for somebody else: its reference and the new person."""
    stage = sqlite_stage
    sent, code = stage.submit({"concern": TOLD, "who": "Pat Planted"})
    stage.gate.run(take_case, attested(stage, sent.reference), TakeCase(sent.reference))
    reporter = enter(stage, code)
    stage.gate.run(ask_for_somebody_else, reporter, AskForSomebodyElse(keeps_earlier=True))
    stage.gate.run(escalate, reporter, None)
    contact_id = case_of(stage, sent.reference).contact_id
    name = next(name for name, one in stage.enrolled.items() if one.staff_id == contact_id)
    return sent.reference, name


def overseer_of(stage: Stage, reference: str) -> str:
    overseer_id = case_of(stage, reference).overseer_id
    return next(name for name, one in stage.enrolled.items() if one.staff_id == overseer_id)


def signed_in(desk: Desks, name: str) -> Desk:
    browser = desk()
    assert browser.sign_in(name).status_code == 303
    return browser


def opened(browser: Desk, reference: str) -> Desk:
    """Declare that there is no tie, and read on."""
    browser.get(f"/conversations/{reference}/conflict")
    assert "Pat Planted" in browser.page
    assert TOLD not in browser.page
    browser.send(f"/conversations/{reference}/conflict", tie="no")
    browser.get(f"/conversations/{reference}")
    return browser


def test_whom_the_reporter_asked_for_can_read_and_write(
    desk: Desks, sqlite_stage: Stage, case: tuple[str, str]
) -> None:
    reference, name = case
    browser = signed_in(desk, name)
    browser.get("/conversations")
    assert reference in browser.page
    assert "Asked for by the reporter" in browser.page
    answer = browser.get(f"/conversations/{reference}")
    assert answer.headers["Location"].endswith("/conflict")
    opened(browser, reference)
    assert TOLD in browser.page
    assert "you are the next person" in browser.page
    browser.get(f"/conversations/{reference}/message")
    browser.send(f"/conversations/{reference}/message", text="")
    assert "Write a message" in browser.page
    browser.send(f"/conversations/{reference}/message", text="I will help you.")
    browser.get(f"/conversations/{reference}")
    assert "I will help you." in browser.page
    assert browser.get(f"/cases/{reference}").status_code == 404


def test_the_notes_can_be_asked_for_and_given_on_pages(
    desk: Desks, sqlite_stage: Stage, case: tuple[str, str]
) -> None:
    reference, name = case
    browser = opened(signed_in(desk, name), reference)
    browser.send(f"/conversations/{reference}/notes")
    browser.get(f"/conversations/{reference}")
    assert "You asked for the notes." in browser.page
    holder = signed_in(desk, holders_of(sqlite_stage, reference)[0])
    holder.get("/")
    assert "Notes asked for" in holder.page
    holder.get(f"/cases/{reference}/conflict")
    holder.send(f"/cases/{reference}/conflict", tie="no")
    holder.get(f"/cases/{reference}")
    assert "Give the new contact person the notes" in holder.page
    holder.get(f"/cases/{reference}/notes")
    holder.send(f"/cases/{reference}/notes")
    assert name in holders_of(sqlite_stage, reference)
    browser.get(f"/conversations/{reference}")
    assert "Open the whole case" in browser.page
    assert browser.get(f"/cases/{reference}").status_code == 200


def test_somebody_who_may_not_hold_it_cannot_be_given_the_notes(
    desk: Desks, sqlite_stage: Stage, case: tuple[str, str]
) -> None:
    reference, name = case
    holder_name = holders_of(sqlite_stage, reference)[0]
    attested(sqlite_stage, reference, holder_name)
    let_leave(sqlite_stage, [name])
    holder = signed_in(desk, holder_name)
    holder.get(f"/cases/{reference}/notes")
    assert holder.send(f"/cases/{reference}/notes").status_code == 400
    assert "They cannot be given this case" in holder.page


def test_an_overseer_can_read_what_was_escalated_and_nothing_else(
    desk: Desks, sqlite_stage: Stage, case: tuple[str, str]
) -> None:
    reference, _name = case
    other = sqlite_stage.submit()[0].reference
    browser = signed_in(desk, overseer_of(sqlite_stage, reference))
    browser.get("/conversations")
    assert reference in browser.page
    assert other not in browser.page
    browser.get("/alarms")
    assert "The reporter asked the overseer to look" in browser.page
    opened(browser, reference)
    assert TOLD in browser.page
    assert "as the overseer" in browser.page
    assert "Ask for the notes" not in browser.page
    browser.get("/alarms")
    assert "asked the overseer" not in browser.page
    for path in (f"/conversations/{other}/conflict", f"/cases/{reference}"):
        assert browser.get(path).status_code == 404


def test_an_overseer_can_see_that_the_reporter_wants_support_only(
    desk: Desks, sqlite_stage: Stage
) -> None:
    sent, code = sqlite_stage.submit({"want": "support", "who": "Pat Planted"})
    sqlite_stage.gate.run(escalate, enter(sqlite_stage, code), None)
    browser = signed_in(desk, overseer_of(sqlite_stage, sent.reference))
    opened(browser, sent.reference)
    assert "They asked for support only." in browser.page
    assert "under triage" not in browser.page


def test_an_overseer_can_write_to_the_reporter(
    desk: Desks, sqlite_stage: Stage, case: tuple[str, str]
) -> None:
    reference, _name = case
    browser = opened(signed_in(desk, overseer_of(sqlite_stage, reference)), reference)
    browser.get(f"/conversations/{reference}/message")
    browser.send(f"/conversations/{reference}/message", text="I have read it all.")
    browser.get(f"/conversations/{reference}")
    assert "I have read it all." in browser.page


def test_a_tie_takes_the_page_away(desk: Desks, sqlite_stage: Stage, case: tuple[str, str]) -> None:
    reference, name = case
    browser = signed_in(desk, name)
    browser.get(f"/conversations/{reference}/conflict")
    assert browser.send(f"/conversations/{reference}/conflict").status_code == 400
    browser.send(f"/conversations/{reference}/conflict", tie="yes")
    browser.get("/conversations")
    assert "You have no access to this case any more." in browser.page
    assert "Nobody has asked for you." in browser.page
    assert browser.get(f"/conversations/{reference}/conflict").status_code == 404


def test_a_colleague_cannot_find_any_of_it(
    desk: Desks, sqlite_stage: Stage, case: tuple[str, str]
) -> None:
    reference, name = case
    involved = {name, overseer_of(sqlite_stage, reference), *holders_of(sqlite_stage, reference)}
    for other in ("safeguarding_1", "second_overseer", "overseer", "hr_supervisor"):
        if other in involved:
            continue
        browser = signed_in(desk, other)
        for path in ("", "/conflict", "/message"):
            answer = browser.get(f"/conversations/{reference}{path}")
            assert answer.status_code in {303, 404}
            assert TOLD not in browser.page
        assert browser.get(f"/conversations/{reference}/conflict").status_code == 404
        browser.get("/conversations")
        assert reference not in browser.page
        assert "Nobody has asked for you." in browser.page


@pytest.mark.parametrize(
    ("name", "hidden"),
    [("leader", ("/conversations", "/alarms")), ("administrator", ("/conversations",))],
)
def test_leaders_and_administrators_have_no_such_pages(
    desk: Desks, sqlite_stage: Stage, name: str, hidden: tuple[str, ...]
) -> None:
    browser = signed_in(desk, name)
    for path in hidden:
        assert browser.get(path).status_code == 404
        browser.get("/account")
        assert f'href="/staff{path}"' not in browser.page


def test_an_administrator_learns_of_no_single_case_from_the_alarms(
    desk: Desks, sqlite_stage: Stage
) -> None:
    browser = signed_in(desk, "administrator")
    assert browser.get("/alarms").status_code == 200
    assert NOTHING in browser.page


def test_a_case_below_two_is_on_the_page_of_its_holder_alone(
    desk: Desks, sqlite_stage: Stage
) -> None:
    reference = sqlite_stage.submit()[0].reference
    left, *leaving = holders_of(sqlite_stage, reference)
    let_leave(sqlite_stage, leaving)
    sqlite_stage.gate.run(watch_cases, Worker(), None)
    holder = signed_in(desk, left)
    holder.get("/alarms")
    assert reference in holder.page
    assert "Fewer than two people can open it now" in holder.page
    assert "that person can add somebody" in holder.page
    assert "Every case has a key of the name, even if the reporter gave no name." in holder.page
    holder.get("/")
    assert "Too few can open it" in holder.page
    other = signed_in(desk, "safeguarding_supervisor")
    other.get("/alarms")
    assert NOTHING in other.page
    assert "two people" not in other.page


def test_too_few_overseers_are_told_of_to_who_appoints_them(
    desk: Desks, sqlite_stage: Stage
) -> None:
    let_leave(sqlite_stage, ["overseer"])
    browser = signed_in(desk, "administrator")
    browser.get("/alarms")
    assert "Fewer than two overseers can be given cases today." in browser.page
    assert NOTHING in browser.page


def test_what_recovery_officers_wrote_is_told_apart(desk: Desks, sqlite_stage: Stage) -> None:
    sent, code = sqlite_stage.submit({"who": "Pat Planted"})
    name = newcomer(sqlite_stage)
    give(sqlite_stage, together(sqlite_stage), sent.reference, name)
    attested(sqlite_stage, sent.reference, name)
    browser = signed_in(desk, name)
    browser.get(f"/cases/{sent.reference}")
    assert "Recovery officers" in browser.page
    assert REASON in browser.page
    assert "Recovery officers gave the case to new people" in browser.page
    assert read(sqlite_stage, enter(sqlite_stage, code)).messages
