"""The queue page: filters in the address, one page after another, and no list of all."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from safeshare.casework.held_queries import Due
from safeshare.people.models import ServiceKey
from tests.cast import Stage
from tests.use_cases.handlers import holders_of
from tests.web.staff.desk import Desk, Desks


def busiest(stage: Stage, count: int) -> tuple[str, list[str]]:
    """The handler who was given most of so many cases (of six, at least half), and which."""
    sent = [stage.submit()[0].reference for _ in range(count)]
    names = [name for reference in sent for name in holders_of(stage, reference)]
    name = max(set(names), key=names.count)
    return name, [one for one in sent if name in holders_of(stage, one)]


def shown(handler: Desk, cases: list[str]) -> list[str]:
    return [one for one in cases if one in handler.page]


def test_a_handler_can_go_through_the_pages_of_their_queue(
    sqlite_stage: Stage, desk: Desks
) -> None:
    name, cases = busiest(sqlite_stage, 56)
    handler = desk()
    handler.sign_in(name)
    handler.get("/?mine=&risk=unassessed")
    assert "Colleagues hold others" in handler.page
    first = shown(handler, cases)
    assert len(first) == 25
    assert "First page" not in handler.page
    address = handler.page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert "risk=unassessed" in address
    handler.get(address.removeprefix("/staff"))
    assert "First page" in handler.page
    assert shown(handler, cases) == [one for one in cases if one not in first]


@pytest.mark.parametrize(
    "query",
    ["status=triage", "risk=critical", f"due={Due.OVERDUE}", "mine=y", "queue=safeguarding"],
)
def test_filters_that_fit_no_case_say_so(sqlite_stage: Stage, desk: Desks, query: str) -> None:
    name, cases = busiest(sqlite_stage, 1)
    handler = desk()
    handler.sign_in(name)
    handler.get(f"/?{query}")
    assert shown(handler, cases) == []
    assert "None of the cases that you hold fits these filters" in handler.page
    handler.get("/?queue=hr&status=received&risk=unassessed&due=soon")
    assert shown(handler, cases) == cases


@pytest.mark.parametrize(
    "query",
    ["status=x", "risk=x", "due=x", "after=x", "after=2026-01-01_2026-01-01_x", "after=_%00_"],
)
def test_an_address_that_was_tampered_with_is_refused(desk: Desks, query: str) -> None:
    handler = desk()
    handler.sign_in("hr_1")
    assert handler.get(f"/?{query}").status_code == 400


def test_an_address_cannot_lead_the_links_of_a_page_elsewhere(
    sqlite_stage: Stage, desk: Desks
) -> None:
    name, _ = busiest(sqlite_stage, 56)
    handler = desk()
    handler.sign_in(name)
    assert handler.get("/?_external=1&_scheme=http&endpoint=x&risk=unassessed").status_code == 200
    assert "_scheme" not in handler.page


def test_the_queue_warns_where_recovery_is_not_set_up(sqlite_stage: Stage, desk: Desks) -> None:
    handler = desk()
    handler.sign_in("hr_1")
    handler.get("/")
    assert "Recovery is not set up" not in handler.page
    assert "You hold no open case at the moment" in handler.page
    with Session(sqlite_stage.system.database.engine) as session:
        session.execute(update(ServiceKey).values(is_current=False))
        session.commit()
    handler.get("/")
    assert "Recovery is not set up" in handler.page
