"""When a case calls for people, how often a reporter may turn, and why officers may give a case."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.casework.rules import (
    received_too_long_ago,
    recovery_reason,
    waiting_too_long,
)
from safeshare.kernel.actors import Role
from safeshare.kernel.clocks import LONDON
from safeshare.kernel.errors import InvalidError
from safeshare.mailbox.rules import (
    MOST_TURNS,
    TURNS_WITHIN,
    check_turning,
    may_turn_again_on,
)
from safeshare.people.rules import MemberFacts, works_cases_now
from safeshare.updates.rules import working_days_after

DAYS = st.dates(date(2025, 1, 1), date(2030, 1, 1))
INSTANTS = st.builds(lambda day, at: datetime.combine(day, at, UTC), DAYS, st.times())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "received"),
    [
        ("2026-03-03T16:59", "2026-03-01"),  # Monday's has until 17:00; Sunday's is late.
        ("2026-03-03T17:00", "2026-03-02"),
        ("2026-03-04T09:05", "2026-03-02"),
        ("2026-03-09T09:05", "2026-03-05"),  # Thursday's was to be opened on Friday.
        ("2026-03-09T17:00", "2026-03-08"),
        ("2026-04-07T17:00", "2026-04-06"),  # Easter: Thursday's to Monday's fall due on Tuesday.
        ("2026-04-07T16:59", "2026-04-01"),
    ],
)
def test_a_concern_has_a_working_day_to_be_opened(now: str, received: str) -> None:
    assert received_too_long_ago(at(now)) == date.fromisoformat(received)


@given(now=INSTANTS, received=DAYS)
def test_what_was_received_long_ago_is_what_has_had_its_working_day(
    now: datetime, received: date
) -> None:
    due = datetime.combine(working_days_after(received, 1), datetime.min.time(), LONDON)
    has_passed = now >= due.replace(hour=17).astimezone(UTC)
    assert (received <= received_too_long_ago(now)) == has_passed


@given(now=INSTANTS)
def test_the_overseer_is_told_after_those_who_were_told_first(now: datetime) -> None:
    assert waiting_too_long(now) < received_too_long_ago(now) < now.astimezone(LONDON).date()


@given(now=INSTANTS, later=st.timedeltas(timedelta(0), timedelta(days=40)))
def test_no_concern_comes_back_from_being_late(now: datetime, later: timedelta) -> None:
    assert received_too_long_ago(now) <= received_too_long_ago(now + later)


TODAY = date(2026, 3, 20)


@pytest.mark.parametrize(
    ("days_ago", "again"),
    [
        ((), None),
        ((1,), None),
        ((0,), 1),
        ((1, 2), None),
        ((1, 2, 3), 25),
        ((0, 2, 3), 25),
        ((1, 2, 28), None),
        ((1, 2, 27), 1),
        ((30, 40, 50), None),
    ],
)
def test_a_reporter_can_turn_a_few_times(days_ago: tuple[int, ...], again: int | None) -> None:
    asked = [TODAY - timedelta(days=one) for one in days_ago]
    expected = None if again is None else TODAY + timedelta(days=again)
    assert may_turn_again_on(asked, TODAY) == expected


@given(asked=st.lists(DAYS, max_size=8), today=DAYS)
def test_the_day_on_which_a_reporter_may_turn_again_is_one(asked: list[date], today: date) -> None:
    asked = [one for one in asked if one <= today]
    again = may_turn_again_on(asked, today)
    if again is None:
        check_turning(asked, today)
        return
    assert again > today
    assert may_turn_again_on(asked, again) is None
    with pytest.raises(InvalidError):
        check_turning(asked, today)


@given(start=DAYS, tries=st.lists(st.integers(0, 5), max_size=40))
def test_nobody_can_turn_more_often_than_the_rule_says(start: date, tries: list[int]) -> None:
    asked: list[date] = []
    today = start
    for step in tries:
        today += timedelta(days=step)
        if may_turn_again_on(asked, today) is None:
            asked.append(today)
    assert len(set(asked)) == len(asked)
    for one in asked:
        assert sum(one <= other < one + TURNS_WITHIN for other in asked) <= MOST_TURNS


@pytest.mark.parametrize(
    ("changed", "can_open"),
    [
        ({}, True),
        ({"mac_valid": False}, False),
        ({"active": False}, False),
        ({"available": False}, False),
        ({"approved_queues": frozenset()}, False),
        ({"roles": frozenset({Role.SUPERVISOR})}, True),
        ({"roles": frozenset({Role.OVERSEER})}, False),
        ({"roles": frozenset({Role.HANDLER, Role.ADMINISTRATOR})}, False),
        ({"roles": frozenset()}, False),
    ],
)
def test_who_counts_as_able_to_open_a_case(changed: dict[str, object], can_open: bool) -> None:
    facts = {
        "staff_id": uuid4(),
        "active": True,
        "available": True,
        "roles": frozenset({Role.HANDLER}),
        "mac_valid": True,
        "approved_queues": frozenset({uuid4()}),
    }
    member = MemberFacts(**{**facts, **changed})  # type: ignore[arg-type]
    assert works_cases_now(member) is can_open
    away = "available" in changed
    assert works_cases_now(member, or_away=True) is (can_open or away)


def test_a_reason_is_kept_and_cannot_be_left_out() -> None:
    assert recovery_reason("  They left.\r\n") == "They left."
    for nothing in ("", "   ", "\n\u200b"):
        with pytest.raises(InvalidError):
            recovery_reason(nothing)
    with pytest.raises(InvalidError):
        recovery_reason("x" * 2_001)
