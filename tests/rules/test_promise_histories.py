from datetime import date, timedelta
from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from safeshare.updates.rules import (
    Happening,
    PromiseKind,
    PromiseState,
    Step,
    due_at,
    load_timetable,
    months_after,
)
from tests.rules.conftest import shipped
from tests.rules.party import FRIDAY, Party


class OneCase(RuleBasedStateMachine):
    """Anything may happen to a case in any order, while days go by and sweeps come and fail."""

    def __init__(self) -> None:
        super().__init__()
        self.party = Party(load_timetable(shipped("timetable")))
        self.today = FRIDAY
        self.is_closed = False
        self.told: list[tuple[date, PromiseKind]] = []
        self.heard_on = FRIDAY
        self.party.happens(Happening.SUBMITTED, self.today)

    @rule(days=st.integers(0, 40))
    def time_goes_by(self, days: int) -> None:
        for _ in range(days):
            self.today += timedelta(days=1)
            self.sweep()

    @rule()
    def sweep(self) -> None:
        for step, kind in self.party.sweep(due_at(self.today)):
            self.told.append((self.today, kind))
            if step is Step.UPDATE:
                self.heard_on = self.today

    @rule(happening=st.sampled_from([Happening.OPENED, *Happening]))
    @precondition(lambda self: not self.is_closed)
    def something_happens(self, happening: Happening) -> None:
        if happening is Happening.SUBMITTED:
            return
        self.party.happens(happening, self.today)
        self.is_closed = happening is Happening.CLOSED
        if happening is not Happening.OPENED:
            self.heard_on = self.today

    @rule()
    @precondition(lambda self: self.is_closed)
    def a_holder_writes_in_aftercare(self) -> None:
        self.party.happens(Happening.ANSWERED, self.today)

    @rule(months=st.integers(0, 2))
    def two_people_put_the_feedback_off(self, months: int) -> None:
        dates = self.party.later(self.today).dates
        if dates:
            self.party.put_off(dates[min(months, len(dates) - 1)], self.today)

    @invariant()
    def the_feedback_is_put_off_once_and_by_three_months_at_most(self) -> None:
        feedback = self.party.of(PromiseKind.FEEDBACK)
        assert len(feedback) <= 2
        if len(feedback) == 2:
            (state, first), (_, second) = feedback
            assert state is PromiseState.EXTENDED
            assert first < second <= months_after(first, 3)

    @invariant()
    def nobody_is_told_the_same_twice(self) -> None:
        once = [kind for _, kind in self.told if kind is not PromiseKind.UPDATE]
        promised = len(self.party.of(PromiseKind.FEEDBACK))
        assert once.count(PromiseKind.FEEDBACK) <= promised
        others = [kind for kind in once if kind is not PromiseKind.FEEDBACK]
        assert len(others) == len(set(others))
        updates = [day for day, kind in self.told if kind is PromiseKind.UPDATE]
        assert all(later - day >= timedelta(days=28) for day, later in pairwise(updates))

    @invariant()
    def the_next_update_is_always_promised(self) -> None:
        ahead = [
            due for state, due in self.party.of(PromiseKind.UPDATE) if state is PromiseState.PENDING
        ]
        assert len(ahead) == (0 if self.is_closed else 1)
        if ahead:
            assert ahead[0] <= self.heard_on + timedelta(days=28)

    @invariant()
    def nothing_old_stays_open_after_the_close(self) -> None:
        if self.is_closed:
            assert self.party.open() <= {
                PromiseKind.SURVEY,
                PromiseKind.DETRIMENT_30_DAYS,
                PromiseKind.DETRIMENT_90_DAYS,
                PromiseKind.DETRIMENT_180_DAYS,
            }


TestOneCase = OneCase.TestCase
