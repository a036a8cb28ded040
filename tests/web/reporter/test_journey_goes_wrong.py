"""What goes wrong on the way, and that nothing typed is ever lost."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from safeshare.app import create_reporter_app
from safeshare.concerns.models import Case
from safeshare.gate.models import ReporterSession
from safeshare.kernel.actors import Stranger
from safeshare.people.models import StaffMember
from safeshare.vault import LaneLimits, Permits
from tests.cast import Stage
from tests.web.reporter.browsing import Browser, held_by_somebody_else, send_now

LONG = "He wrote it on the wall. " * 40


def count_cases(stage: Stage) -> int:
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def count_sessions(stage: Stage) -> int:
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(ReporterSession)) or 0


def make_everybody_leave(stage: Stage) -> None:
    with stage.gate.door(Stranger()).change() as session:
        session.execute(update(StaffMember).values(mac=b"forged"))
        session.info.clear()


def lose_the_database(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_given: object, **_named: object) -> None:
        raise OperationalError("connect", {}, OSError("away"))

    for name in ("reading", "writing"):
        monkeypatch.setattr(type(stage.system.database), name, gone)


# Sending


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


# The code page


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


# Exit


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


# Forms that come too late, or from elsewhere


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
        row.box = replace(row.box, blob=row.box.blob[:-1] + b"\x00")
    assert browser.open("/form/check").path == "/form/what"
    assert "Mine." not in browser.page.text


# Text of every kind


@pytest.mark.parametrize("field", ["concern", "wishes"])
def test_a_reporter_cannot_send_more_than_50000_characters_and_sees_all_of_it_again(
    browser: Browser, field: str
) -> None:
    told: dict[str, Any] = {"concern": "Short.", "wishes": ""} | {field: "y" * 50_001}
    browser.open("/form/what").send(**told)
    assert browser.path == "/form/what"
    assert "y" * 50_001 in browser.page.text
    assert "There is a problem" in browser.text


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


# Failures that are ours


def test_a_reporter_can_keep_the_draft_when_nobody_may_be_given_it(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/what").send(concern="Keep me.")
    make_everybody_leave(stage)
    browser.open("/form/check")
    assert browser.page.status_code == 503
    assert "There is nobody at the moment who may be given this" in browser.text
    assert "Keep me." in browser.open("/form/what").page.text
    assert count_cases(stage) == 0


def test_a_reporter_can_keep_the_draft_when_too_many_send_at_once(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/what").send(concern="Keep me.").open("/form/check")
    nobody = LaneLimits(permits=1, most_waiting=0)
    permits = Permits(nobody, nobody, nobody)
    gate = replace(stage.gate, vault=replace(stage.gate.vault, permits=permits))
    busy = Browser(create_reporter_app(replace(stage.system, gate=gate)))
    busy.client = browser.client.__class__(busy.app, busy.app.response_class, use_cookies=True)
    cookie = browser.client.get_cookie("v")
    assert cookie is not None
    busy.client.set_cookie("v", cookie.value)
    busy.open("/form/check")
    with held_by_somebody_else(permits, "send"):
        page = busy.post_only("/form/check")
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert count_cases(stage) == 0
    assert "Keep me." in browser.open("/form/check").text


def test_a_reporter_can_see_what_was_typed_when_the_database_is_gone_and_send_it_again(
    stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.open("/form/what")
    with monkeypatch.context() as broken:
        lose_the_database(stage, broken)
        browser.send(concern=LONG, wishes="Stop it.")
        assert browser.page.status_code == 503
        assert LONG.strip() in browser.page.text
        assert "Stop it." in browser.page.text
        assert browser.token
    browser.send("/form/what", concern=LONG, wishes="Stop it.")
    assert browser.path == "/form/more"


def test_a_reporter_can_see_what_was_typed_when_the_database_goes_while_it_is_saved(
    stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_given: object, **_named: object) -> None:
        raise OperationalError("commit", {}, OSError("away"))

    browser.open("/form/what")
    monkeypatch.setattr(type(stage.system.database), "writing", gone)
    browser.send(concern=LONG)
    assert browser.page.status_code == 503
    assert LONG.strip() in browser.page.text


def test_a_failure_cannot_put_what_was_typed_into_the_log(
    stage: Stage,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    browser.open("/form/what")
    lose_the_database(stage, monkeypatch)
    browser.send(concern="the planted secret of this test")
    assert browser.page.status_code == 503
    assert "planted secret" not in caplog.text
