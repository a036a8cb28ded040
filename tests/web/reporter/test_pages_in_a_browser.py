"""The information pages and the exit in a real browser, with and without scripts."""

import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import BaseWSGIServer, make_server

from safeshare.web.reporter import pages
from safeshare.web.shared.prepare import prepare

pytestmark = pytest.mark.journey

FACTS = Path(__file__).parents[3] / "config" / "defaults" / "support.toml"
PAGES = ["/", "/support", "/how-we-handle-concerns", "/privacy", "/accessibility", "/nowhere"]


def _reporter_app() -> Flask:
    app = Flask("sample", static_folder=None)
    app.secret_key = "a key of the tests"
    prepare(app, audience="reporter", version="1", organisation="Estuary")
    pages.add_pages(app, tomllib.loads(FACTS.read_text()))
    return app


def _weather_app() -> Flask:
    app = Flask("weather", static_folder=None)
    app.add_url_rule("/", "weather", lambda: "<title>Weather</title><h1>Rain later</h1>")
    return app


def _serve(app: Flask) -> Iterator[str]:
    server: BaseWSGIServer = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def weather() -> Iterator[str]:
    yield from _serve(_weather_app())


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    yield from _serve(_reporter_app())


@pytest.fixture(autouse=True)
def _exit_to_the_weather(weather: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "ELSEWHERE", weather + "/")


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Browser:
    return chromium


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param)
    yield context.new_page()
    context.close()


@pytest.fixture
def scripted(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_anybody_can_read_each_page_at_any_width(
    scripted: Page, site: str, path: str, width: int
) -> None:
    complaints: list[str] = []
    scripted.on("pageerror", lambda error: complaints.append(str(error)))
    scripted.set_viewport_size({"width": width, "height": 700})
    scripted.goto(site + path)
    scripted.wait_for_selector("body.govuk-frontend-supported")
    assert scripted.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(scripted).response["violations"]
    assert [(each["id"], each["impact"]) for each in found] == []
    assert complaints == []


def test_a_reporter_can_leave_by_one_press(page: Page, site: str, weather: str) -> None:
    page.goto(site + "/privacy")
    page.get_by_role("button", name="Exit this page").click()
    page.wait_for_url(weather + "/")
    assert page.title() == "Weather"


def test_somebody_who_presses_back_cannot_come_to_the_page_that_was_left(
    scripted: Page, site: str, weather: str
) -> None:
    scripted.goto("about:blank")
    scripted.goto(site + "/privacy")
    scripted.get_by_role("button", name="Exit this page").click()
    scripted.wait_for_url(weather + "/")
    scripted.go_back()
    assert "Privacy" not in scripted.content()


def test_a_reporter_can_see_nothing_more_from_the_moment_of_leaving(
    scripted: Page, site: str
) -> None:
    # Without content the browser stays where it is, as if the server never answered.
    scripted.route("**/exit", lambda route: route.fulfill(status=204))
    scripted.goto(site + "/privacy")
    scripted.get_by_role("button", name="Exit this page").click()
    scripted.wait_for_selector("main", state="detached")
    assert scripted.inner_text("body").strip() == "Leaving this page"
    assert scripted.title() == "…"


def comes_where_no_press_is_forgotten(page: Page, address: str) -> None:
    """Come to a page that has no timers: a busy machine takes long between two presses."""
    page.goto(address)
    page.evaluate("() => { window.setTimeout = () => 0; }")


def test_a_reporter_can_leave_by_pressing_shift_three_times(
    scripted: Page, site: str, weather: str
) -> None:
    comes_where_no_press_is_forgotten(scripted, site + "/")
    for _ in range(3):
        scripted.keyboard.press("Shift")
    scripted.wait_for_url(weather + "/")


def test_a_reporter_cannot_leave_by_typing_capital_letters(scripted: Page, site: str) -> None:
    comes_where_no_press_is_forgotten(scripted, site + "/")
    scripted.keyboard.press("Shift")
    assert "2 more times" in scripted.inner_text("[data-exit-status]")
    for _ in range(4):
        scripted.keyboard.press("Shift+A")
    assert scripted.inner_text("[data-exit-status]") == ""
    assert scripted.url == site + "/"


def test_a_reporter_can_reach_the_exit_by_keyboard(page: Page, site: str, weather: str) -> None:
    page.goto(site + "/")
    for _ in range(3):  # To the content, the name of the service, the exit.
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(weather + "/")


def test_leaving_cannot_take_long(scripted: Page, site: str, weather: str) -> None:
    """It is one request of ours, and no more until the other page is asked for."""
    scripted.goto(site + "/")
    asked: list[str] = []
    scripted.on("request", lambda request: asked.append(request.url))
    scripted.get_by_role("button", name="Exit this page").click()
    scripted.wait_for_url(weather + "/")
    assert asked[:2] == [site + "/exit", weather + "/"]
