"""Marks of routes, and cookies of one app in the other. `test_matrix` tries every route."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import Client

from safeshare import app as creating
from safeshare.app import REPORTER_COOKIE, STAFF_COOKIE, create_app, create_reporter_app
from safeshare.app import create_staff_app as create_staff
from safeshare.gate import UseCase
from safeshare.kernel.errors import MisconfiguredError
from safeshare.web.shared.doors import check_every_door, door_of
from safeshare.wiring import System
from tests.cast import Stage
from tests.web.reporter.browsing import Browser
from tests.web.staff.desk import Desk


@pytest.mark.parametrize("create", [create_reporter_app, create_staff])
def test_each_app_cannot_start_once_a_route_has_no_mark(
    sqlite_stage: Stage, create: Callable[[System], Flask]
) -> None:
    app = create(sqlite_stage.system)
    app.add_url_rule("/forgotten", "forgotten", lambda: "anything")
    with pytest.raises(MisconfiguredError, match="forgotten"):
        check_every_door(app)


@pytest.mark.parametrize(
    ("create", "register"),
    [(create_reporter_app, "register_reporter"), (create_staff, "register_staff")],
)
def test_an_app_that_was_given_a_route_without_a_mark_cannot_start(
    sqlite_stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    create: Callable[[System], Flask],
    register: str,
) -> None:
    ours: Callable[[Flask, System], None] = getattr(creating, register)

    def with_one_more(app: Flask, system: System) -> None:
        ours(app, system)
        app.add_url_rule("/forgotten", "forgotten", lambda: "anything")

    monkeypatch.setattr(creating, register, with_one_more)
    with pytest.raises(MisconfiguredError, match="forgotten"):
        create(sqlite_stage.system)


@pytest.mark.parametrize("create", [create_reporter_app, create_staff])
def test_each_route_can_name_its_use_cases_or_why_it_is_open(
    sqlite_stage: Stage, create: Callable[[System], Flask]
) -> None:
    app = create(sqlite_stage.system)
    for name, view in app.view_functions.items():
        door = door_of(view)
        assert door is not None, name
        assert bool(door.use_cases) != bool(door.open_because), name
        assert all(isinstance(one, UseCase) for one in door.use_cases), name


@pytest.mark.parametrize("name", ["administrator", "hr_1", "overseer", "hr_supervisor"])
def test_whoever_is_no_leader_cannot_read_releases(sqlite_stage: Stage, name: str) -> None:
    desk = Desk(create_staff(sqlite_stage.system).test_client(), sqlite_stage)
    desk.sign_in(name)
    for address in ("/themes", "/themes/2026-01"):
        assert desk.get(address).status_code == 404


def test_a_reporters_cookie_cannot_open_anything_of_the_staff(sqlite_stage: Stage) -> None:
    _, code = sqlite_stage.submit()
    mailbox = Browser(create_reporter_app(sqlite_stage.system)).enter(list(code.words))
    assert mailbox.path == "/messages"
    kept = mailbox.client.get_cookie(REPORTER_COOKIE)
    assert kept is not None
    for cookie in (REPORTER_COOKIE, STAFF_COOKIE):
        visitor = Client(create_app(sqlite_stage.system))
        visitor.set_cookie(cookie, kept.value)
        assert visitor.get("/staff/").status_code == 303
        assert visitor.get("/staff/unsent").status_code == 303


def test_a_handlers_cookie_cannot_open_a_mailbox(sqlite_stage: Stage) -> None:
    desk = Desk(create_staff(sqlite_stage.system).test_client(), sqlite_stage)
    desk.sign_in("hr_1")
    kept = desk.client.get_cookie(STAFF_COOKIE, path="/staff")
    assert kept is not None
    for cookie in (REPORTER_COOKIE, STAFF_COOKIE):
        visitor = Client(create_app(sqlite_stage.system))
        visitor.set_cookie(cookie, kept.value)
        assert visitor.get("/messages").location.endswith("/messages/enter?closed=1")
        assert visitor.get("/form/code").status_code == 303
