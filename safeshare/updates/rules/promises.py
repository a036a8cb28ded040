"""What becomes of promises: what happens to a case keeps, ends and makes them; time makes them due.

Keeping the 28-day update, or missing it, makes the next one; a missed promise stays open until a
person writes (blueprint section 6).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from safeshare.kernel.clocks import LONDON
from safeshare.updates.rules.timetable import Happening, PromiseKind, Term, Timetable, WhenDue
from safeshare.updates.rules.working_days import due_at, working_days_after, working_days_before


class PromiseState(StrEnum):
    """Where a promise stands. A late answer keeps a missed one, and a later date takes the place of
    one that was `EXTENDED`; its `missed_on` stays on file.
    """

    PENDING = "pending"
    MISSED = "missed"
    KEPT = "kept"
    CANCELLED = "cancelled"
    EXTENDED = "extended"


OPEN_STATES = frozenset({PromiseState.PENDING, PromiseState.MISSED})
"""States in which somebody is still waiting."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A promise as its row says."""

    promise_id: UUID
    kind: PromiseKind
    state: PromiseState
    due_on: date


@dataclass(frozen=True, slots=True)
class NewPromise:
    """A promise to be made. `KEPT` from the start where what makes it also keeps it."""

    kind: PromiseKind
    due_on: date
    state: PromiseState = PromiseState.PENDING


@dataclass(frozen=True, slots=True)
class Settled:
    """The new state of a promise that stood open."""

    promise_id: UUID
    state: PromiseState


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a happening does to a party's promises."""

    settled: tuple[Settled, ...]
    made: tuple[NewPromise, ...]


class Step(StrEnum):
    """What the sweep must do with a promise now.

    `REMIND`: tell the holders; set `reminded_on`. `ASK`: put the question in the mailbox, which
    keeps the promise. `UPDATE`: put an automatic update in the mailbox and record the miss; then
    make what `made_by_miss` says.
    """

    NOTHING = "nothing"
    REMIND = "remind"
    ASK = "ask"
    UPDATE = "update"


def promises_of_submission(timetable: Timetable, received_on: date) -> tuple[NewPromise, ...]:
    """What sending a concern promises, in the order of the timetable."""
    return consequences(timetable, Happening.SUBMITTED, received_on, ()).made


def is_of_consequence(timetable: Timetable, happening: Happening) -> bool:
    """Whether something that happens can make, keep or end a promise at all."""
    return any(
        happening in named
        for term in timetable.terms.values()
        for named in (term.made_by, term.kept_by, term.cancelled_by)
    )


def consequences(
    timetable: Timetable, happening: Happening, on: date, standing: Collection[Standing]
) -> Consequences:
    """What keeps, ends and makes promises when something happens on a date.

    `standing` must be all promises to the party, the settled ones too: one that was ever made is
    made again only where the timetable says so.
    """
    settled = tuple(
        Settled(promise.promise_id, state)
        for promise in standing
        if (state := state_after(timetable, promise, happening)) is not promise.state
    )
    ever = {promise.kind for promise in standing}
    made = [
        _new(term, on, happening)
        for term in timetable.terms.values()
        if happening in term.made_by and term.kind not in ever
    ]
    return Consequences(settled, (*made, *_renewed(timetable, settled, standing, happening, on)))


def state_after(timetable: Timetable, promise: Standing, happening: Happening) -> PromiseState:
    """The state of one promise after something happened.

    What ends a missed promise answers it, late: its being missed is not wiped out by closing.
    """
    term = timetable.terms[promise.kind]
    if promise.state not in OPEN_STATES:
        return promise.state
    if happening in term.kept_by:
        return PromiseState.KEPT
    if happening in term.cancelled_by:
        missed = promise.state is PromiseState.MISSED
        return PromiseState.KEPT if missed else PromiseState.CANCELLED
    return promise.state


def _new(term: Term, on: date, happening: Happening) -> NewPromise:
    kept = happening in term.kept_by
    return NewPromise(
        term.kind, term.due_on(on), PromiseState.KEPT if kept else PromiseState.PENDING
    )


def _renewed(
    timetable: Timetable,
    settled: Collection[Settled],
    standing: Collection[Standing],
    happening: Happening,
    on: date,
) -> tuple[NewPromise, ...]:
    """One new promise for each repeating kind that the happening kept, however many stood open."""
    ids = {one.promise_id for one in settled}
    kinds = {promise.kind for promise in standing if promise.promise_id in ids}
    return tuple(
        NewPromise(term.kind, term.due_on(on))
        for term in timetable.terms.values()
        if term.again and happening in term.kept_by and term.kind in kinds
    )


def step_at(
    timetable: Timetable, promise: Standing, now: datetime, reminded_on: date | None = None
) -> Step:
    """What the sweep must do with a promise at an instant. Asked twice, it says the same."""
    if promise.state is not PromiseState.PENDING:
        return Step.NOTHING
    term = timetable.terms[promise.kind]
    if now >= due_at(promise.due_on):
        return Step.ASK if term.when_due is WhenDue.ASK else Step.UPDATE
    remind_on = remind_from(timetable, promise)
    if remind_on is None or reminded_on is not None:
        return Step.NOTHING
    return Step.REMIND if now.astimezone(LONDON).date() >= remind_on else Step.NOTHING


def remind_from(timetable: Timetable, promise: Standing) -> date | None:
    """The date from which the holders are reminded of a promise; None where they are not."""
    remind = timetable.terms[promise.kind].remind
    return None if remind is None else working_days_before(promise.due_on, remind)


def reminded_until(timetable: Timetable, today: date) -> Mapping[PromiseKind, date]:
    """For each kind with a reminder, the latest due date that is to be reminded of by today.

    The other side of `remind_from`, for a query over many promises.
    """
    return {
        term.kind: working_days_after(today, term.remind)
        for term in timetable.terms.values()
        if term.remind is not None
    }


def made_by_miss(timetable: Timetable, promise: Standing, now: datetime) -> NewPromise | None:
    """The next promise after a missed one of a repeating kind.

    It keeps the rhythm of the missed one, but lies ahead: after a long silence of the machine the
    reporter gets one automatic update, not a bundle.
    """
    term = timetable.terms[promise.kind]
    if not term.again:
        return None
    due_on = term.due_on(promise.due_on)
    while due_at(due_on) <= now:
        due_on = term.due_on(due_on)
    return NewPromise(term.kind, due_on)


def is_overdue(state: PromiseState, due_on: date, now: datetime) -> bool:
    """Whether somebody still waits for what should have come: missed, or due and not yet swept."""
    return state in OPEN_STATES and now >= due_at(due_on)
