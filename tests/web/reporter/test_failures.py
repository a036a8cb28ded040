"""Failures that are ours, and what they leave of what somebody typed."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, event, func, select, update
from sqlalchemy.exc import OperationalError

from safeshare.app import create_reporter_app
from safeshare.gate import SessionRows
from safeshare.kernel.actors import Stranger
from safeshare.people.models import StaffMember
from safeshare.vault import LaneLimits, Permits
from tests.cast import Stage
from tests.web.reporter.behind import count_cases, lose_the_database
from tests.web.reporter.browsing import Browser, held_by_somebody_else

LONG = "He wrote it on the wall. " * 40


def make_everybody_leave(stage: Stage) -> None:
    with stage.gate.door(Stranger()).change() as session:
        session.execute(update(StaffMember).values(mac=b"forged"))
        session.info.clear()


def test_a_reporter_can_keep_the_draft_when_nobody_may_be_given_it(
    stage: Stage, browser: Browser
) -> None:
    browser.open("/form/what").send(concern="Keep me.")
    make_everybody_leave(stage)
    browser.open("/form/check")
    assert "There is nobody at the moment who may be given this" in browser.text
    assert "With these ticks" not in browser.text
    assert browser.post_only("/form/check").status_code >= 400
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
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_given: object, **_named: object) -> None:
        raise OperationalError("commit", {}, OSError("away"))

    browser.open("/form/what")
    monkeypatch.setattr(SessionRows, "save", gone)
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


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/form/name", {"name": "Jo", "phone": "07700 900123", "reach": "text only"}),
        ("/form/reach", {"address": "jo@home.example"}),
        ("/messages/enter", {"unsent": "Hello?"}),
    ],
)
def test_a_reporter_can_see_a_short_answer_when_the_database_is_gone(
    stage: Stage,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    typed: dict[str, str],
) -> None:
    browser.open("/form/what")
    lose_the_database(stage, monkeypatch)
    page = browser.post_only(path, **typed)
    assert page.status_code == 503
    for name, value in typed.items():
        assert value in page.text
        assert f'<textarea class="govuk-textarea" id="{name}"' in page.text


def test_a_reporter_can_send_a_choice_again_when_the_database_is_gone(
    stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.open("/form/what")
    lose_the_database(stage, monkeypatch)
    page = browser.post_only("/form/want", want="support")
    assert '<input type="hidden" name="want" value="support">' in page.text


def test_an_access_code_cannot_be_read_on_the_page_of_a_failure(
    stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.open("/form/what")
    lose_the_database(stage, monkeypatch)
    pages = [
        browser.post_only("/messages/enter", code="planted words", unsent="Hello?"),
        browser.post_only("/form/code", first="planted", second="planted"),
    ]
    assert [page.status_code for page in pages] == [503, 503]
    assert all("planted" not in page.text for page in pages)


def test_a_reporter_can_send_again_when_postgres_drops_the_connection_in_the_middle(
    postgres_stage: Stage,
) -> None:
    browser = Browser(create_reporter_app(postgres_stage.system))
    browser.open("/form/what").send(concern="Keep me.").open("/form/check")
    engine = postgres_stage.system.database.engine

    def drop(connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("INSERT INTO party"):
            event.remove(engine, "before_cursor_execute", drop)
            backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with engine.connect() as other:
                other.execute(select(func.pg_terminate_backend(backend)))

    event.listen(engine, "before_cursor_execute", drop)
    assert browser.post_only("/form/check").status_code == 503
    assert count_cases(postgres_stage) == 0
    assert "Keep me." in browser.open("/form/check").text
    browser.send()
    assert browser.path == "/form/code"
    assert count_cases(postgres_stage) == 1
