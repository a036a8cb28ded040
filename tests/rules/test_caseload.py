"""What the caseload shows of a count, and what two nights of it give away."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.concerns.rules import OVER, CaseStatus
from safeshare.oversight.rules import (
    FEWEST_SHOWN,
    Age,
    Stage,
    age_of,
    all_figures,
    counted_again,
    shown_count,
    stage_of,
)

COUNTS = st.integers(0, 200)


@pytest.mark.parametrize(
    ("counted", "shown"),
    [(0, None), (1, None), (4, None), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (100, 100)],
)
def test_a_reader_can_see_only_rounded_counts_of_five_and_more(
    counted: int, shown: int | None
) -> None:
    assert shown_count(counted) == shown


@given(COUNTS)
def test_a_shown_count_is_never_further_off_than_two(counted: int) -> None:
    shown = shown_count(counted)
    assert (shown is None) == (counted < FEWEST_SHOWN)
    if shown is not None:
        assert shown >= FEWEST_SHOWN
        assert abs(shown - counted) <= 2


def nights(counts: list[int]) -> list[int | None]:
    """What a reader sees night after night."""
    kept, seen = 0, []
    for count in counts:
        kept = count if counted_again(kept, count) else kept
        seen.append(shown_count(kept))
    return seen


@given(st.lists(COUNTS, min_size=2, max_size=30))
def test_a_figure_changes_only_where_at_least_five_cases_came_or_left(counts: list[int]) -> None:
    """The field's rule on differencing: of two published sets the difference is none or five."""
    kept = [0]
    for count in counts:
        kept.append(count if counted_again(kept[-1], count) else kept[-1])
    steps = [abs(after - before) for before, after in pairwise(kept)]
    assert all(step == 0 or step >= FEWEST_SHOWN for step in steps)
    assert nights(counts) == [shown_count(one) for one in kept[1:]]


@given(COUNTS, st.lists(st.integers(-4, 4), min_size=1, max_size=20))
def test_a_count_that_stays_within_four_is_shown_as_the_same_every_night(
    counted: int, steps: list[int]
) -> None:
    first = nights([counted])
    if first == [None]:
        return
    later = nights([counted, *(max(0, counted + step) for step in steps)])
    assert set(later) == set(first)


def test_every_open_status_has_a_stage_and_every_day_an_age() -> None:
    assert {stage_of(status) for status in CaseStatus if status not in OVER} == set(Stage)
    assert [age_of(days) for days in (0, 27, 28, 89, 90, 5000)] == [
        Age.UNDER_28,
        Age.UNDER_28,
        Age.UNDER_90,
        Age.UNDER_90,
        Age.OLDER,
        Age.OLDER,
    ]
    assert len(list(all_figures())) == len(Stage) * len(Age) + 2
