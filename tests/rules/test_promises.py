from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.updates.rules import (
    Consequences,
    Happening,
    PromiseKind,
    PromiseState,
    Standing,
    Step,
    Timetable,
    consequences,
    due_at,
    is_of_consequence,
    is_overdue,
    promises_of_submission,
    remind_from,
    reminded_until,
    step_at,
)
from tests.rules.party import FRIDAY, Party

PENDING, MISSED, KEPT, CANCELLED, _EXTENDED = PromiseState
Kind = PromiseKind


@pytest.fixture
def party(timetable: Timetable) -> Party:
    one = Party(timetable)
    one.happens(Happening.SUBMITTED, FRIDAY)
    return one


def test_a_reporter_can_count_on_what_the_timetable_says(timetable: Timetable) -> None:
    promised = promises_of_submission(timetable, FRIDAY)
    assert [(one.kind, one.due_on, one.state) for one in promised] == [
        (Kind.RECEIPT, FRIDAY, KEPT),
        (Kind.REPLY, date(2026, 11, 24), PENDING),
        (Kind.REPLY_AT_LATEST, date(2026, 11, 27), PENDING),
        (Kind.UPDATE, date(2026, 12, 18), PENDING),
        (Kind.CHECK_IN_2_WEEKS, date(2026, 12, 4), PENDING),
        (Kind.CHECK_IN_6_WEEKS, date(2027, 1, 1), PENDING),
        (Kind.CHECK_IN_12_WEEKS, date(2027, 2, 12), PENDING),
    ]


@pytest.mark.parametrize("happening", Happening)
@pytest.mark.parametrize("place", range(3))
def test_only_what_a_promise_names_is_of_consequence(
    timetable: Timetable, happening: Happening, place: int
) -> None:
    deaf = told(timetable, [frozenset(set(Happening) - {happening})] * 3)
    every = product(Kind, PromiseState)
    standing = [Standing(UUID(int=n), *one, FRIDAY) for n, one in enumerate(every)]
    assert not is_of_consequence(deaf, happening)
    assert consequences(deaf, happening, FRIDAY, standing) == Consequences((), ())
    assert consequences(deaf, happening, FRIDAY, []) == Consequences((), ())
    none = frozenset[Happening]()
    named = [frozenset({happening}) if place == one else none for one in range(3)]
    assert is_of_consequence(told(timetable, named), happening)


def told(timetable: Timetable, named: Sequence[frozenset[Happening]]) -> Timetable:
    """The timetable where these happenings make, keep and cancel every promise."""
    made_by, kept_by, cancelled_by = named
    return Timetable(
        {
            kind: replace(term, made_by=made_by, kept_by=kept_by, cancelled_by=cancelled_by)
            for kind, term in timetable.terms.items()
        }
    )


@given(st.dates(date(2020, 1, 1), date(2045, 12, 31)))
def test_a_reply_can_never_be_promised_later_than_seven_days(
    timetable: Timetable, received_on: date
) -> None:
    promised = {one.kind: one.due_on for one in promises_of_submission(timetable, received_on)}
    assert promised[Kind.REPLY] <= promised[Kind.REPLY_AT_LATEST]
    assert promised[Kind.REPLY_AT_LATEST] == received_on + timedelta(days=7)


def test_reading_a_concern_cannot_keep_a_promise_to_write(party: Party) -> None:
    before = dict(party.rows)
    party.happens(Happening.OPENED, FRIDAY)
    assert party.rows == before


@pytest.mark.parametrize("happening", [Happening.ACKNOWLEDGED, Happening.ANSWERED])
def test_a_person_can_keep_the_promises_by_writing(party: Party, happening: Happening) -> None:
    monday = date(2026, 11, 23)
    party.happens(happening, monday)
    assert party.of(Kind.REPLY) == [(KEPT, date(2026, 11, 24))]
    assert party.of(Kind.REPLY_AT_LATEST) == [(KEPT, date(2026, 11, 27))]
    assert party.of(Kind.UPDATE) == [
        (KEPT, date(2026, 12, 18)),
        (PENDING, monday + timedelta(days=28)),
    ]
    assert party.of(Kind.FEEDBACK) == [(PENDING, date(2027, 2, 23))]
    assert party.of(Kind.CHECK_IN_2_WEEKS) == [(PENDING, date(2026, 12, 4))]


def test_feedback_can_only_be_counted_from_the_first_acknowledgement(party: Party) -> None:
    party.happens(Happening.ACKNOWLEDGED, date(2026, 11, 30))
    party.happens(Happening.ANSWERED, date(2026, 12, 10))
    party.happens(Happening.ACKNOWLEDGED, date(2026, 12, 11))
    assert party.of(Kind.FEEDBACK) == [(PENDING, date(2027, 2, 28))]


def test_closing_can_only_leave_what_comes_after_it(party: Party) -> None:
    closed_on = date(2026, 12, 1)
    party.happens(Happening.ACKNOWLEDGED, date(2026, 11, 23))
    party.happens(Happening.CLOSED, closed_on)
    assert party.of(Kind.FEEDBACK) == [(KEPT, date(2027, 2, 23))]
    assert party.of(Kind.UPDATE)[-1] == (CANCELLED, date(2026, 12, 21))
    assert party.of(Kind.CHECK_IN_2_WEEKS) == [(CANCELLED, date(2026, 12, 4))]
    assert {row.kind: row.due_on for row in party.rows.values() if row.state is PENDING} == {
        Kind.SURVEY: closed_on,
        Kind.DETRIMENT_30_DAYS: date(2026, 12, 31),
        Kind.DETRIMENT_90_DAYS: date(2027, 3, 1),
        Kind.DETRIMENT_180_DAYS: date(2027, 5, 30),
    }


def test_writing_after_the_close_cannot_bring_the_old_promises_back(party: Party) -> None:
    party.happens(Happening.ACKNOWLEDGED, date(2026, 11, 23))
    party.happens(Happening.CLOSED, date(2026, 12, 1))
    before = dict(party.rows)
    party.happens(Happening.ANSWERED, date(2026, 12, 2))
    assert party.rows == before


def test_closing_a_concern_that_nobody_answered_can_only_be_the_feedback(party: Party) -> None:
    party.happens(Happening.CLOSED, date(2026, 11, 21))
    party.happens(Happening.ANSWERED, date(2026, 11, 22))
    assert party.of(Kind.REPLY) == [(CANCELLED, date(2026, 11, 24))]
    assert [state for state, _ in party.of(Kind.FEEDBACK)] == [KEPT]


def test_an_update_can_only_come_once_five_has_struck(party: Party) -> None:
    due = due_at(date(2026, 11, 24))
    assert party.sweep(due - timedelta(microseconds=1)) == []
    assert party.sweep(due) == [(Step.UPDATE, Kind.REPLY)]
    assert party.sweep(due) == []


def test_a_missed_promise_can_stay_open_until_a_person_writes(party: Party) -> None:
    party.sweep(due_at(date(2026, 11, 24)))
    assert party.of(Kind.REPLY) == [(MISSED, date(2026, 11, 24))]
    party.happens(Happening.OPENED, date(2026, 11, 25))
    assert party.of(Kind.REPLY) == [(MISSED, date(2026, 11, 24))]
    party.happens(Happening.ANSWERED, date(2026, 11, 25))
    assert party.of(Kind.REPLY) == [(KEPT, date(2026, 11, 24))]


def test_a_reporter_can_hear_every_28_days_even_if_nobody_writes(party: Party) -> None:
    told = [
        now.date()
        for now in (due_at(FRIDAY + timedelta(days=n)) for n in range(120))
        for step, kind in party.sweep(now)
        if (step, kind) == (Step.UPDATE, Kind.UPDATE)
    ]
    assert told == [FRIDAY + timedelta(days=28 * n) for n in (1, 2, 3, 4)]
    party.happens(Happening.ANSWERED, date(2027, 3, 25))
    states = [state for state, _ in party.of(Kind.UPDATE)]
    assert states == [KEPT] * 5 + [PENDING]
    assert party.of(Kind.UPDATE)[-1][1] == date(2027, 4, 22)


def test_a_machine_that_was_off_for_long_cannot_send_a_bundle(party: Party) -> None:
    back = due_at(FRIDAY + timedelta(days=100))
    first = party.sweep(back)
    assert sorted(first) == sorted(
        [
            (Step.UPDATE, Kind.REPLY),
            (Step.UPDATE, Kind.REPLY_AT_LATEST),
            (Step.UPDATE, Kind.UPDATE),
            (Step.ASK, Kind.CHECK_IN_2_WEEKS),
            (Step.ASK, Kind.CHECK_IN_6_WEEKS),
            (Step.ASK, Kind.CHECK_IN_12_WEEKS),
        ]
    )
    assert party.sweep(back) == []
    assert party.of(Kind.UPDATE)[-1] == (PENDING, FRIDAY + timedelta(days=112))


@pytest.mark.parametrize(("days", "following"), [(28, 56), (55, 56), (56, 84), (100, 112)])
def test_the_next_update_can_only_lie_ahead(party: Party, days: int, following: int) -> None:
    now = due_at(FRIDAY + timedelta(days=days))
    party.sweep(now)
    assert party.sweep(now) == []
    assert party.of(Kind.UPDATE)[-1] == (PENDING, FRIDAY + timedelta(days=following))


def test_closing_can_settle_what_was_missed(party: Party) -> None:
    party.sweep(due_at(FRIDAY + timedelta(days=30)))
    party.happens(Happening.CLOSED, FRIDAY + timedelta(days=31))
    assert [state for state, _ in party.of(Kind.UPDATE)] == [KEPT, CANCELLED]
    assert party.of(Kind.REPLY)[0][0] is KEPT
    assert party.open() == {
        Kind.SURVEY,
        Kind.DETRIMENT_30_DAYS,
        Kind.DETRIMENT_90_DAYS,
        Kind.DETRIMENT_180_DAYS,
    }


def test_asking_a_question_can_keep_the_promise_to_ask(party: Party) -> None:
    assert (Step.ASK, Kind.CHECK_IN_2_WEEKS) in party.sweep(due_at(date(2026, 12, 4)))
    assert party.of(Kind.CHECK_IN_2_WEEKS) == [(KEPT, date(2026, 12, 4))]


@pytest.mark.parametrize("state", [MISSED, KEPT, CANCELLED])
@pytest.mark.parametrize("kind", list(PromiseKind))
def test_the_sweep_cannot_touch_what_is_not_pending(
    timetable: Timetable, kind: PromiseKind, state: PromiseState
) -> None:
    promise = Standing(UUID(int=1), kind, state, FRIDAY)
    assert step_at(timetable, promise, due_at(FRIDAY + timedelta(days=400))) is Step.NOTHING


@pytest.mark.parametrize(
    ("now", "reminded_on", "step"),
    [
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), None, Step.NOTHING),
        (datetime(2026, 11, 23, 0, 0, tzinfo=UTC), None, Step.REMIND),
        (datetime(2026, 11, 24, 16, 59, tzinfo=UTC), None, Step.REMIND),
        (datetime(2026, 11, 24, 16, 59, tzinfo=UTC), date(2026, 11, 23), Step.NOTHING),
        (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), None, Step.UPDATE),
        (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), date(2026, 11, 23), Step.UPDATE),
    ],
)
def test_handlers_can_be_reminded_once_and_before(
    timetable: Timetable, now: datetime, reminded_on: date | None, step: Step
) -> None:
    promise = Standing(UUID(int=1), Kind.REPLY, PENDING, date(2026, 11, 24))
    assert step_at(timetable, promise, now, reminded_on) is step


days = st.dates(date(2026, 1, 1), date(2030, 1, 1))


@given(days, st.integers(-3, 30), st.sampled_from(PromiseKind))
def test_a_reminder_can_be_found_by_one_comparison_of_dates(
    timetable: Timetable, today: date, ahead: int, kind: PromiseKind
) -> None:
    promise = Standing(UUID(int=1), kind, PENDING, today + timedelta(days=ahead))
    from_on, until = remind_from(timetable, promise), reminded_until(timetable, today).get(kind)
    assert (from_on is None) is (until is None)
    if from_on is not None and until is not None:
        assert (promise.due_on <= until) is (from_on <= today)


def test_handlers_cannot_be_reminded_of_questions_that_the_machine_asks(
    timetable: Timetable,
) -> None:
    promise = Standing(UUID(int=1), Kind.SURVEY, PENDING, FRIDAY)
    assert step_at(timetable, promise, due_at(FRIDAY) - timedelta(minutes=1)) is Step.NOTHING


@pytest.mark.parametrize(
    ("state", "minutes", "late"),
    [
        (PENDING, -1, False),
        (PENDING, 0, True),
        (MISSED, 1, True),
        (KEPT, 1, False),
        (CANCELLED, 1, False),
    ],
)
def test_only_what_somebody_waits_for_can_be_overdue(
    state: PromiseState, minutes: int, late: bool
) -> None:
    assert is_overdue(state, FRIDAY, due_at(FRIDAY) + timedelta(minutes=minutes)) is late
