from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from safeshare.kernel.clocks import LONDON
from safeshare.updates.rules import (
    due_at,
    is_working_day,
    last_fallen_due,
    months_after,
    working_days_after,
    working_days_before,
)

days = st.dates(date(2020, 1, 1), date(2045, 12, 31))
instants = st.integers(0, 9_000 * 86_400).map(
    lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), False),
        (date(2026, 12, 25), False),
        (date(2026, 12, 28), False),
        (date(2027, 3, 26), False),
        (date(2027, 3, 29), False),
        (date(2026, 8, 31), False),
        (date(2026, 8, 3), True),
        (date(2026, 11, 30), True),
        (date(2027, 1, 4), True),
        (date(2022, 9, 19), False),
        (date(2023, 5, 8), False),
    ],
)
def test_people_can_be_expected_to_work_only_on_working_days_of_england_and_wales(
    day: date, works: bool
) -> None:
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("day", "count", "due"),
    [
        (date(2026, 11, 18), 2, date(2026, 11, 20)),
        (date(2026, 11, 19), 2, date(2026, 11, 23)),
        (date(2026, 11, 20), 2, date(2026, 11, 24)),
        (date(2026, 11, 21), 2, date(2026, 11, 24)),
        (date(2026, 11, 22), 2, date(2026, 11, 24)),
        (date(2026, 12, 23), 2, date(2026, 12, 29)),
        (date(2026, 12, 24), 2, date(2026, 12, 30)),
        (date(2026, 12, 31), 2, date(2027, 1, 5)),
        (date(2027, 3, 25), 1, date(2027, 3, 30)),
        (date(2026, 11, 21), 0, date(2026, 11, 21)),
    ],
)
def test_working_days_can_be_counted_over_weekends_and_holidays(
    day: date, count: int, due: date
) -> None:
    assert working_days_after(day, count) == due


@given(days, st.integers(1, 30))
def test_working_days_after_can_be_counted_one_by_one(day: date, count: int) -> None:
    end = working_days_after(day, count)
    between = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(is_working_day(one) for one in between) == count
    assert is_working_day(end)


@given(days.filter(is_working_day), st.integers(0, 30))
def test_counting_back_can_only_lead_to_where_it_began(day: date, count: int) -> None:
    assert working_days_before(working_days_after(day, count), count) == day


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 8, 22), 3, date(2026, 11, 22)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2026, 10, 31), 3, date(2027, 1, 31)),
        (date(2026, 9, 30), 3, date(2026, 12, 30)),
        (date(2026, 9, 12), 3, date(2026, 12, 12)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_months_can_be_added_without_leaving_the_month(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


@given(days, st.integers(0, 36))
def test_months_after_can_never_skip_a_month(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("due_on", "instant"),
    [
        (date(2026, 11, 20), datetime(2026, 11, 20, 17, tzinfo=UTC)),
        (date(2026, 7, 20), datetime(2026, 7, 20, 16, tzinfo=UTC)),
        (date(2026, 3, 28), datetime(2026, 3, 28, 17, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 16, tzinfo=UTC)),
        (date(2026, 10, 24), datetime(2026, 10, 24, 16, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 17, tzinfo=UTC)),
    ],
)
def test_a_promise_can_only_fall_due_at_five_in_london_summer_and_winter(
    due_on: date, instant: datetime
) -> None:
    assert due_at(due_on) == instant


@given(days)
def test_the_clock_on_the_wall_can_only_show_five(due_on: date) -> None:
    local = due_at(due_on).astimezone(LONDON)
    assert (local.date(), local.hour, local.minute) == (due_on, 17, 0)


@given(instants)
@example(datetime(2026, 11, 20, 17, tzinfo=UTC))
@example(datetime(2026, 7, 20, 15, 59, 59, tzinfo=UTC))
def test_the_dates_that_have_fallen_due_can_be_selected_with_one_comparison(now: datetime) -> None:
    last = last_fallen_due(now)
    assert due_at(last) <= now < due_at(last + timedelta(days=1))
