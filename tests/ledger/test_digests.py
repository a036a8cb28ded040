"""Which writing of a row is the newest, where reporters' order within a day is not known."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.ledger.digests import Became, Writing, acceptable, in_one

DAY = date(2026, 3, 2)
MADE, CHANGED, GONE = Became.MADE, Became.CHANGED, Became.GONE


def by_staff(order: int, became: Became, digest: str = "", *, day: int = 0) -> Writing:
    return Writing(DAY + timedelta(days=day), order, became, digest or None)


def by_reporter(became: Became, digest: str = "", *, day: int = 0) -> Writing:
    return Writing(DAY + timedelta(days=day), None, became, digest or None)


@pytest.mark.parametrize(
    ("writings", "right"),
    [
        ([], set()),
        ([by_reporter(MADE, "a")], {"a"}),
        ([by_reporter(MADE, "a"), by_staff(1, CHANGED, "b")], {"b"}),
        ([by_reporter(MADE, "a"), by_staff(1, CHANGED, "b", day=1)], {"b"}),
        ([by_staff(1, CHANGED, "b"), by_staff(9, CHANGED, "c"), by_staff(0, MADE, "a")], {"c"}),
        ([by_reporter(MADE, "a"), by_staff(1, GONE)], set()),
        ([by_reporter(MADE, "a"), by_staff(1, GONE), by_reporter(MADE, "b")], {"a", "b"}),
        ([by_reporter(MADE, "a"), by_staff(1, GONE, day=1), by_staff(2, MADE, "b", day=1)], {"b"}),
        ([by_staff(1, MADE, "a"), by_reporter(CHANGED, "b")], {"a", "b"}),
        ([by_staff(1, MADE, "a"), by_reporter(CHANGED, "b", day=1)], {"b"}),
    ],
)
def test_the_newest_writing_can_be_told(writings: list[Writing], right: set[str]) -> None:
    assert acceptable(writings) == right


@dataclass
class Row:
    """One place, written to in an order that only this test knows."""

    writings: list[Writing] = field(default_factory=list)
    now: str | None = None
    day: int = 0

    def write(self, by_whom: str, wish: str) -> None:
        became = CHANGED if self.now is not None else MADE
        if wish == "gone" and self.now is not None:
            became = GONE
        digest = None if became is GONE else f"digest {len(self.writings)}"
        order = len(self.writings) if by_whom == "staff" else None
        on = DAY + timedelta(days=self.day)
        self.writings.append(Writing(on, order, became, digest))
        self.now = digest


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["staff", "reporter"]), st.sampled_from(["write", "gone"]), st.booleans()
    ),
    max_size=12,
)


@given(STEPS)
def test_what_was_last_written_is_always_accepted_and_what_is_gone_never(
    steps: list[tuple[str, str, bool]],
) -> None:
    row = Row()
    for by_whom, wish, next_day in steps:
        row.day += next_day
        row.write(by_whom, wish)
        right = acceptable(row.writings)
        assert right >= {row.now} if row.now is not None else not right


@given(STEPS)
def test_nothing_older_is_accepted_than_what_a_reporter_wrote_on_the_newest_day(
    steps: list[tuple[str, str, bool]],
) -> None:
    row = Row()
    for by_whom, wish, next_day in steps:
        row.day += next_day
        row.write(by_whom, wish)
        newest = max(one.on for one in row.writings)
        by_digest = {one.digest: one for one in row.writings}
        accepted = [by_digest[one] for one in acceptable(row.writings)]
        assert all(one.on == newest for one in accepted)
        assert sum(one.order is not None for one in accepted) <= 1


@given(st.lists(st.sampled_from(["write", "gone"]), min_size=1, max_size=12))
def test_of_what_staff_wrote_only_the_last_is_accepted(wishes: list[str]) -> None:
    row = Row()
    for wish in wishes:
        row.write("staff", wish)
    assert acceptable(row.writings) == ({row.now} if row.now is not None else set())


@pytest.mark.parametrize(
    ("before", "after", "both"),
    [
        (None, "made:a", "made:a"),
        ("made:a", "changed:b", "made:b"),
        ("made:a", "gone", None),
        ("changed:a", "changed:b", "changed:b"),
        ("changed:a", "gone", "gone"),
        ("gone", "made:b", "changed:b"),
    ],
)
def test_one_change_can_touch_a_row_twice(before: str | None, after: str, both: str | None) -> None:
    assert in_one(before, after) == both
