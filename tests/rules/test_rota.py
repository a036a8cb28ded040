"""Turns on call and days away, in whole days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import InvalidError
from safeshare.people.rules import Turn, insist_on_turn, is_away, without

MONDAY = date(2026, 3, 2)
DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 31))


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    first, last = sorted((draw(DAYS), draw(DAYS)))
    return Turn(first, last)


def days_of(turn: Turn) -> set[date]:
    length = (turn.until_on - turn.from_on).days + 1
    return {turn.from_on + timedelta(days=number) for number in range(length)}


@given(turns(), turns())
def test_what_is_left_of_a_turn_is_exactly_the_days_that_were_not_taken(
    turn: Turn, taken: Turn
) -> None:
    parts = without(turn, taken)
    left = [days_of(part) for part in parts]
    assert set().union(*left) == days_of(turn) - days_of(taken)
    assert sum(len(part) for part in left) == len(set().union(*left))
    assert all(part.from_on <= part.until_on for part in parts)


@pytest.mark.parametrize(
    ("turn", "why"),
    [
        (Turn(MONDAY, MONDAY - timedelta(days=1)), "ends_before_it_begins"),
        (Turn(MONDAY - timedelta(days=9), MONDAY - timedelta(days=1)), "date_is_past"),
        (Turn(MONDAY, MONDAY + timedelta(days=93)), "turn_too_long"),
    ],
)
def test_a_turn_cannot_be_backwards_past_or_endless(turn: Turn, why: str) -> None:
    with pytest.raises(InvalidError, match=why):
        insist_on_turn(turn, MONDAY)


def test_a_turn_that_has_begun_can_still_be_given() -> None:
    insist_on_turn(Turn(MONDAY - timedelta(days=3), MONDAY), MONDAY)


@given(turns(), DAYS)
def test_somebody_is_away_on_exactly_the_days_they_named(turn: Turn, today: date) -> None:
    assert is_away(turn.from_on, turn.until_on, today) == (today in days_of(turn))


@given(DAYS, DAYS)
def test_somebody_without_a_last_day_is_away_until_they_are_back(first: date, today: date) -> None:
    assert is_away(first, None, today) == (today >= first)
    assert not is_away(None, None, today)
