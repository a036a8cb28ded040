"""Putting the feedback off: once, to a date ahead, by no more months than the timetable allows.

Directive (EU) 2019/1937, article 11(2)(d), as a benchmark: three months, or six in duly justified
cases. That it is explained, and that two people want it, is the caller's to see to.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from safeshare.kernel.errors import StaleError
from safeshare.updates.rules.promises import (
    OPEN_STATES,
    NewPromise,
    PromiseState,
    Settled,
    Standing,
)
from safeshare.updates.rules.timetable import PromiseKind, Timetable
from safeshare.updates.rules.working_days import months_after


@dataclass(frozen=True, slots=True)
class LaterDates:
    """The promised date of the feedback, and those to which it may be put off, the soonest first.
    Without an `open_promise` nothing is owed; without `dates` it cannot be put off.
    """

    open_promise: Standing | None
    dates: tuple[date, ...]


def later_dates(timetable: Timetable, standing: Collection[Standing], today: date) -> LaterDates:
    """To which dates the feedback may be put off: whole months after the promised one, and ahead.

    `standing` must be all promises to the party. A promise that was missed may still be put off:
    a new date is better than none, and the miss stays on file.
    """
    feedback = [one for one in standing if one.kind is PromiseKind.FEEDBACK]
    owed = next((one for one in feedback if one.state in OPEN_STATES), None)
    if owed is None or any(one.state is PromiseState.EXTENDED for one in feedback):
        return LaterDates(owed, ())
    most = timetable.terms[PromiseKind.FEEDBACK].extension_months or 0
    dates = (months_after(owed.due_on, count) for count in range(1, most + 1))
    return LaterDates(owed, tuple(one for one in dates if one > today))


def put_off(later: LaterDates, until: date) -> tuple[Settled, NewPromise]:
    """What becomes of the promise of feedback, and the one that takes its place.

    Raises:
        StaleError: it cannot be put off to this date, or not any more.
    """
    if later.open_promise is None or until not in later.dates:
        raise StaleError("the feedback cannot be put off to this date")
    settled = Settled(later.open_promise.promise_id, PromiseState.EXTENDED)
    return settled, NewPromise(PromiseKind.FEEDBACK, until)
