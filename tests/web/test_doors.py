"""Every route of both apps, tried by everybody who may not."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule
from werkzeug.test import Client, TestResponse

from safeshare.app import REPORTER_COOKIE, STAFF_COOKIE, create_app, create_reporter_app
from safeshare.app import create_staff_app as create_staff
from safeshare.gate import UseCase
from safeshare.kernel.errors import MisconfiguredError
from safeshare.tables import METADATA
from safeshare.web.shared.doors import check_every_door, door_of
from safeshare.wiring import System
from tests.cast import Stage
from tests.use_cases.handlers import attested, holders_of
from tests.web.reporter.browsing import Browser
from tests.web.staff.desk import Desk

FOR_VISITORS = {"assets.asset", "door.send_sign_in", "door.show_sign_in"}
FOR_ALL_STAFF = {"door.send_sign_out", "queue.home", "unsent.discard", "unsent.show_unsent"}
FOR_LEADERS = {"themes.show"}
TOLD = "Something is wrong."
OUTSIDE_THE_LEDGER = {"ledger_day", "ledger_entry", "staff_session", "staff_member"}
"""What may change when somebody is refused: the refusal is noted, and their session was seen."""


def a_case(stage: Stage) -> str:
    """The reference of a case with the team of Human Resources."""
    sent, _ = stage.submit()
    return sent.reference


def somebody(stage: Stage, reference: str, kind: str) -> str:
    """The sign-in name of one who may not, of this kind."""
    holders = holders_of(stage, reference)
    if kind == "colleague":
        return next(name for name in stage.enrolled if name[:3] == "hr_" and name not in holders)
    return holders[0] if kind == "holder before the question" else kind


def case_requests(app: Flask, reference: str) -> Iterator[tuple[str, str]]:
    """Every request that names a case, as method and address."""
    for rule in app.url_map.iter_rules():
        if "<reference>" in rule.rule:
            address = rule.rule.replace("<reference>", reference)
            yield from ((method, address) for method in _methods(rule))


def _methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) & {"GET", "POST"})


def counted(stage: Stage) -> dict[str, int]:
    """How many rows each table has, but for those that a refusal may add to."""
    with stage.system.database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in METADATA.sorted_tables
            if table.name not in OUTSIDE_THE_LEDGER
        }


def ask(desk: Desk, method: str, address: str) -> TestResponse:
    """Ask as somebody would who knows the form and its token."""
    return desk.get(address) if method == "GET" else desk.send(address, **FILLED)


FILLED = {
    "text": "I would like to say something.",
    "tie": "no",
    "status": "triage",
    "seen": "received",
    "outcome": "withdrawn",
    "themes": "harassment",
    "message_id": "0f8e2d1c-7b6a-4958-8776-655443322110",
}


@pytest.mark.parametrize("create", [create_reporter_app, create_staff])
def test_each_app_cannot_start_once_a_route_has_no_mark(
    sqlite_stage: Stage, create: Callable[[System], Flask]
) -> None:
    app = create(sqlite_stage.system)
    app.add_url_rule("/forgotten", "forgotten", lambda: "anything")
    with pytest.raises(MisconfiguredError, match="forgotten"):
        check_every_door(app)


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


def test_no_route_of_the_staff_app_can_be_forgotten_here(sqlite_stage: Stage) -> None:
    app = create_staff(sqlite_stage.system)
    of_a_case = {one.endpoint for one in app.url_map.iter_rules() if "<reference>" in one.rule}
    judged = FOR_VISITORS | FOR_ALL_STAFF | FOR_LEADERS | of_a_case
    assert set(app.view_functions) == judged


@pytest.mark.parametrize(
    "kind",
    [
        "administrator",
        "colleague",
        "holder before the question",
        "leader",
        "overseer",
        "safeguarding_1",
        "safeguarding_supervisor",
    ],
)
def test_whoever_may_not_cannot_do_anything_with_a_case(sqlite_stage: Stage, kind: str) -> None:
    app = create_staff(sqlite_stage.system)
    reference = a_case(sqlite_stage)
    desk = Desk(app.test_client(), sqlite_stage)
    desk.sign_in(somebody(sqlite_stage, reference, kind))
    before, may_be_asked = counted(sqlite_stage), kind == "holder before the question"
    tried = 0
    for method, address in case_requests(app, reference):
        if may_be_asked and address.endswith("/conflict"):
            continue
        desk.get("/unsent")
        answer = ask(desk, method, address)
        if may_be_asked and address.endswith(reference):
            assert answer.location.endswith("/conflict"), address
        else:
            assert answer.status_code == 404, f"{method} {address}: {answer.status_code}"
        assert TOLD not in desk.page
        tried += 1
    assert tried >= 13
    assert counted(sqlite_stage) == before


def test_a_holder_with_a_tie_cannot_do_anything_with_a_case(sqlite_stage: Stage) -> None:
    app = create_staff(sqlite_stage.system)
    reference = a_case(sqlite_stage)
    desk = Desk(app.test_client(), sqlite_stage)
    desk.sign_in(holders_of(sqlite_stage, reference)[0])
    desk.get(f"/cases/{reference}/conflict")
    desk.send(f"/cases/{reference}/conflict", tie="yes")
    before = counted(sqlite_stage)
    for method, address in case_requests(app, reference):
        desk.get("/unsent")
        answer = ask(desk, method, address)
        leads_to_the_notice = address.endswith(("/conflict", reference))
        assert answer.status_code in ({200, 303, 409} if leads_to_the_notice else {404}), address
        assert TOLD not in desk.page
    assert counted(sqlite_stage) == before


@pytest.mark.parametrize("name", ["administrator", "hr_1", "overseer", "hr_supervisor"])
def test_whoever_is_no_leader_cannot_read_releases(sqlite_stage: Stage, name: str) -> None:
    desk = Desk(create_staff(sqlite_stage.system).test_client(), sqlite_stage)
    desk.sign_in(name)
    for address in ("/themes", "/themes/2026-01"):
        assert desk.get(address).status_code == 404


def test_a_stranger_cannot_get_past_the_sign_in_page(sqlite_stage: Stage) -> None:
    app = create_staff(sqlite_stage.system)
    reference = a_case(sqlite_stage)
    attested(sqlite_stage, reference)
    before = counted(sqlite_stage)
    for rule, method in product(app.url_map.iter_rules(), ("GET", "POST")):
        if rule.endpoint in FOR_VISITORS or method not in _methods(rule):
            continue
        desk = Desk(app.test_client(), sqlite_stage)
        desk.get("/sign-in")
        answer = ask(desk, method, _filled_in(rule, reference))
        assert answer.status_code == 303, f"{method} {rule.rule}"
        assert "/sign-in" in answer.location
    assert counted(sqlite_stage) == before


def _filled_in(rule: Rule, reference: str) -> str:
    form_id = "0f8e2d1c-7b6a-4958-8776-655443322110"
    named = rule.rule.replace("<reference>", reference).replace("<uuid:form_id>", form_id)
    return named.replace("<period>", "2026-01")


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
        assert visitor.get("/messages").location.endswith("/messages/enter")
        assert visitor.get("/form/code").status_code == 303


def test_a_stranger_cannot_do_anything_with_the_reporters_pages_but_begin(
    sqlite_stage: Stage,
) -> None:
    a_case(sqlite_stage)
    app = create_reporter_app(sqlite_stage.system)
    before = counted(sqlite_stage) | {"reporter_session": 0}
    for rule, method in product(app.url_map.iter_rules(), ("GET", "POST")):
        if method in _methods(rule) and "<path:" not in rule.rule:
            visitor = Browser(app)
            address = rule.rule.replace("<name>", "safety")
            answer = visitor.client.open(address, method=method, data={"message": "Let me in"})
            assert answer.status_code in {200, 303, 400}, f"{method} {address}"
            assert TOLD not in answer.text
    assert counted(sqlite_stage) | {"reporter_session": 0} == before
