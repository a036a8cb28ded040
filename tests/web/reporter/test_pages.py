import copy
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient

from safeshare.kernel.errors import MisconfiguredError
from safeshare.web.reporter.pages import ELSEWHERE, add_pages, read_information
from safeshare.web.shared.doors import check_every_door, open_page
from safeshare.web.shared.prepare import prepare

DEFAULTS = Path(__file__).parents[3] / "config" / "defaults"
FACTS: dict[str, Any] = tomllib.loads((DEFAULTS / "support.toml").read_text())
PAGES = ["/", "/support", "/how-we-handle-concerns", "/privacy", "/accessibility"]
PROMISE = (
    "Whoever steals the database, the backups, Redis, the logs or the mail cannot read what was "
    "said, by whom or about whom; they learn only what safeshare exposure prints. Nobody who was "
    "not given a case can open it from the application, the database or a backup, whatever their "
    "role. Someone in control of the running server could read what passes through it: so it "
    "should be run by people outside the service's own line."
)
# Built by the pages of the form and of the mailbox.
ELSEWHERE_IN_THE_APP = {"/form/safety", "/messages/enter"}


def make_app() -> Flask:
    app = Flask("sample", static_folder=None)
    app.secret_key = "a key of the tests"
    prepare(app, audience="reporter", version="1", organisation="Estuary")
    add_pages(app, FACTS)

    @app.get("/remember")
    @open_page("a test page")
    def remember() -> str:
        session["draft"] = "words"
        return "kept"

    return app


@pytest.fixture
def client() -> FlaskClient:
    return make_app().test_client()


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", page).replace("&#39;", "'").split())


def test_the_reporter_app_can_start_with_every_page_marked() -> None:
    check_every_door(make_app())


@pytest.mark.parametrize("path", PAGES)
def test_anybody_can_read_each_page_and_see_who_answers_for_it(
    client: FlaskClient, path: str
) -> None:
    response = client.get(path)
    text = words(response.text)
    assert response.status_code == 200
    assert response.text.count("<h1") == 1
    assert "Independent concerns lead answers for the words on this page" in text
    assert "Last reviewed on 20 November 2026. To be reviewed by 20 May 2027." in text
    assert "call 999" in text
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_can_follow_every_link_of_our_own(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    for address in set(re.findall(r'href="(/[^"#]*)(?:#[^"]*)?"', page)) - ELSEWHERE_IN_THE_APP:
        assert client.get(address).status_code in {200, 303}, address
    for address, anchor in re.findall(r'href="(/[^"#]*)#([^"]+)"', page):
        assert f'id="{anchor}"' in client.get(address).text


@pytest.mark.parametrize("path", PAGES)
def test_another_site_cannot_learn_where_a_visitor_came_from(
    client: FlaskClient, path: str
) -> None:
    for link in re.findall(r'<a [^>]*href="https?://[^>]*>', client.get(path).text):
        assert 'rel="noreferrer noopener external"' in link


@pytest.mark.parametrize("path", PAGES)
def test_a_title_cannot_tell_what_the_page_is_about(client: FlaskClient, path: str) -> None:
    title = re.search(r"<title>(.*?)</title>", client.get(path).text)
    assert title is not None
    assert not re.search("safeshare|concern|report|whistle|estuary", title[1], re.IGNORECASE)


def test_a_visitor_can_read_on_the_start_page_which_device_is_safe(client: FlaskClient) -> None:
    text = words(client.get("/").text)
    assert "Use your own phone or computer" in text
    assert "an employer can see which websites they visit" in text
    assert text.index("999") < text.index("own phone") < text.index("Start now")


def test_a_visitor_can_read_the_promise_in_its_own_words(client: FlaskClient) -> None:
    assert PROMISE in words(client.get("/privacy").text)


@pytest.mark.parametrize("case", ["life is at risk", "child", "police", "court", "write to you"])
def test_a_visitor_can_read_the_limits_of_confidentiality(client: FlaskClient, case: str) -> None:
    assert case in words(client.get("/privacy").text).split("What we promise")[0]


def test_a_visitor_can_read_the_times_that_the_timetable_promises(client: FlaskClient) -> None:
    timetable = tomllib.loads((DEFAULTS / "timetable.toml").read_text())
    promises = {promise["kind"]: promise for promise in timetable["promise"]}
    text = words(client.get("/how-we-handle-concerns").text)
    assert f"Within {promises['reply']['working_days']} working days" in text
    assert f"{promises['reply_at_latest']['days']} calendar days at the latest" in text
    assert f"At least every {promises['update']['days']} days" in text
    assert f"Within {promises['feedback']['months']} months" in text


def test_a_visitor_can_find_every_route_of_the_file(client: FlaskClient) -> None:
    text = words(client.get("/support").text)
    for route in FACTS["route"]:
        assert route["name"] in text
        assert route.get("phone", "") in text


def test_a_service_cannot_publish_pages_without_their_facts() -> None:
    for section in ("review", "organisation", "route"):
        with pytest.raises(MisconfiguredError):
            read_information({key: value for key, value in FACTS.items() if key != section})


@pytest.mark.parametrize(
    "change", [{"group": "nowhere"}, {"website": "http://example.test"}, {"colour": "red"}]
)
def test_a_service_cannot_publish_a_route_that_makes_no_sense(change: dict[str, str]) -> None:
    facts = copy.deepcopy(FACTS)
    facts["route"][0] |= change
    with pytest.raises(MisconfiguredError):
        read_information(facts)


def test_a_visitor_can_leave_and_take_the_visit_along(client: FlaskClient) -> None:
    client.get("/remember")
    assert client.get_cookie("session") is not None
    response = client.get("/exit")
    assert response.status_code == 303
    assert response.location == ELSEWHERE
    assert response.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert response.headers["Cache-Control"] == "no-store"
    assert client.get_cookie("session") is None


class BrokenSessions(SecureCookieSessionInterface):
    """A session store whose database is away."""

    def open_session(self, app: Flask, request: object) -> None:
        raise ConnectionError


def test_a_visitor_can_leave_even_when_the_session_store_is_gone() -> None:
    app = make_app()
    app.session_interface = BrokenSessions()
    response = app.test_client().get("/exit")
    assert response.status_code == 303
    assert response.location == ELSEWHERE
    assert "session=;" in response.headers["Set-Cookie"]
    assert "Clear-Site-Data" in response.headers
