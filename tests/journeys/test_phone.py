"""The stories of a reporter and of a handler again, on the narrowest telephone that we promise: no
page can be pushed sideways, and axe finds no fault on any.
"""

import pytest

from tests.cast import Stage
from tests.journeys.conftest import P, Visits
from tests.journeys.reporter import Reporter
from tests.journeys.staff import MOUNT, Colleague
from tests.journeys.test_handler import tell_and_answer, work_a_case
from tests.journeys.test_reporter import answer_everything

pytestmark = pytest.mark.journey

MAILBOX = ("/messages/else", "/messages/overseer", "/messages/history", "/messages/files/add")
INFORMATION = ("/support", "/how-we-handle-concerns", "/privacy", "/accessibility")
STAFF = ("/account", "/account/sign-ins", "/alarms", "/conversations", "/unsent")
NARROWEST = 320
"""CSS pixels, as WCAG 2.2 has it (1.4.10, Reflow)."""


def on_a_phone(person: P) -> P:
    """Give somebody the narrowest window. `Person.arrives` looks how wide each page is in it."""
    person.page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert person.page.evaluate("window.innerWidth") == NARROWEST
    return person


def test_a_reporter_can_answer_everything_on_a_phone(visits: Visits) -> None:
    reporter = on_a_phone(visits(Reporter))
    answer_everything(reporter)
    for path in (*MAILBOX, *INFORMATION):
        assert reporter.answer_to(path).status == 200
    assert reporter.answer_to("/nowhere").status == 404


def test_a_handler_can_work_a_case_on_a_phone(visits: Visits, sqlite_stage: Stage) -> None:
    handler = on_a_phone(visits(Colleague))
    work_a_case(handler, sqlite_stage)


def test_a_reporter_and_a_handler_can_speak_with_one_another_on_phones(
    visits: Visits, sqlite_stage: Stage
) -> None:
    reporter, handler = on_a_phone(visits(Reporter)), on_a_phone(visits(Colleague))
    tell_and_answer(reporter, handler, sqlite_stage)
    for path in STAFF:
        assert handler.answer_to(MOUNT + path).status == 200
