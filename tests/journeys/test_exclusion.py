"""Keeping somebody out, with the person who is kept out signed in and looking."""

import pytest

from tests.cast import Stage
from tests.journeys.conftest import Visits
from tests.journeys.reporter import MORE, Reporter
from tests.journeys.staff import MOUNT, Colleague
from tests.use_cases.handlers import holders_of
from tests.use_cases.keeping_out import grants_of, kept_out_of

pytestmark = pytest.mark.journey

CURIOUS, NAMED = "hr_1", "hr_supervisor"
PLACES_TO_LOOK = ("/", "/conversations", "/alarms", "/unsent")


def to_readers(reporter: Reporter) -> Reporter:
    """From the start page to the page of who could read it."""
    reporter.sets_out().chooses_to_be("Anonymous").tells("My partner in HR is not safe.")
    reporter.chooses(MORE).presses("Continue").reads("Which part of the service is it about?")
    reporter.presses("Continue").fills("Who is involved? (optional)", "Supervisor HR, mostly")
    reporter.presses("Continue").presses("Continue").chooses("Human Resources")
    return reporter.presses("Continue").reads("Who will be able to read this")


def test_somebody_who_is_kept_out_finds_nothing_wherever_they_look(
    visits: Visits, scripts: bool, sqlite_stage: Stage
) -> None:
    reporter, curious = visits(Reporter, scripts=scripts), visits(Colleague, scripts=scripts)
    curious.signs_in(sqlite_stage, CURIOUS).reads("You hold no open case at the moment.")
    before = [_seen(curious, path) for path in PLACES_TO_LOOK]
    to_readers(reporter).reads("We ticked this because you gave this name.")
    _find_ticked(reporter, "Hr Supervisor, Tester")
    reporter.chooses("Hr 1, Tester", "Everybody in Safeguarding")
    reporter.presses("Update who can read this").reads("This page shows who could read it now.")
    _find_ticked(reporter, "Hr Supervisor, Tester", "Hr 1, Tester", "Everybody in Safeguarding")
    reporter.presses("Go to send").reads("You keep these out, now and later", "Hr 1, Tester")
    reference = reporter.sends()
    assert grants_of(sqlite_stage, CURIOUS) + grants_of(sqlite_stage, NAMED) == []
    assert {CURIOUS, NAMED, "safeguarding_1"} <= kept_out_of(sqlite_stage, reference)
    assert [_seen(curious, path) for path in PLACES_TO_LOOK] == before
    for path in ("", "/conflict", "/message", "/take", "/notes", "/trail"):
        assert curious.answer_to(f"{MOUNT}/cases/{reference}{path}").status == 404, path
        curious.reads("Page not found")
    holder = visits(Colleague, scripts=scripts)
    holder.signs_in(sqlite_stage, holders_of(sqlite_stage, reference)[0]).reads(reference)


def test_a_reporter_who_trusts_nobody_in_a_team_is_led_to_another(reporter: Reporter) -> None:
    to_readers(reporter).chooses("Everybody in Human Resources")
    reporter.presses("Update who can read this")
    reporter.reads("Nobody is left in the team Human Resources.", "takes it instead")
    for team in ("Independent", "Safeguarding", "Professional Standards"):
        reporter.chooses(f"Everybody in {team}")
    reporter.presses("Update who can read this")
    reporter.reads("Nobody is left who could read it.", "Nothing you wrote is lost.")
    reporter.presses("Go to send").reads("My partner in HR is not safe.")
    assert reporter.page.get_by_role("button", name="Send", exact=True).count() == 0
    reporter.presses("take away a tick")
    reporter.page.get_by_label("Everybody in Independent", exact=True).uncheck()
    reporter.presses("Update who can read this").presses("Go to send").sends()


def test_a_holder_with_a_tie_hands_the_case_on(
    visits: Visits, scripts: bool, sqlite_stage: Stage
) -> None:
    sent, _ = sqlite_stage.submit({"who": "A brother of mine"})
    tied = holders_of(sqlite_stage, sent.reference)[0]
    handler = visits(Colleague, scripts=scripts)
    handler.signs_in(sqlite_stage, tied).presses(sent.reference).reads("A brother of mine")
    handler.chooses("Yes, or I am not sure").presses("Save and continue")
    handler.reads("You hold this case no longer.").finds_no(sent.reference)
    assert handler.answer_to(f"{MOUNT}/cases/{sent.reference}").status == 404
    following = holders_of(sqlite_stage, sent.reference)
    assert tied not in following
    assert len(following) == 3


def _seen(person: Colleague, path: str) -> str:
    """What a page says to them, but for what changes by itself."""
    person.opens(f"{MOUNT}{path}")
    return person.page.locator("main").inner_text()


def _find_ticked(person: Reporter, *labels: str) -> None:
    for label in labels:
        assert person.page.get_by_label(label, exact=True).is_checked(), label
