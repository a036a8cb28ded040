"""To which dates the feedback may be put off, and what becomes of the first promise."""

from datetime import date
from uuid import uuid4

import pytest

from safeshare.kernel.errors import MisconfiguredError, StaleError
from safeshare.updates.rules import (
    Happening,
    PromiseKind,
    PromiseState,
    Standing,
    Timetable,
    due_at,
    is_overdue,
    later_dates,
    load_timetable,
)
from tests.rules.conftest import shipped
from tests.rules.party import FRIDAY, Party

MONDAY = date(2026, 11, 23)
FIRST = date(2027, 2, 23)
LATER = (date(2027, 3, 23), date(2027, 4, 23), date(2027, 5, 23))


@pytest.fixture
def party(timetable: Timetable) -> Party:
    one = Party(timetable)
    one.happens(Happening.SUBMITTED, FRIDAY)
    one.happens(Happening.ACKNOWLEDGED, MONDAY)
    return one


@pytest.mark.parametrize(
    ("today", "dates"),
    [
        (MONDAY, LATER),
        (FIRST, LATER),
        (date(2027, 3, 22), LATER),
        (date(2027, 3, 23), LATER[1:]),
        (date(2027, 5, 22), LATER[2:]),
        (date(2027, 5, 23), ()),
    ],
)
def test_feedback_can_be_put_off_to_days_ahead_and_six_months_at_most(
    party: Party, today: date, dates: tuple[date, ...]
) -> None:
    assert party.later(today).dates == dates


def test_a_month_without_that_day_ends_on_its_last(timetable: Timetable) -> None:
    owed = Standing(uuid4(), PromiseKind.FEEDBACK, PromiseState.PENDING, date(2026, 11, 30))
    assert later_dates(timetable, [owed], FRIDAY).dates[2] == date(2027, 2, 28)


def test_what_was_put_off_is_overdue_no_more_and_the_new_date_is(party: Party) -> None:
    party.put_off(LATER[1], MONDAY)
    assert party.of(PromiseKind.FEEDBACK) == [
        (PromiseState.EXTENDED, FIRST),
        (PromiseState.PENDING, LATER[1]),
    ]
    assert not is_overdue(PromiseState.EXTENDED, FIRST, due_at(LATER[0]))
    party.sweep(due_at(LATER[1]))
    assert party.of(PromiseKind.FEEDBACK)[1][0] is PromiseState.MISSED


def test_nobody_can_put_it_off_twice(party: Party) -> None:
    party.put_off(LATER[0], MONDAY)
    assert party.later(MONDAY).dates == ()
    with pytest.raises(StaleError):
        party.put_off(LATER[1], MONDAY)


def test_a_missed_feedback_can_still_be_given_a_date(party: Party) -> None:
    party.sweep(due_at(FIRST))
    party.put_off(LATER[0], FIRST)
    assert party.of(PromiseKind.FEEDBACK)[0] == (PromiseState.EXTENDED, FIRST)


@pytest.mark.parametrize("wrong", [FIRST, date(2027, 3, 24), date(2027, 6, 23)])
def test_nobody_can_choose_a_date_of_their_own(party: Party, wrong: date) -> None:
    with pytest.raises(StaleError):
        party.put_off(wrong, MONDAY)


def test_nothing_can_be_put_off_before_it_is_promised_or_after_it_was_given(
    timetable: Timetable, party: Party
) -> None:
    new = Party(timetable)
    new.happens(Happening.SUBMITTED, FRIDAY)
    assert new.later(FRIDAY).open_promise is None
    party.happens(Happening.CLOSED, MONDAY)
    assert party.later(MONDAY).open_promise is None


def test_closing_keeps_the_later_promise(party: Party) -> None:
    party.put_off(LATER[0], MONDAY)
    party.happens(Happening.CLOSED, LATER[0])
    states = [state for state, _ in party.of(PromiseKind.FEEDBACK)]
    assert states == [PromiseState.EXTENDED, PromiseState.KEPT]


def _changed(kind: str, **changes: object) -> Timetable:
    terms = [dict(term) for term in shipped("timetable")["promise"]]
    next(one for one in terms if one["kind"] == kind).update(changes)
    return load_timetable({"promise": terms})


def test_an_installation_can_forbid_it_and_cannot_allow_it_of_another_promise() -> None:
    strict = Party(_changed("feedback", extension_months=0))
    strict.happens(Happening.ACKNOWLEDGED, MONDAY)
    assert strict.later(MONDAY).dates == ()
    with pytest.raises(MisconfiguredError):
        _changed("reply", extension_months=1)
