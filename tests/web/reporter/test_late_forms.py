"""Forms that come too late or from elsewhere, and text of every kind: nothing typed is lost."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from safeshare.gate.models import ReporterSession
from safeshare.kernel.actors import Stranger
from tests.cast import Stage
from tests.tampering import spoilt
from tests.web.reporter.browsing import Browser

LONG = "He wrote it on the wall. " * 40


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_reporter_can_see_the_typed_text_again_when_the_token_is_not_right(
    stage: Stage, browser: Browser, token: str
) -> None:
    browser.open("/form/what").send(csrf_token=token, concern=LONG, wishes="Stop it.")
    assert browser.page.status_code == 400
    assert LONG.strip() in browser.page.text
    assert "Stop it." in browser.page.text
    browser.send(concern=LONG, wishes="Stop it.")
    assert browser.path == "/form/more"


def test_a_reporter_can_see_the_typed_text_again_after_a_long_break(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/known").send(mode="named").send(name="Sam")
    stage.time.advance(hours=3)
    browser.send(concern=LONG)
    assert LONG.strip() in browser.page.text
    assert "had been open for too long" in browser.text
    browser.send(concern=LONG)
    assert browser.path == "/form/more"
    assert "Sam" not in browser.open("/form/check").text
    assert LONG.strip() in browser.text


def test_a_stranger_cannot_put_words_into_a_draft_from_another_site(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/what").send(concern="Mine.")
    browser.client.post("/form/what", data={"concern": "Planted.", "csrf_token": "x"})
    browser.open("/form/check")
    assert "Mine." in browser.text
    assert "Planted." not in browser.text


def test_a_stranger_cannot_replay_a_form_with_the_token_of_another_session(
    app: Flask, stage: Stage, browser: Browser
) -> None:
    token = browser.open("/form/what").token
    other = Browser(app).open("/form/what")
    other.send(csrf_token=token, concern="Replayed.")
    assert other.page.status_code == 400
    assert other.open("/form/check").path == "/form/what"


@pytest.mark.parametrize(
    "value",
    ["", "nonsense", "x" * 3000, "v1.AAAA.BBBB", "\u00ff\u2603"],
    ids=["empty", "word", "long", "shape", "unicode"],
)
def test_a_stranger_cannot_enter_with_a_forged_cookie(
    app: Flask, browser: Browser, value: str
) -> None:
    browser.open("/form/what").send(concern="Mine.")
    forger = Browser(app)
    forger.client.set_cookie("v", value.encode("unicode_escape").decode())
    assert forger.open("/form/check").path == "/form/what"
    assert "Mine." not in forger.page.text


def test_a_reporter_cannot_open_a_draft_whose_row_was_tampered_with(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/what").send(concern="Mine.")
    with stage.gate.door(Stranger()).change() as session:
        row = session.scalars(select(ReporterSession)).one()
        row.box = spoilt(row.box, -1)
    assert browser.open("/form/check").path == "/form/what"
    assert "Mine." not in browser.page.text


@pytest.mark.parametrize("field", ["concern", "wishes"])
def test_a_reporter_cannot_send_more_than_50000_characters_and_sees_all_of_it_again(
    browser: Browser, field: str
) -> None:
    told: dict[str, Any] = {"concern": "Short.", "wishes": ""} | {field: "y" * 50_001}
    browser.open("/form/what").send(**told)
    assert browser.path == "/form/what"
    assert "y" * 50_001 in browser.page.text
    assert "There is a problem" in browser.text


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("name", "name"),
        ("name", "phone"),
        ("name", "reach"),
        ("place", "where"),
        ("place", "when"),
        ("people", "who"),
        ("risk", "risk"),
        ("reach", "address"),
    ],
)
def test_a_reporter_has_50000_characters_taken_or_shown_again_in_every_other_field(
    browser: Browser, name: str, field: str
) -> None:
    browser.open("/form/known").send(mode="named")
    browser.open("/form/what").send(concern="Short.")
    browser.open(f"/form/{name}").send(**{field: "🚒" * 50_000})
    assert browser.page.status_code == 200
    if browser.path != f"/form/{name}":
        browser.open("/form/check")
    assert "🚒" * 50_000 in browser.page.text


def test_a_reporter_can_send_50000_characters_of_emoji(browser: Browser) -> None:
    browser.open("/form/what").send(concern="🚒" * 50_000)
    assert browser.path == "/form/more"
    assert "🚒" * 50_000 in browser.open("/form/check").page.text


@pytest.mark.parametrize(
    "text", ["שלום\u202e abc", "a\x00b\x08c", "<script>alert(1)</script>", "{{ 7*7 }} &amp;"]
)
def test_a_reporter_can_write_anything_and_it_stays_text(browser: Browser, text: str) -> None:
    browser.open("/form/what").send(concern=f"Start {text} end").send(further="no")
    shown = browser.text
    assert f"Start {text} end".replace("\x00", "").replace("\x08", "") in shown
    assert "<script>alert" not in browser.page.text


def test_a_reporter_cannot_send_more_than_the_server_reads(browser: Browser) -> None:
    token = browser.open("/form/what").token
    page = browser.client.post("/form/what", data={"csrf_token": token, "concern": "z" * 3_000_000})
    assert page.status_code == 413
    assert "That was too much to send at once" in page.text


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("safety", {"danger": "maybe"}),
        ("known", {"mode": "secretly"}),
        ("place", {"place": "../../etc/passwd"}),
        ("people", {"about": ["everybody"]}),
        ("team", {"handle_by": "the boss"}),
        ("reach", {"address": "not an address"}),
        ("reach", {"address": "a@b.example\r\nBcc: x@y.example"}),
        ("more", {}),
    ],
)
def test_a_reporter_cannot_give_an_answer_that_is_not_offered(
    browser: Browser, name: str, values: dict[str, Any]
) -> None:
    browser.open(f"/form/{name}").send(**values)
    assert browser.path == f"/form/{name}"
    assert "There is a problem" in browser.text


def test_a_reporter_cannot_give_a_name_longer_than_its_record(browser: Browser) -> None:
    browser.open("/form/known").send(mode="named").send(name="N" * 600, reach="by post")
    assert browser.path == "/form/name"
    assert "N" * 600 in browser.page.text
    assert "by post" in browser.page.text


@pytest.mark.parametrize("path", ["/form/nothing", "/form/name", "/messages/other", "/cases/SS-1"])
def test_a_stranger_cannot_find_pages_that_are_not_there(browser: Browser, path: str) -> None:
    assert browser.open(path).page.status_code == 404
