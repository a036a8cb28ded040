"""Entering the mailbox and writing from it, in every way that it can fail."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from safeshare.app import create_reporter_app
from safeshare.gate.models import ReporterSession
from safeshare.mailbox.models import Message
from safeshare.vault import LaneLimits, Permits
from tests.cast import Stage
from tests.web.reporter.browsing import Browser, held_by_somebody_else, send_now


def words_of(stage: Stage) -> list[str]:
    _, code = stage.submit()
    return list(code.words)


def count_messages(stage: Stage) -> int:
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


def test_a_reporter_can_enter_with_small_slips(stage: Stage, browser: Browser) -> None:
    words = words_of(stage)
    typed = [
        f"{n}. {word[:3].upper() if '-' not in word else word}" for n, word in enumerate(words)
    ]
    assert browser.enter(typed).path == "/messages"


def test_a_reporter_can_see_which_words_are_not_on_the_list(stage: Stage, browser: Browser) -> None:
    words = words_of(stage)
    browser.enter([*words[:2], "qqqqq", *words[3:7], "xxxxx"])
    assert browser.path == "/messages/enter"
    assert "Check word number 3, 8" in browser.text
    assert "qqqqq" in browser.page.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [("", "Enter your access code"), ("one two", "Enter all 8 words: there are 2 here")],
)
def test_a_reporter_can_see_that_words_are_missing(browser: Browser, typed: str, told: str) -> None:
    assert told in browser.enter(typed.split()).text


def test_a_stranger_cannot_enter_with_a_code_of_nobody(stage: Stage, browser: Browser) -> None:
    guess = list(stage.gate.vault.new_access_code().words)
    browser.enter(guess)
    assert browser.path == "/messages/enter"
    assert "No messages open with this code" in browser.text
    assert browser.open("/messages").path == "/messages/enter?closed=1"


def test_a_reporter_can_enter_often_with_the_right_code(stage: Stage, browser: Browser) -> None:
    words = words_of(stage)
    assert {browser.enter(words).path for _ in range(25)} == {"/messages"}


def test_a_stranger_cannot_make_the_server_read_a_guess_when_it_is_busy(stage: Stage) -> None:
    words = words_of(stage)
    lane = LaneLimits(permits=1, most_waiting=0)
    permits = Permits(lane, lane, lane)
    gate = replace(stage.gate, vault=replace(stage.gate.vault, permits=permits))
    browser = Browser(create_reporter_app(replace(stage.system, gate=gate)))
    browser.open("/messages/enter")
    with held_by_somebody_else(permits, "guesses"):
        page = browser.post_only("/messages/enter", code=" ".join(words))
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert browser.enter(words).path == "/messages"
    assert browser.enter(words).path == "/messages"


def test_a_reporter_can_enter_and_gets_a_new_cookie(
    app: Flask, stage: Stage, browser: Browser
) -> None:
    words = words_of(stage)
    browser.open("/messages/enter")
    planted = browser.client.get_cookie("v")
    assert planted is not None
    browser.enter(words)
    thief = Browser(app)
    thief.client.set_cookie("v", planted.value)
    assert thief.open("/messages").path == "/messages/enter?closed=1"
    assert browser.open("/messages").path == "/messages"


def test_a_reporter_cannot_stay_in_after_30_idle_minutes(stage: Stage, browser: Browser) -> None:
    browser.enter(words_of(stage))
    for _ in range(3):
        stage.time.advance(minutes=25)
        assert browser.open("/messages").path == "/messages"
    stage.time.advance(minutes=31)
    assert browser.open("/messages").path == "/messages/enter?closed=1"


def test_nobody_can_keep_a_mailbox_open_for_longer_than_12_hours(
    stage: Stage, browser: Browser
) -> None:
    browser.enter(words_of(stage))
    for _ in range(28):
        stage.time.advance(minutes=25)
        assert browser.open("/messages").path == "/messages"
    stage.time.advance(minutes=25)
    assert browser.open("/messages").path.startswith("/messages/enter")


def test_a_reporter_can_send_what_was_typed_while_the_mailbox_closed(
    stage: Stage, browser: Browser
) -> None:
    words = words_of(stage)
    browser.enter(words)
    stage.time.advance(minutes=31)
    browser.send(message="A long story.", id="")
    assert "was not sent" in browser.text
    assert count_messages(stage) == 0
    wrong = {"code": "one two", "unsent": "A long story."}
    browser.send("/messages/enter", **wrong)
    browser.send("/messages/enter", code=" ".join(words), unsent="A long story.")
    assert browser.path == "/messages"
    assert "A long story." in browser.page.text
    assert count_messages(stage) == 0
    browser.send(message="A long story.", id="")
    assert count_messages(stage) == 1


def test_a_reporter_can_see_a_message_again_after_a_very_long_break(
    stage: Stage, browser: Browser
) -> None:
    browser.enter(words_of(stage))
    stage.time.advance(hours=3)
    browser.send(message="Another story.", id="")
    assert browser.page.status_code == 400
    assert "Another story." in browser.page.text


def test_a_reporter_can_see_a_message_again_when_the_token_is_not_right(
    stage: Stage, browser: Browser
) -> None:
    browser.enter(words_of(stage)).send(message="My words.", csrf_token="forged")
    assert browser.page.status_code == 400
    assert "My words." in browser.page.text
    assert count_messages(stage) == 0


def test_a_reporter_cannot_send_one_message_twice(stage: Stage, browser: Browser) -> None:
    browser.enter(words_of(stage))
    form = {"message": "Once.", "id": "7a1c8c1e-9a5b-4c47-8a57-0c2f6f0a3d11"}
    browser.post_only("/messages", **form)
    browser.post_only("/messages", **form)
    assert count_messages(stage) == 1


@pytest.mark.parametrize(
    ("message", "told"), [("", "Write something before you send it"), ("x" * 50_001, "too long")]
)
def test_a_reporter_cannot_send_nothing_or_too_much(
    stage: Stage, browser: Browser, message: str, told: str
) -> None:
    browser.enter(words_of(stage)).send(message=message, id="")
    assert told in browser.text
    assert message in browser.page.text
    assert count_messages(stage) == 0


def test_a_reporter_can_close_the_mailbox(stage: Stage, browser: Browser) -> None:
    browser.enter(words_of(stage)).send("/messages/leave")
    assert browser.path == "/"
    with stage.system.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReporterSession)) == 0
    assert browser.open("/messages").path == "/messages/enter?closed=1"


def test_a_reporter_can_keep_a_draft_while_reading_older_messages(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/what").send(concern="A second thing.")
    browser.enter(words_of(stage))
    assert "A second thing." in browser.open("/form/check").text


def test_a_reporter_cannot_see_anything_of_another_reporters_case(
    stage: Stage, app: Flask, browser: Browser
) -> None:
    words = send_now(browser, "Mine alone.").words
    other = Browser(app).enter(words_of(stage))
    other.send(message="Hello?", id="")
    browser.prove().enter(words)
    assert "Hello?" not in browser.page.text


def test_the_access_code_and_the_key_cannot_be_found_in_a_cookie_or_an_address(
    browser: Browser,
) -> None:
    words = send_now(browser).words
    browser.prove().enter(words)
    cookie = browser.client.get_cookie("v")
    assert cookie is not None
    assert len(cookie.value) < 200
    assert not any(word in browser.page.request.url for word in words)
