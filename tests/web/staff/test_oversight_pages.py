"""The pages about the service as a whole: who can see them, and what they say."""

import csv
import re
from io import StringIO

import pytest

from safeshare.gate.keeping import collect_past_days
from safeshare.kernel.actors import Role, Worker
from safeshare.ledger.events import Event
from safeshare.oversight.service.caseload import count_caseload
from safeshare.web.staff.ledger_words import _EVENT_WORDS
from tests.cast import Stage, enrol
from tests.use_cases.handlers import attested, case_of, holders_of, opened
from tests.web.staff.desk import Desk, Desks

PAGES = {
    "/ledger": {"administrator", "inspector"},
    "/review": {"overseer"},
    "/caseload": {"overseer", "leader", "inspector"},
    "/evidence": {"inspector"},
}
CAST = ("hr_1", "hr_supervisor", "overseer", "leader", "administrator", "inspector")


@pytest.fixture
def inspected(sqlite_stage: Stage) -> Stage:
    enrol(sqlite_stage, "inspector", {Role.INSPECTOR})
    return sqlite_stage


def signed_in(desk: Desks, name: str) -> Desk:
    browser = desk()
    browser.sign_in(name)
    return browser


@pytest.mark.parametrize("name", ["overseer", "administrator", "inspector"])
def test_a_start_page_cannot_lead_to_one_place_twice(
    inspected: Stage, desk: Desks, name: str
) -> None:
    shown = signed_in(desk, name).get("/").text.partition("What you can do here")[2]
    places = re.findall(r'<li><a class="govuk-link" href="([^"]+)"', shown)
    assert len(places) >= 3
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("name", CAST)
def test_each_role_can_see_its_own_pages_and_is_led_to_no_other(
    inspected: Stage, desk: Desks, name: str
) -> None:
    browser = signed_in(desk, name)
    browser.get("/themes" if name == "leader" else "/")
    first = browser.page
    for path, allowed in PAGES.items():
        assert browser.get(path).status_code == (200 if name in allowed else 404)
        assert (f'href="/staff{path}"' in first) == (name in allowed)


def test_an_administrator_can_page_through_the_ledger_of_accounts(
    inspected: Stage, desk: Desks
) -> None:
    browser = signed_in(desk, "administrator")
    browser.get("/ledger")
    assert "Signed in" in browser.page
    assert "Inspector" in browser.page
    older = browser.page.split('rel="next"')[0].rsplit('href="/staff', 1)[1].split('"')[0]
    newest = browser.page
    assert browser.get(older).status_code == 200
    assert browser.page != newest
    for broken in ("/ledger?before=x", "/ledger?before=-1", "/ledger?before=" + "9" * 40):
        assert browser.get(broken).status_code == 400


def test_a_holder_can_read_who_did_what_with_a_case(inspected: Stage, desk: Desks) -> None:
    sent, _ = inspected.submit({"concern": "A secret text."})
    name = holders_of(inspected, sent.reference)[0]
    staff = attested(inspected, sent.reference, name)
    for _ in range(30):
        opened(inspected, staff, sent.reference)
    inspected.time.advance(days=1)
    inspected.gate.run(collect_past_days, Worker(), None)
    browser = signed_in(desk, name)
    browser.get(f"/cases/{sent.reference}")
    assert f"/cases/{sent.reference}/trail" in browser.page
    browser.get(f"/cases/{sent.reference}/trail")
    assert "Opened the case" in browser.page
    assert "secret" not in browser.page
    older = browser.page.split('rel="next"')[0].rsplit('href="/staff', 1)[1].split('"')[0]
    assert browser.get(older).status_code == 200
    assert "Sent the concern" in browser.page
    assert browser.get(f"/cases/{sent.reference}/trail?after=x").status_code == 400
    assert browser.get(f"/cases/{sent.reference}/trail?after=2026-01-01_no_1").status_code == 400
    assert signed_in(desk, "administrator").get(f"/cases/{sent.reference}/trail").status_code == 404


def test_an_overseer_can_read_the_rules_of_the_review_and_their_cases(
    inspected: Stage, desk: Desks
) -> None:
    sent, _ = inspected.submit()
    ids = {one.staff_id: name for name, one in inspected.enrolled.items()}
    overseer_id = case_of(inspected, sent.reference).overseer_id
    assert overseer_id is not None
    browser = signed_in(desk, ids[overseer_id])
    browser.get("/review")
    assert "at least 10 different cases opened" in browser.page
    assert "reading was unusual in this week" in browser.page
    assert f"/cases/{sent.reference}/trail" in browser.page
    assert browser.get(f"/cases/{sent.reference}/trail").status_code == 200
    assert browser.get(f"/cases/{sent.reference}").status_code == 404


def test_somebody_whose_week_was_unusual_is_named_with_the_reason(
    inspected: Stage, desk: Desks
) -> None:
    sent, _ = inspected.submit()
    inspected.time.now = inspected.time.now.replace(hour=23)
    name = holders_of(inspected, sent.reference)[0]
    staff = attested(inspected, sent.reference, name)
    for _ in range(3):
        opened(inspected, staff, sent.reference)
    inspected.time.advance(days=7)
    browser = signed_in(desk, "overseer")
    browser.get("/review")
    assert name.replace("_", " ").title() in browser.page
    assert ">At night</strong>" in browser.page
    assert sent.reference not in browser.page.split("The cases that you oversee")[0]


def test_a_leader_can_see_the_caseload_once_it_was_counted(inspected: Stage, desk: Desks) -> None:
    browser = signed_in(desk, "leader")
    browser.get("/caseload")
    assert "first figures appear tomorrow" in browser.page
    for _ in range(8):
        inspected.submit()
    inspected.gate.run(count_caseload, Worker(), None)
    browser.get("/caseload")
    assert "10 <span" in browser.page
    assert "withheld" in browser.page
    assert ">8 " not in browser.page


def test_an_inspector_can_take_evidence_along_that_names_nobody(
    inspected: Stage, desk: Desks
) -> None:
    references = [inspected.submit()[0].reference for _ in range(6)]
    inspected.time.advance(days=31)
    inspected.gate.run(collect_past_days, Worker(), None)
    browser = signed_in(desk, "inspector")
    browser.get("/evidence")
    assert "March 2026" in browser.page
    assert "Sent the concern" in browser.page
    answer = browser.send("/evidence")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(StringIO(answer.get_data(as_text=True))))
    assert rows[0] == ["case", "month", "what", "by"]
    assert len(rows) == 7
    assert {row[1] for row in rows[1:]} == {"2026-03"}
    assert not any(reference in answer.get_data(as_text=True) for reference in references)


def test_every_kind_of_entry_has_words() -> None:
    assert set(_EVENT_WORDS) == set(Event)
