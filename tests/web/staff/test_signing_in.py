"""Both factors, always; a failure tells nothing; a session belongs to one cookie."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask, Response
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from safeshare.app import create_reporter_app, create_staff_app
from safeshare.gate.models import StaffSession
from safeshare.kernel.sealed import Sealed
from safeshare.ledger.events import Event
from safeshare.people.models import StaffMember, StaffState
from safeshare.people.queries import get_standing
from safeshare.people.service.eligibility import sign
from safeshare.web.staff.guard import safe_next
from safeshare.wiring import System
from tests.cast import PASSPHRASE, Stage
from tests.use_cases.handlers import ledger
from tests.web.staff.desk import Desks

WRONG = "The sign-in name, the passphrase or the six digits are wrong"


def sessions(stage: Stage) -> int:
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(StaffSession)) or 0


def changed(stage: Stage, **values: object) -> None:
    with Session(stage.system.database.engine) as session:
        session.execute(
            update(StaffMember).where(StaffMember.sign_in_name == "hr_1").values(**values)
        )
        session.commit()


def test_a_handler_can_sign_in_with_both_factors(sqlite_stage: Stage, desk: Desks) -> None:
    handler = desk()
    answer = handler.sign_in("hr_1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/")
    assert handler.get("/").status_code == 200
    assert "Hr 1" in handler.page
    assert len(ledger(sqlite_stage, Event.PEOPLE_SIGNED_IN)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"sign_in_name": "nobody"},
        {"passphrase": "not the passphrase of anybody"},
        {"six_digits": "000000"},
    ],
)
def test_somebody_with_anything_wrong_gets_one_and_the_same_answer(
    sqlite_stage: Stage, desk: Desks, wrong: dict[str, str]
) -> None:
    guesser = desk()
    guesser.get("/sign-in")
    right = {
        "sign_in_name": "hr_1",
        "passphrase": PASSPHRASE,
        "six_digits": sqlite_stage.six_digits("hr_1"),
    }
    answer = guesser.send("/sign-in", **right | wrong)
    assert answer.status_code == 400
    assert WRONG in guesser.page
    assert guesser.get("/").status_code == 303


def test_the_passphrase_is_never_sent_back(desk: Desks) -> None:
    guesser = desk()
    guesser.sign_in("hr_1", passphrase="wrong but still secret")
    assert "wrong but still secret" not in guesser.page


def test_six_digits_cannot_be_used_twice(sqlite_stage: Stage, desk: Desks) -> None:
    digits = sqlite_stage.six_digits("hr_1")
    assert desk().sign_in("hr_1", digits=digits).status_code == 303
    replayer = desk()
    assert replayer.sign_in("hr_1", digits=digits).status_code == 400
    assert WRONG in replayer.page
    sqlite_stage.time.advance(seconds=60)
    assert replayer.sign_in("hr_1").status_code == 303


def test_a_form_that_is_not_filled_in_says_what_is_missing(desk: Desks) -> None:
    visitor = desk()
    visitor.get("/sign-in")
    assert (
        visitor.send("/sign-in", sign_in_name="", passphrase="", six_digits="").status_code == 400
    )
    for words in ("Enter your sign-in name", "Enter your passphrase", "Enter the six digits"):
        assert words in visitor.page


def test_signing_in_gives_a_new_cookie_and_ends_the_old_one(
    sqlite_stage: Stage, desk: Desks
) -> None:
    visitor = desk()
    visitor.get("/sign-in")
    planted = visitor.cookie()
    visitor.sign_in("hr_1")
    assert visitor.cookie() != planted
    thief = desk()
    thief.set_cookie(planted)
    assert thief.get("/").status_code == 303
    assert sessions(sqlite_stage) == 1


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler, copy = desk(), desk()
    handler.sign_in("hr_1")
    copy.set_cookie(handler.cookie())
    assert copy.get("/").status_code == 200
    handler.get("/")
    assert handler.send("/sign-out").status_code == 303
    assert copy.get("/").status_code == 303
    assert len(ledger(sqlite_stage, Event.PEOPLE_SIGNED_OUT)) == 1


def test_the_session_keeps_no_print_of_the_browser(
    app: Flask, sqlite_stage: Stage, desk: Desks
) -> None:
    handler = desk()
    handler.sign_in("hr_1")
    rows = app.session_interface._rows  # type: ignore[attr-defined]
    kept = rows.load(handler.cookie())
    assert {"staff_id", "key", "_user_id"} <= set(kept)
    assert "_id" not in kept


def test_a_damaged_session_row_signs_out(sqlite_stage: Stage, desk: Desks) -> None:
    handler = desk()
    handler.sign_in("hr_1")
    with Session(sqlite_stage.system.database.engine) as session:
        session.execute(update(StaffSession).values(box=Sealed(b"\x01" + bytes(2100))))
        session.commit()
    assert handler.get("/").status_code == 303


def test_somebody_who_has_left_is_signed_out_at_the_next_request(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler = desk()
    handler.sign_in("hr_1")
    member = sqlite_stage.staff("hr_1")
    _leave(sqlite_stage)
    assert member.display_name == "Hr 1"
    assert handler.get("/").status_code == 303
    sqlite_stage.time.advance(seconds=60)
    assert handler.sign_in("hr_1").status_code == 400


def test_a_forged_record_shows_the_page_of_a_broken_seal_and_raises_an_alarm(
    sqlite_stage: Stage, desk: Desks
) -> None:
    handler = desk()
    handler.sign_in("hr_1")
    changed(sqlite_stage, key_number=7)
    assert handler.get("/").status_code == 500
    assert "We could not open this safely" in handler.page
    assert len(ledger(sqlite_stage, Event.ALARM_RAISED)) == 1
    assert handler.get("/").status_code == 303


def test_a_remember_me_cookie_that_we_never_made_is_not_believed(
    sqlite_stage: Stage, desk: Desks
) -> None:
    forger = desk()
    staff_id = sqlite_stage.enrolled["hr_1"].staff_id
    forger.client.set_cookie("remember_token", f"{staff_id}|{'0' * 128}", domain="localhost")
    assert forger.get("/").status_code == 303


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/unsent", "/staff/unsent"),
        ("https://elsewhere.example/", "/staff/"),
        ("//elsewhere.example/", "/staff/"),
        ("/\\elsewhere.example", "/staff/"),
        ("////elsewhere.example/x", "/staff/"),
    ],
)
def test_signing_in_leads_on_within_the_app_only(desk: Desks, wanted: str, leads_to: str) -> None:
    visitor = desk()
    visitor.get("/sign-in")
    answer = visitor.sign_in("hr_1", address=f"/sign-in?next={wanted}")
    assert answer.headers["Location"] == leads_to


@pytest.mark.parametrize(
    "wanted",
    [
        "////evil.example/x",
        "///evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "evil.example",
        "//[",
    ],
)
def test_an_address_elsewhere_cannot_be_gone_on_to_where_the_app_is_at_the_root(
    wanted: str,
) -> None:
    assert safe_next(wanted) is None


def test_a_page_with_a_query_can_be_gone_on_to() -> None:
    assert safe_next("/cases/AB-12?unsent=1") == "/cases/AB-12?unsent=1"


def test_a_session_that_was_ended_cannot_come_back_by_a_request_in_flight(
    app: Flask, sqlite_stage: Stage, desk: Desks
) -> None:
    handler, other_tab = desk(), desk()
    handler.sign_in("hr_1")
    other_tab.set_cookie(handler.cookie())
    handler.get("/")
    sqlite_stage.time.advance(minutes=2)
    ended: list[int] = []

    def end_it_elsewhere(response: Response) -> Response:
        if not ended:
            ended.append(1)
            ended.append(handler.send("/sign-out").status_code)
        return response

    app.after_request_funcs.setdefault(None, []).append(end_it_elsewhere)
    answer = other_tab.get("/")
    assert ended == [1, 303]
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert sessions(sqlite_stage) == 0
    assert other_tab.get("/").status_code == 303


@pytest.mark.parametrize(
    ("make", "path", "name"),
    [(create_reporter_app, "/form/safety", "v"), (create_staff_app, "/sign-in", "s")],
)
def test_a_cookie_outside_the_demo_is_for_this_host_alone(
    sqlite_stage: Stage, make: Callable[[System], Flask], path: str, name: str
) -> None:
    settings = replace(sqlite_stage.system.settings, is_demo=False)
    visitor = make(replace(sqlite_stage.system, settings=settings)).test_client()
    cookie = visitor.get(path, base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith(f"__Host-{name}=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("name", "leads_to", "words"),
    [
        ("leader", "/themes", "Themes of the concerns raised"),
        ("administrator", "/", "You are an administrator"),
        ("overseer", "/", "You are an overseer"),
        ("hr_supervisor", "/", "Your queue"),
    ],
)
def test_everybody_lands_where_their_role_has_something_to_do(
    desk: Desks, name: str, leads_to: str, words: str
) -> None:
    person = desk()
    person.sign_in(name)
    answer = person.get("/")
    if leads_to != "/":
        assert answer.headers["Location"] == f"/staff{leads_to}"
        person.get(leads_to)
    assert words in person.page


def _leave(stage: Stage) -> None:
    """What an administrator's page will do: the record stays signed, as somebody who has left."""
    staff = stage.staff("hr_1")
    door = stage.gate.door(staff)
    with door.change() as session:
        standing = get_standing(session, staff.staff_id)
        standing.member.state = StaffState.LEFT
        sign(door, standing)
        door.record(Event.PEOPLE_ENROLLED, staff=str(staff.staff_id))
