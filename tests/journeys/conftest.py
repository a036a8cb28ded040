"""The demo's one server over a stage, and people with browsers who visit it."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from safeshare.app import create_app
from safeshare.web.reporter import pages
from safeshare.web.shared.mounting import WSGIApp
from tests.cast import Stage
from tests.journeys.judging import Judge
from tests.journeys.person import Person
from tests.journeys.reporter import Reporter

P = TypeVar("P", bound=Person)

PATIENCE_MS = 30_000
"""How long a browser waits for a page or a part of it on a busy machine."""


class Visits(Protocol):
    """How a story lets somebody come in."""

    def __call__(self, kind: type[P], *, scripts: bool | None = None) -> P:
        """A person of this kind with a new browser; scripts run as the story is told."""


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the stories look at the pages."""


@contextmanager
def served(app: WSGIApp) -> Iterator[str]:
    """Serve an app on a free port for the length of a `with` block. Gives its address."""
    server: BaseWSGIServer = make_server(
        "127.0.0.1", 0, app, threaded=True, request_handler=_Silent
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[str]:
    """Another site, where somebody goes who leaves."""
    app = Flask("weather", static_folder=None)
    app.add_url_rule("/", "weather", lambda: "<title>Weather</title><h1>Rain later</h1>")
    app.add_url_rule("/favicon.ico", "icon", lambda: ("", 204))
    with served(app) as address:
        yield address


@pytest.fixture(scope="session")
def judge(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """What judges each page once in a run, in whichever of its processes."""
    own = tmp_path_factory.getbasetemp()
    passed = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "judged"
    passed.mkdir(exist_ok=True)
    expect.set_options(timeout=PATIENCE_MS)
    return Judge(chromium, passed)


@pytest.fixture
def address(sqlite_stage: Stage) -> Iterator[str]:
    """Where the product is served, over an installation with its cast on SQLite."""
    with served(create_app(sqlite_stage.system)) as found:
        yield found


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the browsers of a story run scripts: it is told once with and once without."""
    return bool(request.param)


@contextmanager
def people(chromium: Browser, address: str, elsewhere: str, judge: Judge) -> Iterator[Visits]:
    """Let people come in. In the end nobody may have had anything to complain about."""
    came: list[Person] = []
    judge.begin()

    def come(kind: type[P], *, scripts: bool | None = None) -> P:
        runs = True if scripts is None else scripts
        context = chromium.new_context(java_script_enabled=runs)
        context.set_default_timeout(PATIENCE_MS)
        person = kind(context.new_page(), address, elsewhere, judge, runs)
        came.append(person)
        return person

    yield come
    for person in [one for one in came if one.scripts and one.is_here][-1:]:
        judge.end(person.page)
    complaints = [complaint for person in came for complaint in person.complaints]
    for person in came:
        person.page.context.close()
    assert complaints == []


@pytest.fixture
def visits(
    chromium: Browser,
    address: str,
    elsewhere: str,
    judge: Judge,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Visits]:
    """People who visit the product."""
    monkeypatch.setattr(pages, "ELSEWHERE", f"{elsewhere}/")
    with people(chromium, address, elsewhere, judge) as come:
        yield come


@pytest.fixture
def reporter(visits: Visits, scripts: bool) -> Reporter:
    """Somebody with a concern."""
    return visits(Reporter, scripts=scripts)
