"""Somebody's promises, kept in memory the way the rows of a database keep them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from safeshare.updates.rules import (
    OPEN_STATES,
    Happening,
    LaterDates,
    NewPromise,
    PromiseKind,
    PromiseState,
    Standing,
    Step,
    Timetable,
    consequences,
    later_dates,
    made_by_miss,
    put_off,
    step_at,
)

FRIDAY = date(2026, 11, 20)
"""The day on which every concern of these tests is sent."""


@dataclass
class Party:
    """One party of a case."""

    timetable: Timetable
    rows: dict[UUID, Standing] = field(default_factory=dict)

    def add(self, made: Iterable[NewPromise]) -> None:
        for promise in made:
            promise_id = UUID(int=len(self.rows) + 1)
            self.rows[promise_id] = Standing(
                promise_id, promise.kind, promise.state, promise.due_on
            )

    def happens(self, happening: Happening, on: date) -> None:
        outcome = consequences(self.timetable, happening, on, list(self.rows.values()))
        for settled in outcome.settled:
            self.set_state(settled.promise_id, settled.state)
        self.add(outcome.made)

    def set_state(self, promise_id: UUID, state: PromiseState) -> None:
        self.rows[promise_id] = replace(self.rows[promise_id], state=state)

    def sweep(self, now: datetime) -> list[tuple[Step, PromiseKind]]:
        """One sweep; returns what was put into the mailbox."""
        told: list[tuple[Step, PromiseKind]] = []
        for row in list(self.rows.values()):
            step = step_at(self.timetable, row, now, reminded_on=FRIDAY)
            if step is Step.NOTHING:
                continue
            told.append((step, row.kind))
            state = PromiseState.KEPT if step is Step.ASK else PromiseState.MISSED
            self.set_state(row.promise_id, state)
            following = made_by_miss(self.timetable, row, now) if step is Step.UPDATE else None
            self.add([following] if following else [])
        return told

    def later(self, today: date) -> LaterDates:
        """To which dates the feedback may be put off."""
        return later_dates(self.timetable, list(self.rows.values()), today)

    def put_off(self, until: date, today: date) -> None:
        settled, made = put_off(self.later(today), until)
        self.set_state(settled.promise_id, settled.state)
        self.add([made])

    def of(self, kind: PromiseKind) -> list[tuple[PromiseState, date]]:
        return [(row.state, row.due_on) for row in self.rows.values() if row.kind is kind]

    def open(self) -> set[PromiseKind]:
        return {row.kind for row in self.rows.values() if row.state in OPEN_STATES}
