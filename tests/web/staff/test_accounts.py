"""The pages of accounts: who comes to them, when both factors are asked for again, guesses."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask

from safeshare.app import create_app, create_staff_app
from safeshare.ledger.events import Event
from safeshare.people.service.identity_provider import IdentityProvider
from safeshare.people.service.webauthn import RelyingParty, sign_in_request
from safeshare.policy.actions import NEEDS_FRESH_SIGN_IN
from safeshare.web.shared.doors import door_of
from safeshare.web.shared.guesses import ONE_TARGET, OWN
from safeshare.web.shared.mounting import Mounted
from safeshare.web.staff.passkey_asking import party
from tests.cast import PASSPHRASE, Stage
from tests.devices.authenticator import Authenticator
from tests.use_cases.handlers import ledger
from tests.use_cases.inviting import GOOD
from tests.web.staff.desk import Desk, Desks

WRONG = "The sign-in name, the passphrase or the six digits are wrong"


def again(stage: Stage, desk: Desk, name: str) -> None:
    """Sign in with digits that were not used."""
    stage.time.advance(seconds=30)
    desk.sign_in(name)


def test_an_administrator_is_asked_for_both_factors_again_and_comes_to_the_page_they_wanted(
    sqlite_stage: Stage, desk: Desks
) -> None:
    administrator = desk()
    administrator.sign_in("administrator")
    assert administrator.get("/accounts/invite").status_code == 200
    sqlite_stage.time.advance(minutes=16)
    assert administrator.get("/accounts").status_code == 200
    asked = administrator.get("/accounts/invite")
    assert asked.status_code == 303
    where = urlsplit(asked.location)
    confirm = f"{where.path.removeprefix('/staff')}?{where.query}"
    administrator.get(confirm)
    assert "Is it still you?" in administrator.page
    answer = administrator.send(
        confirm, passphrase=PASSPHRASE, six_digits=sqlite_stage.six_digits("administrator")
    )
    assert (answer.status_code, answer.location) == (303, "/staff/accounts/invite")
    assert administrator.get("/accounts/invite").status_code == 200
    assert len(ledger(sqlite_stage, Event.PEOPLE_CONFIRMED)) == 1


def test_a_form_that_comes_too_late_changes_nothing(sqlite_stage: Stage, desk: Desks) -> None:
    administrator = desk()
    administrator.sign_in("administrator")
    page = f"/accounts/{sqlite_stage.enrolled['leader'].staff_id}/end"
    administrator.get(page)
    sqlite_stage.time.advance(minutes=16)
    assert "/confirm?next=" in administrator.send(page).location
    assert sqlite_stage.staff("leader").roles


def test_whoever_gives_wrong_factors_five_times_loses_the_session(
    sqlite_stage: Stage, desk: Desks
) -> None:
    thief = desk()
    thief.sign_in("administrator")
    for _ in range(4):
        thief.get("/confirm")
        assert thief.send("/confirm", passphrase="a guess", six_digits="1").status_code == 400
    answer = thief.send("/confirm", passphrase="a guess", six_digits="1")
    assert answer.location.endswith("/sign-in?proof=1")
    assert thief.get("/accounts").status_code == 303
    thief.get("/sign-in?proof=1")
    assert "we ended this session" in thief.page


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "\\\\x"])
def test_nobody_can_be_led_elsewhere_by_the_page_that_asks_again(
    sqlite_stage: Stage, desk: Desks, wanted: str
) -> None:
    victim = desk()
    victim.sign_in("hr_1")
    sqlite_stage.time.advance(minutes=16)
    page = f"/confirm?next={wanted}"
    victim.get(page)
    answer = victim.send(page, passphrase=PASSPHRASE, six_digits=sqlite_stage.six_digits("hr_1"))
    assert answer.location == "/staff/"


def test_every_page_of_a_dangerous_act_asks_again(sqlite_stage: Stage, app: Flask) -> None:
    sqlite_stage.time.advance(minutes=1)
    desk = Desk(app.test_client(), sqlite_stage)
    desk.sign_in("administrator")
    sqlite_stage.time.advance(minutes=16)
    tried = 0
    for rule in app.url_map.iter_rules():
        door = door_of(app.view_functions[rule.endpoint])
        served = [getattr(one, "action", None) for one in door.use_cases] if door else []
        if rule.arguments or "GET" not in (rule.methods or ()) or rule.rule[1:9] != "accounts":
            continue
        is_dangerous = any(one in NEEDS_FRESH_SIGN_IN for one in served)
        answer = desk.get(rule.rule)
        if rule.endpoint != "accounts.show_proposed":
            assert (answer.status_code == 303) == is_dangerous, rule.rule
        tried += is_dangerous
    assert tried >= 5


def sign_in_wrong(guesser: Desk, times: int) -> None:
    for _ in range(times):
        answer = guesser.sign_in("hr_1", passphrase="a guess", digits="1")
        assert answer.status_code == 400


def test_a_thousand_wrong_sign_ins_at_a_name_cannot_keep_out_its_owner(
    sqlite_stage: Stage, desk: Desks
) -> None:
    guesser, owner = desk(), desk()
    guesser.get("/sign-in")
    wrong = {"sign_in_name": "hr_1", "passphrase": "a guess", "six_digits": "1"}
    for _ in range(1000):
        assert guesser.send("/sign-in", **wrong).status_code == 400
    assert owner.sign_in("hr_1").status_code == 303


@pytest.mark.parametrize("address", ["", "192.0.2.1"])
def test_guessers_at_a_name_are_slowed_and_no_visit_that_was_never_wrong(
    sqlite_stage: Stage, desk: Desks, address: str
) -> None:
    guesser, owner = desk(), desk()
    for one in (guesser, owner):
        one.client.environ_base["HTTP_X_FORWARDED_FOR"] = address
    sign_in_wrong(guesser, ONE_TARGET.tries)
    with sqlite_stage.gate.vault.permits.share("visits"):
        assert guesser.sign_in("hr_1").status_code == 429
        assert "you are not locked out" in guesser.page
        assert owner.sign_in("hr_1").status_code == 303


def test_a_browser_that_signed_in_before_is_slowed_neither_by_its_address_nor_at_its_name(
    sqlite_stage: Stage, desk: Desks
) -> None:
    owner, guesser, newcomer = desk(), desk(), desk()
    for one in (owner, guesser, newcomer):
        one.client.environ_base["HTTP_X_FORWARDED_FOR"] = "192.0.2.1"
    owner.sign_in("hr_1")
    owner.get("/account")
    owner.send("/sign-out")
    sign_in_wrong(guesser, OWN[0].tries)
    sqlite_stage.time.advance(seconds=30)
    with sqlite_stage.gate.vault.permits.share("addresses"):
        assert owner.sign_in("hr_1").status_code == 303
        assert newcomer.sign_in("hr_2").status_code == 429


def test_the_mark_of_a_browser_names_nobody_and_ends_with_signing_out_everywhere(
    sqlite_stage: Stage, desk: Desks
) -> None:
    owner = desk()
    answer = owner.sign_in("hr_1")
    marks = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("sk=")]
    assert len(marks) == 1
    for part in ("HttpOnly", "SameSite=Strict", "Path=/staff"):
        assert part in marks[0]
    assert str(sqlite_stage.enrolled["hr_1"].staff_id) not in marks[0]
    assert "hr_1" not in marks[0]


def test_every_session_that_an_operator_ended_is_over(sqlite_stage: Stage, desk: Desks) -> None:
    handler = desk()
    handler.sign_in("hr_1")
    cookie = handler.cookie()
    sqlite_stage.gate.vault.keys.session_keys.end_all_sessions()
    assert handler.get("/account").status_code == 303
    handler.set_cookie(cookie)
    assert "/sign-in" in handler.get("/account").location
    again(sqlite_stage, handler, "hr_1")
    assert handler.get("/account").status_code == 200


def test_signing_out_everywhere_ends_the_other_browser_too(
    sqlite_stage: Stage, desk: Desks
) -> None:
    here, there = desk(), desk()
    there.sign_in("hr_1")
    again(sqlite_stage, here, "hr_1")
    here.get("/account/sign-out-everywhere")
    assert here.send("/account/sign-out-everywhere").location.endswith("everywhere=1")
    assert here.get("/account").status_code == 303
    assert there.get("/account").status_code == 303


def test_changing_the_passphrase_ends_the_other_browser_and_not_this_one(
    sqlite_stage: Stage, desk: Desks
) -> None:
    here, there = desk(), desk()
    there.sign_in("hr_1")
    again(sqlite_stage, here, "hr_1")
    here.get("/account/passphrase")
    assert here.send("/account/passphrase", passphrase=GOOD).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


@pytest.mark.parametrize("name", ["hr_1", "leader", "overseer"])
def test_whoever_does_not_administer_finds_no_page_of_accounts(desk: Desks, name: str) -> None:
    somebody = desk()
    somebody.sign_in(name)
    for page in ("/accounts", "/accounts/invite", "/accounts/invite/check"):
        assert somebody.get(page).status_code == 404
    assert "Accounts" not in somebody.page


def test_there_is_no_sign_in_of_the_organisation_unless_it_has_one(desk: Desks) -> None:
    visitor = desk()
    visitor.get("/sign-in")
    assert "your organisation’s sign-in" not in visitor.page
    assert visitor.get("/sign-in/organisation").status_code == 404


def test_a_provider_that_does_not_answer_leads_to_the_other_ways(sqlite_stage: Stage) -> None:
    system = sqlite_stage.system
    rule = IdentityProvider("http://127.0.0.1:9", "client", "secret")
    gate = replace(system.gate, rulebook={**system.gate.rulebook, IdentityProvider: rule})
    app = create_staff_app(replace(system, gate=gate))
    visitor = Desk(app.test_client(), sqlite_stage)
    assert visitor.get("/sign-in/organisation").status_code == 400
    assert "We could not reach it" in visitor.page


def test_passkeys_are_asked_for_by_the_name_of_the_staff_host(
    app: Flask, sqlite_stage: Stage
) -> None:
    with app.test_request_context("/", base_url="http://localhost:8000/staff"):
        found = party()
    assert (found.host, found.origin) == ("localhost", "http://localhost:8000")
    settings = replace(sqlite_stage.system.settings, is_demo=False, staff_host="staff.example")
    real = create_staff_app(replace(sqlite_stage.system, settings=settings))
    with real.test_request_context("/", base_url="https://attacker.example"):
        found = party()
    assert (found.host, found.origin) == ("staff.example", "https://staff.example")


def test_a_challenge_counts_once(sqlite_stage: Stage, desk: Desks) -> None:
    visitor = desk()
    visitor.get("/sign-in/passkey")
    empty = sign_in_request(RelyingParty("localhost", "http://localhost", ""), b"")
    answered = Authenticator(owner=sqlite_stage.enrolled["hr_1"].staff_id.bytes).use(empty)
    for _ in range(2):
        answer = visitor.send("/sign-in/passkey", credential=answered.credential)
        assert answer.status_code == 400
    assert WRONG not in visitor.page


def test_the_mark_of_a_browser_reaches_the_staff_app_alone(sqlite_stage: Stage) -> None:
    seen: dict[str, str] = {}

    def watching(kind: str) -> Callable[..., list[bytes]]:
        def app(environ: dict[str, str], start: Callable[..., object]) -> list[bytes]:
            seen[kind] = environ.get("HTTP_COOKIE", "")
            start("200 OK", [])
            return [b""]

        return app

    whole = create_app(sqlite_stage.system)
    assert isinstance(whole, Mounted)
    mounted = replace(whole, reporter=watching("reporter"), staff=watching("staff"))
    for path in ("/", "/staff/"):
        environ = {"PATH_INFO": path, "HTTP_COOKIE": "v=1; s=2; sk=3; x=4"}
        list(mounted(environ, lambda *_: None))
    assert seen == {"reporter": "v=1", "staff": "s=2; sk=3"}
