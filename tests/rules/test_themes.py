import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import InvalidError, MisconfiguredError
from safeshare.themes.rules import (
    MOST_THEMES_OF_A_CASE,
    Counts,
    Vocabulary,
    cell_by_cell,
    coded_themes,
    count_cases,
    load_vocabulary,
    period_named,
    period_of,
    periods_to_release,
    shown,
    stored_table,
    table_stored,
)
from safeshare.themes.rules.vocabulary import MOST_GROUPS

DOMAIN_THEMES = (
    "BUL HAR SXH SXA DIS RAC MIS HOM ABL BAN VIC ABP DOM CHI ADU CRI FRA COR INF SOC HAS WEL SUB "
    "PRO LED CON SER OTH"
)

days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


def test_every_theme_of_the_field_can_be_coded(vocabulary: Vocabulary) -> None:
    assert set(vocabulary.group_of) == set(DOMAIN_THEMES.split())
    assert len(vocabulary.groups) <= MOST_GROUPS
    for theme, group in vocabulary.group_of.items():
        assert theme in {one.code for g in vocabulary.groups if g.code == group for one in g.themes}


@pytest.mark.parametrize(
    ("count", "cell"),
    [
        (0, None),
        (1, None),
        (4, None),
        (5, 5),
        (6, 5),
        (7, 5),
        (8, 10),
        (12, 10),
        (13, 15),
        (17, 15),
        (18, 20),
        (100, 100),
        (102, 100),
        (103, 105),
    ],
)
def test_a_leader_can_see_only_rounded_counts_of_five_and_more(
    count: int, cell: int | None
) -> None:
    assert shown(count) == cell


@given(st.integers(0, 10_000))
def test_a_leader_cannot_learn_more_than_a_span_of_three_from_a_cell(count: int) -> None:
    cell = shown(count)
    alike = [n for n in range(max(count - 9, 0), count + 10) if shown(n) == cell]
    assert len(alike) >= 3
    if cell is not None:
        assert cell >= 5
        assert cell % 5 == 0
        assert abs(cell - count) <= 2


def test_a_leader_cannot_tell_nothing_from_a_little() -> None:
    table = cell_by_cell(Counts(12, {"one": 0, "two": 4, "three": 8}))
    assert dict(table.groups) == {"one": None, "two": None, "three": 10}
    assert table.total == 10


def test_a_period_that_shows_nothing_can_be_told() -> None:
    assert not cell_by_cell(Counts(4, {"one": 4, "two": 0})).shows_something
    assert cell_by_cell(Counts(5, {"one": 4, "two": 4})).shows_something
    assert cell_by_cell(Counts(5, {"one": 5})).shows_something


def test_a_case_can_be_counted_only_once_in_each_group(vocabulary: Vocabulary) -> None:
    facts = [("a", "BUL"), ("a", "HAR"), ("a", "RAC"), ("b", "BUL"), ("b", "BUL"), ("c", "GONE")]
    counts = count_cases(vocabulary, facts)
    assert counts.total == 3
    assert {code: n for code, n in counts.groups.items() if n} == {
        "behaviour": 2,
        "discrimination": 1,
    }
    assert list(counts.groups) == [group.code for group in vocabulary.groups]


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(DOMAIN_THEMES.split()))), st.data())
def test_the_order_of_the_facts_cannot_change_the_table(
    vocabulary: Vocabulary, facts: list[tuple[int, str]], data: st.DataObject
) -> None:
    table = cell_by_cell(count_cases(vocabulary, facts))
    shuffled = data.draw(st.permutations(facts))
    assert cell_by_cell(count_cases(vocabulary, shuffled)) == table


def test_a_release_can_be_frozen_and_read_back() -> None:
    table = cell_by_cell(Counts(40, {"one": 33, "two": 3, "three": 0}))
    assert table_stored(json.loads(json.dumps(stored_table(table)))) == table


@pytest.mark.parametrize(
    ("chosen", "kept"), [(["BUL"], ("BUL",)), (["RAC", "BUL", "RAC"], ("BUL", "RAC"))]
)
def test_a_handler_can_code_a_case(
    vocabulary: Vocabulary, chosen: list[str], kept: tuple[str, ...]
) -> None:
    assert coded_themes(vocabulary, chosen) == kept


@pytest.mark.parametrize("chosen", [[], ["behaviour"], ["bul"], ["BUL", "gossip"]])
def test_a_handler_cannot_code_with_what_is_not_a_theme(
    vocabulary: Vocabulary, chosen: list[str]
) -> None:
    with pytest.raises(InvalidError) as refused:
        coded_themes(vocabulary, chosen)
    assert refused.value.field == "themes"


def test_a_handler_cannot_code_more_themes_than_a_parcel_holds(vocabulary: Vocabulary) -> None:
    many = sorted(vocabulary.group_of)
    assert coded_themes(vocabulary, many[:MOST_THEMES_OF_A_CASE])
    with pytest.raises(InvalidError):
        coded_themes(vocabulary, many[: MOST_THEMES_OF_A_CASE + 1])


@given(days)
def test_every_day_can_lie_in_exactly_one_period_of_six_weeks(day: date) -> None:
    period = period_of(day)
    assert period.from_on <= day <= period.until_on
    assert period.until_on - period.from_on == timedelta(days=41)
    assert period.from_on.weekday() == 0
    assert period.next().from_on == period.until_on + timedelta(days=1)
    assert period_named(period.key) == period


@pytest.mark.parametrize("key", ["2026-11-20", "2026-02-30", "", "period"])
def test_a_period_that_is_not_one_cannot_be_named(key: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        period_named(key)


@given(days, st.integers(-60, 600))
def test_a_period_can_only_be_released_two_weeks_after_its_end(day: date, later: int) -> None:
    first, today = period_of(day), day + timedelta(days=later)
    ready = periods_to_release(first, today)
    assert all(today >= period.until_on + timedelta(days=14) for period in ready)
    assert list(ready) == sorted(set(ready))
    following = ready[-1].next() if ready else first
    assert today < following.until_on + timedelta(days=14)


def group(code: str, *themes: str, **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "label": code,
        "themes": [{"code": theme, "label": theme} for theme in themes],
    } | changes


@pytest.mark.parametrize(
    "groups",
    [
        [],
        [group("one")],
        [group("one", "AA"), group("one", "BB")],
        [group("one", "AA"), group("two", "AA")],
        [group("one", "AA", "AA")],
        [group("one", "A A")],
        [group("one", "AA", label="")],
        [group("one", themes=["AA"])],
        [group("one", themes="AA")],
        [group(f"group_{n}", f"THEME_{n}") for n in range(8)],
    ],
)
def test_an_installation_cannot_start_with_themes_that_make_no_sense(groups: Any) -> None:
    with pytest.raises(MisconfiguredError):
        load_vocabulary({"group": groups})
