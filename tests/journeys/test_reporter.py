"""A reporter's whole way, for each way to be known, with scripts and without."""

import pytest
from sqlalchemy import func, select

from safeshare.concerns.models import Case
from safeshare.gate.models import ReporterSession
from tests.cast import Stage
from tests.journeys.conftest import Visits
from tests.journeys.reporter import CONCERN, MORE, NOW, SUPPORT, WISHES, Reporter

pytestmark = pytest.mark.journey

TOLD = "He shouts at everybody on the watch.\nIt has gone on since June."


def test_an_anonymous_reporter_can_send_now_and_come_back(reporter: Reporter) -> None:
    reporter.sets_out().chooses_to_be("Anonymous").tells(TOLD).chooses(NOW).presses("Continue")
    reporter.reads(TOLD, "Nobody: you have not given it.")
    reference = reporter.sends()
    words = reporter.words
    assert len(words) == 8
    reporter.proves_the_code().reads(reference, "A person replies to you by 5pm on")
    reporter.finds_no_code(words)
    reporter.comes_back(words).reads(reference, "Nobody is your contact person yet.")
    reporter.writes("It was in the appliance bay.").presses("Close my messages")
    assert reporter.opens("/messages").path == "/messages/enter"


def test_a_confidential_reporter_can_answer_everything(reporter: Reporter) -> None:
    answer_everything(reporter)


def answer_everything(reporter: Reporter) -> None:
    """The longest way through the form, to the mailbox."""
    reporter.sets_out().chooses_to_be("Confidential", part="It happened, or is happening, to me")
    reporter.gives_details(name="A. Reporter", phone="07700 900123", reach="After ten at night")
    reporter.tells(TOLD, "That it stops.").chooses(MORE).presses("Continue")
    reporter.reads("Where and when").fills("Anything more about where? (optional)", "The bay")
    reporter.fills("When did it happen? (optional)", "Most nights").presses("Continue")
    reporter.fills("Who is involved? (optional)", "A watch manager").presses("Continue")
    reporter.reads("Is anybody at risk now?").presses("Continue")
    reporter.reads("Who should handle it?").chooses("I am not sure").presses("Continue")
    reporter.reads("What is it mostly about?").presses("Continue")
    reporter.reads("Who will be able to read this", "Rook, Tern, Wren", "Nobody else in the team")
    reporter.presses("Continue").reads("Do you have anything that shows it?")
    reporter.presses("Continue").reads("Do you want an email when there is a message?")
    reporter.fills("Personal email address (optional)", "not an address").presses("Continue")
    reporter.reads("There is a problem", "Enter an email address in the form name@example.com")
    reporter.fills("Personal email address (optional)", "me@home.example").presses("Continue")
    reporter.reads("A. Reporter", "The bay", "A watch manager", "me@home.example")
    reporter.presses(f"Change {WISHES.removesuffix(' (optional)')}").finds_filled(CONCERN, TOLD)
    reporter.fills(WISHES, "That somebody listens.").presses("Continue")
    reporter.reads("That somebody listens.").sends()
    words = reporter.words
    reporter.proves_the_code().comes_back(words).reads("A person replies")


def test_a_named_reporter_in_danger_is_told_to_call_first(
    reporter: Reporter, sqlite_stage: Stage
) -> None:
    reporter.sets_out(danger="Yes, or I think so")
    reporter.presses("Back").reads("You said that somebody is in danger. Please call 999 now")
    reporter.presses("Continue").chooses_to_be("Named").gives_details(name="A. Reporter")
    reporter.tells(TOLD).chooses(MORE).presses("Continue").presses("Go to send")
    reporter.reads("As somebody is in danger", "They tell the others above when it is needed")
    reference = reporter.sends()
    with sqlite_stage.system.database.reading() as session:
        assert session.scalars(select(Case.reference)).all() == [reference]
    reporter.proves_the_code()


def test_a_reporter_can_ask_for_support_only_and_leave_without_saving_the_code(
    reporter: Reporter,
) -> None:
    reporter.sets_out(want=SUPPORT).chooses_to_be("Anonymous")
    reporter.fills("What do you need help with?", "I cannot sleep.")
    reporter.fills("What would help you? (optional)", "Somebody to talk to.")
    reporter.presses("Continue").chooses(NOW).presses("Continue")
    reporter.sends()
    words = reporter.words
    reporter.unfolds("I cannot save it now").presses("Go on without saving it")
    reporter.reads("We cannot show your access code any more.").finds_no_code(words)
    assert reporter.opens("/form/code").path == "/form/done"


def test_a_reporter_who_presses_send_twice_has_sent_once(
    reporter: Reporter, sqlite_stage: Stage
) -> None:
    reporter.sets_out().chooses_to_be("Anonymous").tells(TOLD).chooses(NOW).presses("Continue")
    reference, words = reporter.sends(), reporter.words
    reporter.page.go_back()
    assert reporter.opens("/form/code").reference == reference
    assert reporter.words == words
    with sqlite_stage.system.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_a_reporter_who_leaves_at_once_leaves_nothing_behind(
    reporter: Reporter, sqlite_stage: Stage
) -> None:
    reporter.sets_out().chooses_to_be("Anonymous").tells(TOLD)
    assert _visits_kept(sqlite_stage) == 1
    reporter.presses("Emergency: Exit this page")
    reporter.page.wait_for_url(f"{reporter.elsewhere}/")
    assert reporter.page.context.cookies(reporter.address) == []
    assert _visits_kept(sqlite_stage) == 0
    reporter.opens("/form/what").finds_no("shouts").finds_filled(CONCERN, "")


def test_a_reporter_with_scripts_can_leave_by_pressing_shift_three_times(
    visits: Visits, sqlite_stage: Stage
) -> None:
    reporter = visits(Reporter, scripts=True)
    reporter.sets_out().chooses_to_be("Anonymous").fills(CONCERN, TOLD)
    # No press is forgotten, however busy the machine is.
    reporter.page.evaluate("() => { window.setTimeout = () => 0; }")
    for _ in range(3):
        reporter.page.keyboard.press("Shift")
    reporter.page.wait_for_url(f"{reporter.elsewhere}/")
    assert _visits_kept(sqlite_stage) == 0
    reporter.opens("/form/what").finds_no("shouts")


def test_a_reporter_whose_visit_ended_finds_what_they_typed(
    reporter: Reporter, sqlite_stage: Stage
) -> None:
    reporter.sets_out().chooses_to_be("Anonymous").fills(CONCERN, TOLD)
    sqlite_stage.time.advance(hours=2, minutes=1)
    reporter.presses("Continue").reads("This page had been open for too long")
    reporter.finds_filled(CONCERN, TOLD).presses("Continue").reads("Do you want to send it now?")


@pytest.mark.parametrize(
    ("link", "heading"),
    [
        ("Support and other ways to report", "Support and other ways to report"),
        ("How we handle concerns", "How we handle concerns"),
        ("Privacy", "Privacy"),
        ("Accessibility", "Accessibility statement"),
    ],
)
def test_a_reporter_can_read_first_what_they_are_in_for(
    reporter: Reporter, link: str, heading: str
) -> None:
    reporter.opens("/").presses(link).reads(heading)


def test_a_reporter_can_find_the_way_back_from_a_page_that_is_not_there(
    reporter: Reporter,
) -> None:
    assert reporter.answer_to("/no-such-page").status == 404
    reporter.reads("Page not found").presses("go to the start page")
    reporter.reads("Share a concern in confidence")


def _visits_kept(stage: Stage) -> int:
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(ReporterSession)) or 0
