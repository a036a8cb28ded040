import logging
import re

import pytest
from flask import Flask, Response, make_response
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient

from safeshare.kernel.errors import code_location
from safeshare.web.shared.errors import answer_whatever_fails, on_expired_form
from tests.web.shared.conftest import SECRET, TROUBLES, make_app

STATUSES = {
    "missing": 404,
    "stale": 409,
    "busy": 503,
    "sealed": 500,
    "nobody": 503,
    "invalid": 400,
    "secret": 400,
    "misconfigured": 500,
    "gone": 503,
    "bug": 500,
}
CODES = [400, 403, 404, 405, 409, 413, 429, 500, 503]


def heading(response: object) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", getattr(response, "text", ""))
    assert found is not None
    return found[1]


def test_every_trouble_can_be_tried() -> None:
    assert STATUSES.keys() == TROUBLES.keys()


@pytest.mark.parametrize("kind", STATUSES)
def test_a_visitor_can_read_a_page_about_each_trouble_and_nothing_of_its_content(
    client: FlaskClient, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = client.get(f"/trouble/{kind}")
    assert response.status_code == STATUSES[kind]
    assert heading(response)
    assert SECRET not in response.text
    assert SECRET not in caplog.text
    assert TROUBLES[kind].__name__ not in response.text


@pytest.mark.parametrize("code", CODES)
def test_a_visitor_can_read_a_page_of_its_own_for_each_code(client: FlaskClient, code: int) -> None:
    response = client.get(f"/code/{code}")
    assert response.status_code == code
    assert response.text.count('<p class="govuk-body">') >= 3
    assert "Werkzeug" not in response.text


def test_each_code_can_be_told_from_the_others(client: FlaskClient) -> None:
    assert len({heading(client.get(f"/code/{code}")) for code in CODES}) == len(CODES)


def test_a_code_without_a_page_of_its_own_can_still_be_read(client: FlaskClient) -> None:
    assert client.get("/code/418").status_code == 418
    assert client.get("/code/501").status_code == 501


def test_a_redirect_cannot_become_an_error_page(client: FlaskClient) -> None:
    assert client.get("/elsewhere").status_code == 302


def test_a_visitor_can_see_which_methods_an_address_allows(client: FlaskClient) -> None:
    response = client.delete("/trouble/bug")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("kind", ["busy", "gone"])
def test_a_browser_can_tell_when_to_try_again(client: FlaskClient, kind: str) -> None:
    assert int(client.get(f"/trouble/{kind}").headers["Retry-After"]) > 0


def test_the_log_can_say_what_failed_and_where_but_not_with_what(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/trouble/bug")
    [record] = [r for r in caplog.records if r.name == "sample"]
    assert re.fullmatch(r"ValueError at .*conftest\.py:\d+ in trouble", record.getMessage())
    assert record.exc_info is None


def test_what_flask_logs_by_itself_cannot_carry_a_traceback(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        int(SECRET)
    except ValueError:
        app.logger.exception("failed with %s", SECRET)
    assert SECRET not in caplog.text
    assert "Traceback" not in caplog.text
    assert "ValueError at" in caplog.text


def test_a_location_can_be_missing() -> None:
    assert code_location(None) == "unknown"


class BrokenSessions(SecureCookieSessionInterface):
    """A session store whose database is away."""

    def open_session(self, app: Flask, request: object) -> None:
        raise TROUBLES["gone"](SECRET)


def test_a_visitor_can_read_the_page_when_even_the_session_is_gone(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    app.session_interface = BrokenSessions()
    response = app.test_client().get("/nowhere")
    assert response.status_code == 503
    assert response.headers["Cache-Control"] == "no-store"
    assert SECRET not in response.text
    assert SECRET not in caplog.text


def test_an_address_can_answer_whatever_fails(app: Flask) -> None:
    app.session_interface = BrokenSessions()
    answer_whatever_fails(app, "/exit", lambda: make_response("gone"))
    assert app.test_client().get("/exit").text == "gone"
    assert app.test_client().get("/other").status_code == 503


def test_a_form_without_its_token_cannot_be_sent(client: FlaskClient) -> None:
    response = client.post("/form", data={"what": SECRET})
    assert response.status_code == 400
    assert "open for too long" in heading(response)
    assert SECRET not in response.text


def test_an_app_can_show_an_expired_form_again() -> None:
    app = make_app()
    on_expired_form(app, lambda _error: Response("your words, in a fresh form", 200))
    assert app.test_client().post("/form").text == "your words, in a fresh form"


def test_an_app_can_leave_an_expired_form_to_the_plain_page() -> None:
    app = make_app()
    on_expired_form(app, lambda _error: None)
    assert app.test_client().post("/form").status_code == 400


def test_a_form_of_fifty_thousand_emoji_can_be_sent(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    response = app.test_client().post("/form", data={"what": "🔥" * 50_000})
    assert response.text == "50000"


def test_a_form_of_many_megabytes_cannot_be_sent(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    response = app.test_client().post("/form", data={"what": "x" * 3_000_000})
    assert response.status_code == 413
    assert "50,000 characters" in response.text


def test_an_error_page_cannot_be_silent_in_the_log_about_an_unknown_fault(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        app.test_client().get("/trouble/sealed")
    assert "SealBrokenError at" in caplog.text
