"""A handler's whole way with a case, and what becomes of a form that came too late."""

import pytest

from safeshare.kernel.sealed import Compartment
from tests.cast import Stage
from tests.journeys.conftest import Visits
from tests.journeys.reporter import NOW, Reporter
from tests.journeys.staff import MOUNT, Colleague, somebody_who_holds
from tests.use_cases.handlers import attested, holders_of

pytestmark = pytest.mark.journey

THANKS = "Thank you. I am your contact person, and will look into it this week."
QUESTION = "Did anybody else see it?"
FINDING = "We spoke with the people concerned, and the shouting has stopped."


@pytest.fixture
def handler(visits: Visits, scripts: bool) -> Colleague:
    """Somebody who works for a team."""
    return visits(Colleague, scripts=scripts)


def test_a_handler_can_work_a_case_from_the_queue_to_its_end(
    handler: Colleague, sqlite_stage: Stage
) -> None:
    work_a_case(handler, sqlite_stage)


def work_a_case(handler: Colleague, stage: Stage) -> None:
    """Everything that a contact person does, and the mistakes that they make on the way."""
    sent, _ = stage.submit({"who": "A watch manager", "wishes": "Peace", "where": "A bay"})
    name = holders_of(stage, sent.reference, Compartment.IDENTITY)[0]
    handler.opens(f"{MOUNT}/cases/{sent.reference}").reads("Sign in")
    handler.fills("Sign-in name", name).fills("Passphrase", "a wrong one").fills("Six digits", "1")
    handler.presses("Sign in").reads("the passphrase or the six digits are wrong")
    handler.types_both_factors(stage, name).reads("Before you open it")
    handler.presses("Your queue").reads("nobody sees a list of all", "New to you")
    _filter(handler)
    handler.presses(sent.reference).reads("A watch manager", "A bay").finds_no("Something is wrong")
    handler.presses("Save and continue").reads("Say whether you have a tie")
    handler.chooses("No, I have no tie").presses("Save and continue")
    handler.reads("Something is wrong.", "Peace", "About the name")
    _work(handler)
    handler.presses("Sign out").reads("You have signed out.")
    assert handler.opens(f"{MOUNT}/").path == f"{MOUNT}/sign-in"


def _filter(handler: Colleague) -> None:
    handler.unfolds("Filter your cases").page.get_by_label("Due", exact=True).select_option(
        label="Overdue"
    )
    handler.presses("Show").reads("None of the cases that you hold fits these filters.")
    handler.presses("Clear the filters")


def _work(handler: Colleague) -> None:
    handler.presses("Take the case").presses("Become the contact person")
    handler.reads("You are now the contact person.").presses("Acknowledge the concern")
    handler.presses("Send and begin the triage").reads("There is a problem", "Write a message")
    handler.fills("Your message", THANKS).presses("Send and begin the triage")
    handler.reads("You acknowledged the concern.", THANKS)
    handler.changes_status("Putting right informally")
    handler.writes("Would you like to meet?")
    handler.presses("Code the themes").presses("Save the themes").reads("Choose at least one theme")
    handler.page.locator("input[type=checkbox]").first.check()
    handler.presses("Save the themes").reads("You coded the themes.")
    handler.presses("Close the case").presses("Close the case").reads("Choose how it ended")
    handler.page.locator("input[type=radio]").first.check()
    handler.fills("Tell the reporter", FINDING).presses("Close the case")
    handler.reads("You closed the case.", FINDING).finds_no("Take the case")


def test_a_handler_who_was_away_finds_what_they_wrote(
    handler: Colleague, sqlite_stage: Stage
) -> None:
    sent, _ = sqlite_stage.submit()
    name = somebody_who_holds(sqlite_stage, sent.reference)
    attested(sqlite_stage, sent.reference, name)
    handler.signs_in(sqlite_stage, name).presses(sent.reference).presses("Write a message")
    handler.fills("Your message", QUESTION)
    sqlite_stage.time.advance(minutes=31)
    handler.presses("Send the message").reads("You were away for more than 30 minutes")
    handler.finds_no(QUESTION).types_both_factors(sqlite_stage, name)
    handler.reads("Unsent forms", QUESTION).presses(f"Go on with it ({sent.reference})")
    handler.finds_filled("Your message", QUESTION).presses("Send the message")
    handler.reads("Your message was sent.", QUESTION).presses("Unsent forms")
    handler.reads("Nothing is waiting.")


def test_a_colleague_cannot_find_a_case_that_they_do_not_hold(
    handler: Colleague, sqlite_stage: Stage
) -> None:
    sent, _ = sqlite_stage.submit()
    handler.signs_in(sqlite_stage, "safeguarding_1").reads("You hold no open case at the moment.")
    assert handler.answer_to(f"{MOUNT}/cases/{sent.reference}").status == 404
    handler.reads("Page not found")


def test_a_reporter_and_a_handler_can_speak_with_one_another(
    visits: Visits, scripts: bool, sqlite_stage: Stage
) -> None:
    reporter, handler = visits(Reporter, scripts=scripts), visits(Colleague, scripts=scripts)
    tell_and_answer(reporter, handler, sqlite_stage)


def tell_and_answer(reporter: Reporter, handler: Colleague, stage: Stage) -> None:
    """The product's main job, from a concern to an answer and back."""
    reporter.sets_out().chooses_to_be("Anonymous").tells("It is not safe.")
    reporter.chooses(NOW).presses("Continue")
    reference, words = reporter.sends(), reporter.words
    name = somebody_who_holds(stage, reference)
    handler.signs_in(stage, name).opens_case(reference).reads("It is not safe.")
    handler.presses("Take the case").presses("Become the contact person")
    handler.presses("Acknowledge the concern").fills("Your message", THANKS)
    handler.presses("Send and begin the triage").writes(QUESTION, asks=True)
    reporter.proves_the_code().comes_back(words).reads(THANKS, QUESTION, "Your contact person is")
    reporter.writes("Two of us saw it.")
    handler.presses("Sign out").signs_in(stage, name).presses(reference)
    handler.reads("Two of us saw it.", "The reporter answered, so the case goes on")
