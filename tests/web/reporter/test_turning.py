"""The reporter's two pages for turning to somebody else."""

import pytest
from sqlalchemy import update

from safeshare.casework.service.handling import TakeCase, take_case
from safeshare.people.models import Queue
from tests.cast import Stage
from tests.use_cases.ceremony import let_leave
from tests.use_cases.handlers import attested, case_of, holders_of
from tests.web.reporter.browsing import Browser


@pytest.fixture
def reference(stage: Stage, browser: Browser) -> str:
    """A case that somebody took, whose mailbox is open."""
    told, code = stage.submit()
    staff = attested(stage, told.reference)
    stage.gate.run(take_case, staff, TakeCase(told.reference))
    browser.enter(list(code.words))
    return told.reference


def contact_of(stage: Stage, reference: str) -> str:
    contact_id = case_of(stage, reference).contact_id
    return next(name for name, one in stage.enrolled.items() if one.staff_id == contact_id)


def test_a_reporter_can_find_both_pages_from_their_messages(
    browser: Browser, reference: str
) -> None:
    assert reference in browser.text
    assert 'href="/messages/else"' in browser.page.text
    assert 'href="/messages/overseer"' in browser.page.text


def test_a_reporter_can_ask_for_somebody_else_and_keep_the_first(
    stage: Stage, browser: Browser, reference: str
) -> None:
    earlier = contact_of(stage, reference)
    browser.open("/messages/else")
    assert earlier.replace("_", " ").title() in browser.text
    assert "they cannot refuse it" in browser.text
    assert "could read everything up to today" in browser.text
    browser.send(earlier="keep")
    assert browser.path == "/messages"
    assert "A new person can read your messages now." in browser.text
    assert contact_of(stage, reference) != earlier
    assert earlier in holders_of(stage, reference)


def test_a_reporter_can_take_access_from_the_first(
    stage: Stage, browser: Browser, reference: str
) -> None:
    earlier = contact_of(stage, reference)
    browser.open("/messages/else").send(earlier="lose")
    assert browser.path == "/messages"
    assert earlier not in holders_of(stage, reference)
    assert "You asked for somebody else, and got a new person." in browser.text


def test_a_reporter_cannot_leave_open_what_becomes_of_the_first(
    stage: Stage, browser: Browser, reference: str
) -> None:
    earlier = contact_of(stage, reference)
    browser.open("/messages/else").send()
    assert browser.page.status_code == 400
    assert "Choose whether the person you have now can go on reading" in browser.text
    browser.send("/messages/else", earlier="nonsense")
    assert browser.page.status_code == 400
    assert contact_of(stage, reference) == earlier


def test_a_reporter_is_told_when_they_can_ask_again(browser: Browser, reference: str) -> None:
    browser.open("/messages/else")
    token = browser.token
    browser.send(earlier="keep").open("/messages/else")
    assert "you can ask again on 3 March 2026" in browser.text
    assert 'name="earlier"' not in browser.page.text
    browser.send("/messages/else", earlier="keep", csrf_token=token)
    assert browser.page.status_code == 400
    assert reference


def test_a_reporter_whose_line_is_used_up_is_led_to_the_overseer(
    stage: Stage, browser: Browser, reference: str
) -> None:
    let_leave(stage, sorted(set(stage.enrolled) - set(holders_of(stage, reference)) - {"overseer"}))
    browser.open("/messages/else")
    assert "There is nobody else left" in browser.text
    assert 'href="/messages/overseer"' in browser.page.text


def test_a_reporter_can_ask_the_overseer_to_look(
    stage: Stage, browser: Browser, reference: str
) -> None:
    browser.open("/messages/overseer")
    assert "oversees your case" in browser.text
    assert "It cannot be taken back" in browser.text
    browser.send()
    assert browser.path == "/messages"
    assert "The overseer can read your messages now." in browser.text
    browser.open("/messages/overseer")
    assert "You have done this already." in browser.text
    assert case_of(stage, reference).overseer_id


def test_a_reporter_without_an_overseer_is_told_of_people_outside(
    stage: Stage, browser: Browser, reference: str
) -> None:
    browser.open("/messages/overseer")
    let_leave(stage, ["overseer", "second_overseer"])
    browser.send()
    assert browser.page.status_code == 400
    assert "cannot be reached here at the moment" in browser.text
    assert 'href="/support"' in browser.page.text
    assert reference


def test_a_queue_that_hides_names_cannot_show_them_here(
    stage: Stage, browser: Browser, reference: str
) -> None:
    with stage.system.database.engine.begin() as connection:
        connection.execute(update(Queue).values(shows_names=False))
    for path in ("/messages/else", "/messages/overseer"):
        browser.open(path)
        for name in (contact_of(stage, reference), "overseer", "second_overseer"):
            assert f"<strong>{name.replace('_', ' ').title()}</strong>" not in browser.page.text


def test_a_stranger_is_asked_for_the_code_first(browser: Browser) -> None:
    for path in ("/messages/else", "/messages/overseer"):
        assert browser.open(path).path == "/messages/enter?closed=1"
        assert browser.send(path, earlier="keep").path in {"/messages/enter?closed=1", path}


def test_a_page_that_was_open_for_too_long_is_shown_again(
    stage: Stage, browser: Browser, reference: str
) -> None:
    before = contact_of(stage, reference)
    browser.open("/messages/else")
    browser.send("/messages/else", earlier="lose", csrf_token="stale")
    assert browser.path == "/messages/else"
    assert contact_of(stage, reference) == before
