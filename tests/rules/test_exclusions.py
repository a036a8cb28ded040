"""Nobody who is kept out is ever let in by how the list is kept, however long it grows."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.concerns.rules.exclusions import (
    MOST_LISTED,
    MOST_WATCHING,
    NOBODY,
    Exclusions,
    Why,
    exclusions_in,
    exclusions_record,
    line_without,
    out_of_line_in,
    succession_in,
    succession_record,
    watching_in,
    with_watching,
)
from safeshare.kernel.errors import SealBrokenError

ROOM = 4096 - 4
"""Bytes that a roll has for its content."""

IDS = st.uuids(version=4)
EXCLUSIONS = st.builds(
    Exclusions,
    people=st.dictionaries(IDS, st.sampled_from(Why), max_size=30),
    queues=st.frozensets(IDS, max_size=5),
    places=st.frozensets(IDS, max_size=5),
)


def written(record: object) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":")).encode()


def people(count: int, first: int = 1) -> list[UUID]:
    return [UUID(int=first + one) for one in range(count)]


@given(EXCLUSIONS, st.lists(IDS, max_size=20))
def test_a_list_that_fits_can_be_read_back_as_it_was(
    exclusions: Exclusions, allowed: list[UUID]
) -> None:
    record = exclusions_record(exclusions, allowed)
    assert exclusions_in(json.loads(written(record))) == exclusions
    assert len(written(record)) <= ROOM


@given(
    st.integers(0, 400),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 400),
    st.sampled_from(Why),
)
def test_no_length_of_any_list_can_let_an_excluded_person_in(
    excluded: int, queues: int, places: int, allowed: int, why: Why
) -> None:
    out, may = people(excluded), people(allowed, first=10_000)
    teams, sites = people(queues, first=20_000), people(places, first=30_000)
    exclusions = Exclusions(dict.fromkeys(out, why), frozenset(teams), frozenset(sites))
    record = exclusions_record(exclusions, may)
    assert len(written(record)) <= ROOM
    read = exclusions_in(record)
    assert all(read.keeps_out(one, [], []) for one in out)
    stranger = UUID(int=99_999)
    assert all(read.keeps_out(stranger, [team], []) for team in teams)
    assert all(read.keeps_out(stranger, [], [site]) for site in sites)
    room = MOST_LISTED - queues - places
    if excluded > room:
        assert not any(read.keeps_out(one, [], []) for one in may[:room])
        assert read.keeps_out(stranger, [], [])
    assert all(read.keeps_out(one, [team], []) for one in may for team in teams)
    assert all(read.keeps_out(one, [], [site]) for one in may for site in sites)


@given(st.integers(170, 400), st.integers(1, 200), st.integers(0, 10))
def test_a_list_that_has_turned_round_still_takes_more(
    excluded: int, allowed: int, more: int
) -> None:
    may = people(allowed, first=10_000)
    first = exclusions_in(
        exclusions_record(Exclusions(dict.fromkeys(people(excluded), Why.TICKED)), may)
    )
    gone = may[:more]
    again = exclusions_in(exclusions_record(first.with_people(gone, Why.TIE), may[more:]))
    assert all(again.keeps_out(one, [], []) for one in [*people(excluded), *gone])


def test_a_first_reason_cannot_be_overwritten() -> None:
    one = UUID(int=1)
    exclusions = Exclusions({one: Why.TICKED}).with_people([one], Why.TIE)
    assert exclusions.people == {one: Why.TICKED}


@given(st.lists(IDS, unique=True, max_size=250), st.frozensets(IDS, max_size=60))
def test_a_line_keeps_its_order_and_forgets_nobody_who_is_out(
    order: list[UUID], out: frozenset[UUID]
) -> None:
    left = NOBODY.with_people(out, Why.TIE)
    record = succession_record(order, left)
    assert len(written(record)) <= ROOM
    assert list(succession_in(record)) == order[: MOST_LISTED - len(out)]
    assert out_of_line_in(record) == left


@given(
    st.lists(IDS, unique=True, max_size=250),
    st.lists(IDS, unique=True, max_size=60),
    EXCLUSIONS,
)
def test_a_line_keeps_every_team_and_place_whoever_leaves_it(
    order: list[UUID], watch: list[UUID], exclusions: Exclusions
) -> None:
    record = succession_record(order, exclusions.groups, watch)
    left = with_watching(line_without(record, order[:1], out=order[:1], barred=order[:2]), watch)
    assert len(written(left)) <= ROOM
    assert out_of_line_in(left).groups == exclusions.groups
    assert out_of_line_in(left).people.keys() == set(order[:1])


@given(
    st.lists(IDS, unique=True, max_size=250),
    st.lists(IDS, unique=True, max_size=60),
    st.frozensets(IDS, max_size=60),
)
def test_a_line_names_the_overseers_who_may_be_called_in(
    order: list[UUID], watch: list[UUID], out: frozenset[UUID]
) -> None:
    record = with_watching(
        succession_record(order, NOBODY.with_people(out, Why.TIE), order[:1]), watch
    )
    assert len(written(record)) <= ROOM
    assert watching_in(record) == set(watch[:MOST_WATCHING])
    assert out_of_line_in(record).people.keys() == out
    left = line_without(record, watch[:1], barred=watch[:1])
    assert watching_in(left) == set(watch[1:MOST_WATCHING])
    assert watching_in(line_without(record, watch)) == watching_in(record)


@given(st.lists(IDS, unique=True, max_size=40), st.data())
def test_whoever_leaves_the_line_cannot_be_in_it(order: list[UUID], data: st.DataObject) -> None:
    gone = data.draw(st.frozensets(st.sampled_from(order)) if order else st.just(frozenset()))
    record = line_without(succession_record(order), gone, out=gone)
    assert list(succession_in(record)) == [one for one in order if one not in gone]
    assert out_of_line_in(record).people.keys() == gone


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"people": []},
        {"people": {"friend": ""}, "queues": "", "places": ""},
        {"people": {"tie": "short"}, "queues": "", "places": ""},
        {"people": {"tie": "!" * 22}, "queues": 7, "places": ""},
        {"only": None, "queues": "", "places": ""},
        {"only": ""},
    ],
)
def test_a_record_that_is_not_ours_cannot_be_read(record: dict[str, object]) -> None:
    with pytest.raises(SealBrokenError):
        exclusions_in(record)


@pytest.mark.parametrize("record", [{}, {"order": 1}, {"order": "x"}])
def test_a_line_that_is_not_ours_cannot_be_read(record: dict[str, object]) -> None:
    with pytest.raises(SealBrokenError):
        succession_in(record)
