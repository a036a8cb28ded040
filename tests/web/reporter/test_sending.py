"""Sending, the code page, and the way out."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from safeshare.gate.models import ReporterSession
from safeshare.kernel.actors import Stranger
from tests.cast import Stage
from tests.web.reporter.behind import count_cases, lose_the_database
from tests.web.reporter.browsing import Browser, send_now


def count_sessions(stage: Stage) -> int:
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(ReporterSession)) or 0


def test_a_reporter_can_press_send_twice_and_it_is_one_concern(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/what").send(concern="Once.").open("/form/check")
    first = browser.post_only("/form/check")
    second = browser.post_only("/form/check")
    assert (first.status_code, second.status_code) == (303, 303)
    assert count_cases(stage) == 1
    words = browser.open("/form/code").words
    assert len(words) == 8
    assert browser.open("/form/code").words == words


def test_a_reporter_whose_answer_was_lost_on_the_way_can_send_again_and_it_is_one_concern(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/what").send(concern="Once.").open("/form/check")
    cookie = browser.client.get_cookie("v")
    assert cookie is not None
    with stage.system.database.reading() as session:
        before = session.scalars(select(ReporterSession)).one()
    browser.post_only("/form/check")
    with stage.gate.door(Stranger()).change() as changing:
        changing.merge(
            ReporterSession(id_hash=before.id_hash, box=before.box, purge_on=before.purge_on)
        )
    browser.post_only("/form/check")
    assert count_cases(stage) == 1
    assert len(browser.open("/form/code").words) == 8


def test_a_reporter_cannot_send_without_saying_what_happened(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/check")
    assert browser.path == "/form/what"
    browser.send(concern=" \u200b\n ")
    assert "Write something here, however short" in browser.text
    assert browser.page.text.count("<title>Error: ") == 1
    assert count_cases(stage) == 0


def test_a_reporter_cannot_skip_the_check_page(stage: Stage, browser: Browser) -> None:
    browser.open("/form/what").send(concern="Something.")
    browser.send("/form/check")
    assert browser.path == "/form/check"
    assert count_cases(stage) == 0


def test_a_reporter_cannot_begin_anew_before_the_code_is_saved(browser: Browser) -> None:
    words = send_now(browser).words
    for path in ("/form/safety", "/form/check", "/form/done"):
        assert browser.open(path).path == "/form/code"
        assert browser.words == words


def test_a_reporter_cannot_prove_the_code_with_wrong_words(browser: Browser) -> None:
    words = send_now(browser).words
    browser.send(first="zebra", second="")
    assert browser.path == "/form/code"
    assert browser.text.count("is not right") >= 2
    assert browser.words == words


def test_a_reporter_can_prove_the_code_and_then_nobody_can_see_it_again(
    app: Flask, browser: Browser
) -> None:
    words = send_now(browser).words
    cookie = browser.client.get_cookie("v")
    assert cookie is not None
    browser.prove()
    assert browser.path == "/form/done"
    assert browser.open("/form/code").path == "/form/done"
    assert browser.words == []
    assert " ".join(words) not in browser.text
    thief = Browser(app)
    thief.client.set_cookie("v", cookie.value)
    assert thief.open("/form/code").path == "/"


def test_a_reporter_can_go_on_without_saving_the_code_and_is_told_what_it_means(
    browser: Browser,
) -> None:
    send_now(browser).send(unsaved="yes")
    assert browser.path == "/form/done"
    assert "you cannot read our answers here" in browser.text


def test_a_reporter_cannot_see_the_code_after_30_minutes(stage: Stage, browser: Browser) -> None:
    send_now(browser)
    stage.time.advance(minutes=29)
    assert len(browser.open("/form/code").words) == 8
    stage.time.advance(minutes=1)
    assert browser.open("/form/code").path == "/form/done"
    assert browser.words == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_reporter_can_leave_at_once_and_leaves_nothing(
    stage: Stage, browser: Browser, method: str
) -> None:
    browser.open("/form/what").send(concern="Secret.")
    left = browser.client.open("/exit", method=method)
    assert left.status_code == 303
    assert left.headers["Location"].startswith("https://www.bbc.co.uk")
    assert left.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert browser.client.get_cookie("v") is None
    assert count_sessions(stage) == 0
    assert "Secret." not in browser.open("/form/what").page.text


def test_a_reporter_can_leave_even_when_the_database_is_gone(
    stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.open("/form/what").send(concern="Secret.")
    lose_the_database(stage, monkeypatch)
    left = browser.client.get("/exit")
    assert left.status_code == 303
    assert browser.client.get_cookie("v") is None
