"""The reporter answers what only they decide, and reads who did what with their concern."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from safeshare.casework.service.handling import AcknowledgeCase, acknowledge
from safeshare.casework.service.triage import AskToLookInto, ask_to_look_into
from safeshare.kernel.sealed import Compartment
from safeshare.mailbox.models import Request
from safeshare.mailbox.rules import RequestState
from safeshare.people.models import Queue
from tests.cast import Stage
from tests.use_cases.ceremony import give, together
from tests.use_cases.handlers import attested, holders_of
from tests.use_cases.naming import TOLD, asked, other_holder, the_request
from tests.use_cases.recovered import newcomer
from tests.web.reporter.browsing import Browser

NAME = {"name": "Robin Marsh"}


def in_mailbox(stage: Stage, browser: Browser, *, want: str = "share") -> str:
    """A mailbox with a question in it, opened; the case's reference."""
    sent, code = stage.submit({**TOLD, "want": want}, identity=NAME)
    holder = other_holder(stage, sent.reference)
    stage.gate.run(acknowledge, holder, AcknowledgeCase(sent.reference, "Hello."))
    if want == "support":
        command = AskToLookInto(sent.reference, "May we speak with your watch?")
        stage.gate.run(ask_to_look_into, holder, command)
    else:
        asked(stage, holder, sent.reference)
    browser.enter(list(code.words))
    return sent.reference


def state(stage: Stage) -> RequestState:
    return the_request(stage).state


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_reporter_can_say_yes_or_no_to_giving_their_name(
    stage: Stage, browser: Browser, answer: str
) -> None:
    reference = in_mailbox(stage, browser)
    assert "There is a question that only you can decide" in browser.text
    browser.open("/messages/question")
    assert "Both answers are fine." in browser.text
    assert "May I know who you are" in browser.text
    assert stage.staff(other_holder_name(stage, reference)).display_name in browser.text
    shown = browser.page.text.split('name="asked"')[1].split('value="')[1].split('"')[0]
    browser.send(asked=shown, answer=answer)
    assert browser.path == "/messages"
    assert "Your answer was kept." in browser.text
    assert "There is a question" not in browser.text
    assert state(stage) is (RequestState.AGREED if answer == "yes" else RequestState.DECLINED)
    browser.open("/messages/question")
    assert "There is no question for you" in browser.text


def test_a_reporter_who_wants_support_only_can_let_it_be_looked_into(
    stage: Stage, browser: Browser
) -> None:
    in_mailbox(stage, browser, want="support")
    browser.open("/messages/question")
    assert "May we look into what happened?" in browser.text
    assert "You get support as before" in browser.text


def test_a_reporter_cannot_answer_without_choosing_or_from_an_old_page(
    stage: Stage, browser: Browser
) -> None:
    in_mailbox(stage, browser)
    browser.open("/messages/question")
    shown = browser.page.text.split('name="asked"')[1].split('value="')[1].split('"')[0]
    assert browser.post_only("/messages/question", asked=shown).status_code == 400
    assert browser.post_only("/messages/question", asked="x", answer="yes").status_code == 400
    with Session(stage.system.database.engine) as session:
        session.execute(update(Request).values(state=RequestState.WITHDRAWN))
        session.commit()
    browser.send("/messages/question", asked=shown, answer="yes")
    assert "The question is no longer open" in browser.text
    assert state(stage) is RequestState.WITHDRAWN


def test_a_reporter_can_read_who_did_what_by_day(stage: Stage, browser: Browser) -> None:
    reference = in_mailbox(stage, browser)
    browser.open("/messages/history")
    holder = attested(stage, reference, other_holder_name(stage, reference))
    for words in (
        "Who did what with it",
        "2 March 2026",
        f"{holder.display_name}, a member of the team Human Resources, wrote to you",
        "asked to see your name",
        "Your messages were opened with your access code",
        "Who can read it now",
        f"{holder.display_name}, a member of the team Human Resources",
        "who can also open your name, if you gave one",
    ):
        assert words in browser.text
    assert "9:30" not in browser.text
    assert "09:30" not in browser.text


def test_a_reporter_can_read_that_officers_gave_it_and_why(stage: Stage, browser: Browser) -> None:
    reference = in_mailbox(stage, browser)
    give(stage, together(stage), reference, newcomer(stage), with_identity=True)
    browser.open("/messages/history")
    for words in (
        "Recovery officers together gave it to other people: the people who had it asked for it",
        "Recovery officers together gave the key of your name, if you gave one, to: Newcomer",
        "It was given to: Newcomer, a member of the team Human Resources",
    ):
        assert words in browser.text
    assert "no longer here" not in browser.text


def other_holder_name(stage: Stage, reference: str) -> str:
    keepers = holders_of(stage, reference, Compartment.IDENTITY)
    return next(one for one in holders_of(stage, reference) if one not in keepers)


def test_a_reporter_cannot_read_names_of_a_team_that_hides_them(
    stage: Stage, browser: Browser
) -> None:
    reference = in_mailbox(stage, browser)
    name = stage.staff(other_holder_name(stage, reference)).display_name
    with Session(stage.system.database.engine) as session:
        session.execute(update(Queue).values(shows_names=False))
        session.commit()
    for path in ("/messages", "/messages/history", "/messages/question"):
        assert name not in browser.open(path).text
    assert (
        "A member of the team Human Resources wrote to you"
        in browser.open("/messages/history").text
    )


@pytest.mark.parametrize("path", ["/messages/question", "/messages/history"])
def test_a_stranger_cannot_read_either_page(browser: Browser, path: str) -> None:
    assert browser.open(path).path == "/messages/enter?closed=1"
    assert browser.send("/messages/question", answer="yes").path == "/messages/enter?closed=1"
