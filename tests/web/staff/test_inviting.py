"""The pages of an invitation, on both sides of it."""

import re
from datetime import timedelta

import pytest

from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerEntry
from safeshare.people.service.invitations import LinkFault
from safeshare.web.shared.guesses import OWN
from tests.cast import Stage
from tests.use_cases.handlers import count, ledger
from tests.use_cases.inviting import GOOD, NEW, invited
from tests.web.staff.desk import Desks


@pytest.mark.parametrize("page", ["", "/passphrase", "/factor", "/app", "/passkey", "/codes"])
def test_nobody_can_step_into_the_middle_of_joining(desk: Desks, page: str) -> None:
    stranger = desk()
    stranger.get("/sign-in")
    answer = stranger.get(f"/join{page}")
    assert answer.status_code in ({404} if not page else {200, 303})
    if page == "/passphrase":
        assert stranger.send("/join/passphrase", passphrase=GOOD).status_code == 404
    assert "recovery" not in stranger.page


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (LinkFault.UNKNOWN, "We do not know this link"),
        (LinkFault.EXPIRED, "This link has expired"),
    ],
)
def test_whoever_has_a_link_that_does_not_work_is_told_why(
    sqlite_stage: Stage, desk: Desks, fault: LinkFault, words: str
) -> None:
    link = invited(sqlite_stage)
    if fault is LinkFault.EXPIRED:
        sqlite_stage.time.advance(hours=73)
    visitor = desk()
    answer = visitor.get(f"/join/{'x' + link if fault is LinkFault.UNKNOWN else link}")
    assert answer.status_code == 404
    assert words in visitor.page
    entered = [row.note["why"] for row in ledger(sqlite_stage, Event.PEOPLE_LINK_REFUSED)]
    assert entered == ([] if fault is LinkFault.UNKNOWN else [fault])


@pytest.mark.parametrize("path", ["/join/x", "/join", "/new-keys/x"])
def test_a_stranger_with_no_link_can_fill_no_ledger_and_spend_nobody_elses_tries(
    sqlite_stage: Stage, desk: Desks, path: str
) -> None:
    """Any web page can have a browser in the station ask for such an address again and again."""
    visitor, before = desk(), count(sqlite_stage, LedgerEntry)
    for _ in range(OWN[0].tries + 1):
        assert visitor.get(path).status_code == 404
    assert count(sqlite_stage, LedgerEntry) == before
    visitor.get("/sign-in")
    tried = visitor.send("/sign-in", sign_in_name="r", passphrase="p", six_digits="1")
    assert tried.status_code == 400


def test_an_invited_person_cannot_finish_with_wrong_digits_or_without_the_codes_on_paper(
    sqlite_stage: Stage, desk: Desks
) -> None:
    link, visitor = invited(sqlite_stage), desk()
    visitor.get(f"/join/{link}")
    visitor.get("/join")
    assert NEW.display_name in visitor.page
    assert link not in visitor.page
    visitor.get("/join/passphrase")
    assert visitor.send("/join/passphrase", passphrase=GOOD).location.endswith("/join/factor")
    visitor.get("/join/factor")
    assert visitor.send("/join/factor").status_code == 400
    assert visitor.send("/join/factor", factor="passkey").location.endswith("/join/passkey")
    visitor.get("/join/passkey")
    assert visitor.send("/join/passkey", label="key", credential="{}").status_code == 400
    visitor.get("/join/app")
    assert visitor.send("/join/app", six_digits="1").status_code == 400
    assert visitor.get("/join/codes").status_code == 303


def test_an_administrator_is_told_what_does_not_fit(desk: Desks) -> None:
    administrator = desk()
    administrator.sign_in("administrator")
    person = {
        "display_name": "R",
        "job_title": "T",
        "email": "nobody",
        "sign_in_name": "hr_1",
    }
    administrator.get("/accounts/invite")
    assert administrator.send("/accounts/invite").status_code == 400
    administrator.get("/accounts/invite")
    assert administrator.send("/accounts/invite", **person).location.endswith("/role")
    for roles, following in (("inspector", "/end"), ("handler", "/queues"), ("leader", "/check")):
        administrator.get("/accounts/invite/role")
        answer = administrator.send("/accounts/invite/role", roles=roles)
        assert answer.location.endswith(following)
        assert administrator.get(answer.location.removeprefix("/staff")).status_code == 200
    assert administrator.send("/accounts/invite/check").status_code == 400
    assert "Somebody has this sign-in name" in administrator.page
    administrator.get("/accounts/invite/role")
    administrator.send("/accounts/invite/role", roles="inspector")
    administrator.get("/accounts/invite/end")
    past = {"ends_on-day": "1", "ends_on-month": "1", "ends_on-year": "2020"}
    assert administrator.send("/accounts/invite/end", **past).location.endswith("/check")
    administrator.get("/accounts/invite/check")
    assert administrator.send("/accounts/invite/check").status_code == 400
    assert "from today to a year ahead" in administrator.page


def test_an_administrator_can_withdraw_an_invitation_and_give_an_inspector_a_last_day(
    sqlite_stage: Stage, desk: Desks
) -> None:
    link, administrator = invited(sqlite_stage), desk()
    administrator.sign_in("administrator")
    administrator.get("/accounts")
    page = re.search(r"/accounts/invitations/[0-9a-f-]+/withdraw", administrator.page)
    assert page is not None
    administrator.get(page.group(0))
    assert administrator.send(page.group(0)).status_code == 303
    visitor = desk()
    visitor.get(f"/join/{link}")
    assert "This invitation was withdrawn" in visitor.page
    roles = f"/accounts/{sqlite_stage.enrolled['leader'].staff_id}/roles"
    administrator.get(roles)
    assert administrator.send(roles, roles="inspector").status_code == 400
    last = sqlite_stage.time.now + timedelta(days=7)
    day = {
        "ends_on-day": str(last.day),
        "ends_on-month": str(last.month),
        "ends_on-year": str(last.year),
    }
    assert administrator.send(roles, roles="inspector", **day).status_code == 303
    assert administrator.send(roles, roles="nonsense").status_code == 400


def test_an_administrator_can_page_through_accounts_and_no_address_can_break_the_page(
    desk: Desks,
) -> None:
    administrator = desk()
    administrator.sign_in("administrator")
    assert administrator.get("/accounts?name=Hr+1&after=nonsense").status_code == 400
    after = "0f8e2d1c-7b6a-4958-8776-655443322110"
    administrator.get(f"/accounts?name=M&after={after}")
    assert "First page" in administrator.page
    assert "Hr 1" not in administrator.page


def test_an_administrator_can_say_where_somebody_works_and_their_number(
    sqlite_stage: Stage, desk: Desks
) -> None:
    administrator = desk()
    administrator.sign_in("administrator")
    administrator.get("/accounts/invite")
    assert "North Station" in administrator.page
    person = {
        "display_name": "Rhoda Osei",
        "job_title": "Case worker",
        "email": "r.osei@service.example",
        "sign_in_name": "r.osei",
        "staff_number": "FF-40123",
        "location": str(sqlite_stage.places["north"]),
    }
    administrator.send("/accounts/invite", **person)
    administrator.get("/accounts/invite/role")
    administrator.send("/accounts/invite/role", roles="leader")
    administrator.get("/accounts/invite/check")
    assert "FF-40123" in administrator.page
    assert "North Station" in administrator.page
    administrator.get("/accounts/invite")
    person["location"] = "nowhere"
    assert administrator.send("/accounts/invite", **person).status_code == 400
