"""What counts as unusual reading."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.oversight.rules import Sign, Week, is_odd_hour, signs_of

SOMEBODY = UUID(int=1)


def week(cases: int = 0, usual: float = 0, odd: int = 0, undone: int = 0, refused: int = 0) -> Week:
    return Week(SOMEBODY, cases, usual, odd, undone, refused)


@pytest.mark.parametrize(
    ("found", "signs"),
    [
        (week(), ()),
        (week(cases=9), ()),
        (week(cases=10), (Sign.FAR_MORE_CASES,)),
        (week(cases=12, usual=4), ()),
        (week(cases=13, usual=4), (Sign.FAR_MORE_CASES,)),
        (week(odd=2), ()),
        (week(odd=3), (Sign.ODD_HOURS,)),
        (week(cases=5, usual=5, undone=4), ()),
        (week(cases=5, usual=5, undone=5), (Sign.OPENED_AND_LEFT,)),
        (week(refused=2), ()),
        (week(refused=3), (Sign.REFUSED_OFTEN,)),
        (week(40, 1, 9, 30, 8), tuple(Sign)),
    ],
)
def test_an_overseer_can_see_what_is_unusual(found: Week, signs: tuple[Sign, ...]) -> None:
    assert signs_of(found) == signs


@given(st.integers(0, 200), st.floats(0, 100))
def test_nobody_is_pointed_at_for_a_usual_number_of_cases(cases: int, usual: float) -> None:
    if cases <= usual:
        assert Sign.FAR_MORE_CASES not in signs_of(week(cases=cases, usual=usual))


@pytest.mark.parametrize(
    ("at", "is_odd"),
    [
        (datetime(2026, 1, 5, 21, 59, tzinfo=UTC), False),
        (datetime(2026, 1, 5, 22, 0, tzinfo=UTC), True),
        (datetime(2026, 1, 6, 5, 59, tzinfo=UTC), True),
        (datetime(2026, 1, 6, 6, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 6, 21, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 6, 5, 0, tzinfo=UTC), False),
    ],
)
def test_night_is_by_the_clock_in_london(at: datetime, *, is_odd: bool) -> None:
    assert is_odd_hour(at) is is_odd
