"""Forms of older tabs, and mailboxes that somebody changed: what refuses them keeps the words."""

import pytest
from sqlalchemy import select

from safeshare.concerns.models import Grant, GranteeKind, Party
from safeshare.kernel.sealed import Sealed
from safeshare.mailbox.models import Message
from tests.cast import Stage
from tests.tampering import behind_our_back
from tests.web.reporter.behind import count_cases
from tests.web.reporter.browsing import Browser, send_now

DETAILS = {"name": "Sam Planted", "phone": "07700 900123", "reach": "after ten at night"}
WORDS = "He has done it again."
BROKEN = "We could not open this safely"


def spoil(stage: Stage, what: str) -> None:
    """Change the last byte of a party's grants, of its key, or of every message."""
    of_party = Grant.grantee_kind == GranteeKind.PARTY
    with behind_our_back(stage.system.database.engine) as session:
        if what == "grant":
            for grant in session.scalars(select(Grant).where(of_party)):
                grant.sealed = Sealed(turned(grant.sealed.blob))
        if what == "message":
            for message in session.scalars(select(Message)):
                message.body = Sealed(turned(message.body.blob))
        if what == "public key":
            for party in session.scalars(select(Party)):
                party.public_key = turned(party.public_key)
        assert session.dirty


def turned(raw: bytes) -> bytes:
    return raw[:-1] + bytes([raw[-1] ^ 1])


def insist_on_details(browser: Browser) -> None:
    for value in DETAILS.values():
        assert value in browser.page.text
    assert "Send again" not in browser.text
    assert 'href="/form/known"' in browser.page.text


def test_a_reporter_can_see_their_details_again_when_the_draft_has_expired(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/known").send(mode="confidential")
    assert browser.path == "/form/name"
    stage.time.advance(hours=2, minutes=5)
    browser.send(**DETAILS)
    assert browser.page.status_code == 400
    assert "This page had been open for too long" in browser.text
    insist_on_details(browser)


def test_a_reporter_can_see_their_details_again_when_another_tab_chose_to_be_anonymous(
    browser: Browser,
) -> None:
    token = browser.open("/form/known").send(mode="confidential").token
    browser.open("/form/known").send(mode="anonymous")
    browser.send("/form/name", csrf_token=token, **DETAILS)
    assert browser.page.status_code == 409
    assert "Somebody else" not in browser.text
    insist_on_details(browser)
    browser.open("/form/known").send(mode="confidential")
    assert browser.path == "/form/name"
    assert DETAILS["name"] not in browser.page.text


def test_a_reporter_can_see_the_words_of_an_older_tab_again_while_the_code_waits(
    stage: Stage, browser: Browser
) -> None:
    older = browser.open("/form/what").token
    words = send_now(browser).words
    browser.send("/form/what", csrf_token=older, concern=WORDS, wishes="")
    assert browser.page.status_code == 409
    assert WORDS in browser.page.text
    assert "save its access code first" in browser.text
    assert browser.open("/form/known").path == "/form/code"
    assert browser.words == words
    assert count_cases(stage) == 1


def test_a_choice_of_an_older_tab_cannot_keep_anybody_from_the_code(browser: Browser) -> None:
    older = browser.open("/form/what").token
    send_now(browser).send("/form/more", csrf_token=older, further="yes")
    assert browser.path == "/form/code"


@pytest.mark.parametrize("what", ["grant", "message", "public key"])
def test_a_reporter_cannot_read_a_mailbox_that_was_changed_and_keeps_what_waits_for_it(
    stage: Stage, browser: Browser, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    words = send_now(browser).words
    browser.prove().enter(words).send(message="The first message.", id="")
    stage.time.advance(minutes=31)
    browser.send("/messages", message=WORDS, id="")
    spoil(stage, what)
    browser.send("/messages/enter", code=" ".join(words), unsent=WORDS)
    assert browser.page.status_code == 500
    assert BROKEN in browser.text
    assert WORDS in browser.page.text
    assert not browser.shows_code(words)
    assert "The first message." not in browser.page.text
    assert WORDS not in caplog.text


@pytest.mark.parametrize("what", ["grant", "message"])
def test_a_message_that_waits_stays_in_sight_while_its_mailbox_does_not_open(
    stage: Stage, browser: Browser, what: str
) -> None:
    words = send_now(browser).words
    browser.prove().enter(words).send(message="The first message.", id="")
    browser.open("/messages/enter")
    spoil(stage, what)
    browser.send("/messages/enter", code=" ".join(words), unsent=WORDS)
    for _ in range(2):
        browser.open("/messages")
        assert (browser.page.status_code, BROKEN in browser.text) == (500, True)
        assert WORDS in browser.page.text
    assert WORDS in browser.post_only("/messages", message=WORDS, id="").text
    assert WORDS not in browser.open("/messages/history").page.text


@pytest.mark.parametrize("what", ["grant", "message", "public key"])
def test_words_that_were_set_aside_for_files_stay_in_sight_of_their_code_alone(
    stage: Stage, browser: Browser, what: str
) -> None:
    others = stage.submit()[1].words
    words = send_now(browser).words
    browser.prove().enter(words).send(message="The first message.", id="")
    browser.send("/messages", message=WORDS, id="", go="files")
    stage.time.advance(minutes=31)
    spoil(stage, what)
    for _ in range(2):
        browser.enter(words)
        assert (browser.page.status_code, BROKEN in browser.text) == (500, True)
        assert WORDS in browser.page.text
        assert not browser.shows_code(words)
    browser.enter(list(others))
    assert WORDS not in browser.page.text


def test_a_mailbox_with_nothing_waiting_shows_no_words_when_it_does_not_open(
    stage: Stage, browser: Browser
) -> None:
    words = send_now(browser).words
    browser.prove().enter(words)
    assert browser.path == "/messages"
    spoil(stage, "grant")
    browser.open("/messages")
    assert (browser.page.status_code, BROKEN in browser.text) == (500, True)
    assert "What you typed" not in browser.text


def test_words_that_were_not_taken_cannot_begin_a_draft(stage: Stage, browser: Browser) -> None:
    browser.open("/form/known").send(mode="confidential")
    stage.time.advance(hours=2, minutes=5)
    browser.send(**DETAILS)
    browser.open("/form/known").send(mode="confidential")
    assert browser.path == "/form/name"
    assert DETAILS["name"] not in browser.page.text
