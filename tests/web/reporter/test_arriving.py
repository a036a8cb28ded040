"""No other site can take a visitor's draft or mailbox from them by a link, a form or a picture."""

import pytest

from tests.web.reporter.browsing import Browser

ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize("path", ["/form/safety", "/messages/enter"])
def test_a_link_of_another_site_cannot_bring_a_new_cookie(browser: Browser, path: str) -> None:
    """The browser sends no cookie with it, and would put ours in the place of the one it has."""
    stranger = browser.app.test_client()
    answer = stranger.get(path, headers=ELSEWHERE)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert '<meta http-equiv="refresh" content="0">' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    again = stranger.get(path, headers={"Sec-Fetch-Site": "same-origin"})
    assert "csrf_token" in again.text
    assert "Set-Cookie" in again.headers


def test_a_page_that_begins_no_session_is_shown_at_once(browser: Browser) -> None:
    assert "Start now" in browser.client.get("/", headers=ELSEWHERE).text


@pytest.mark.parametrize("path", ["/form/safety", "/messages/enter", "/exit", "/messages/leave"])
def test_a_form_of_another_site_is_refused(browser: Browser, path: str) -> None:
    answer = browser.app.test_client().post(path, headers=ELSEWHERE, data={"code": "x"})
    assert answer.status_code == 403
    assert not {"Set-Cookie", "Clear-Site-Data"} & set(answer.headers.keys())


def test_no_other_site_can_end_a_visit(browser: Browser) -> None:
    """By a picture at the address of the exit, say."""
    answer = browser.app.test_client().get("/exit", headers=ELSEWHERE)
    assert answer.status_code == 303
    assert not {"Set-Cookie", "Clear-Site-Data"} & set(answer.headers.keys())
