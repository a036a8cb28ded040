"""A reporter's whole way by keyboard alone."""

import pytest

from tests.journeys.conftest import Visits
from tests.journeys.keyboard import Typist
from tests.journeys.reporter import CONCERN, MORE, NOW, SHARE, WISHES, Reporter

pytestmark = pytest.mark.journey


class TypingReporter(Typist, Reporter):
    """A reporter who cannot use a mouse."""


@pytest.fixture
def typist(visits: Visits, scripts: bool) -> TypingReporter:
    """Somebody with a keyboard and a concern."""
    return visits(TypingReporter, scripts=scripts)


def test_a_reporter_can_go_the_whole_way_by_keyboard(typist: TypingReporter) -> None:
    typist.opens("/").reaches("Skip to main content").page.keyboard.press("Enter")
    typist.enters("Start now").picks("Yes, or I think so", "No").enters("Continue")
    typist.ticks(SHARE).enters("Continue")
    typist.ticks("It happened, or is happening, to me").enters("Continue")
    typist.picks("Anonymous", "Confidential").enters("Continue")
    typist.types("Your name", "A. Reporter").enters("Continue")
    typist.types(CONCERN, "He shouts at us.").types(WISHES, "Peace.").enters("Continue")
    typist.picks(NOW, MORE).enters("Continue")
    _answer_more(typist)
    typist.reads("A. Reporter", "He shouts at us.", "Peace.", "North Station").enters("Send")
    words = typist.words
    for label, word in typist.asked_words.items():
        typist.types(label, word)
    typist.enters("I have saved it").reads("Thank you. That took courage")
    typist.enters("read your messages").types("Access code", " ".join(words))
    typist.enters("Open my messages").types("Write a message", "One thing more.")
    typist.enters("Send message").reads("Your message was sent.", "One thing more.")
    typist.enters("Close my messages").reads("Share a concern in confidence")


def _answer_more(typist: TypingReporter) -> None:
    typist.types("Which part of the service is it about? (optional)", "\N{EM SPACE}North")
    typist.enters("Continue").types("Who is involved? (optional)", "A watch manager")
    typist.ticks("Chief officer").enters("Continue")
    typist.ticks("A child or young person under 18").enters("Continue")
    typist.reads("outside the service's own line").enters("Continue").enters("Continue")
    typist.types("Personal email address (optional)", "me@home.example").enters("Continue")


def test_a_reporter_can_go_on_without_the_code_by_keyboard(typist: TypingReporter) -> None:
    typist.sets_out().chooses_to_be("Anonymous").tells("He shouts.").chooses(NOW)
    typist.presses("Continue").sends()
    typist.reaches("I cannot save it now").page.keyboard.press("Enter")
    typist.enters("Go on without saving it").reads("We cannot show your access code any more.")


def test_a_reporter_can_leave_by_keyboard_from_the_middle(typist: TypingReporter) -> None:
    typist.sets_out().reaches("Emergency: Exit this page").page.keyboard.press("Enter")
    typist.page.wait_for_url(f"{typist.elsewhere}/")
