"""Six-week periods, one after another without a gap, the same for every installation."""

from dataclasses import dataclass
from datetime import date, timedelta

FIRST_DAY = date(2024, 1, 1)
"""The Monday from which periods are counted."""

PERIOD_DAYS = 42
"""Six weeks: how often leaders look (HMICFRS, Values and culture, recommendations 23 and 24)."""

FREEZE_DAYS = 14
"""Days after its end at which a period is released, so that late coding is in."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One period; `until_on` is its last day."""

    from_on: date
    until_on: date

    @property
    def key(self) -> str:
        """How a period is named in rows: the ISO date of its first day."""
        return self.from_on.isoformat()

    @property
    def released_on(self) -> date:
        """The date from which its release may be built."""
        return self.until_on + timedelta(days=FREEZE_DAYS)

    def next(self) -> "Period":
        """The period after this one."""
        return period_of(self.until_on + timedelta(days=1))


def period_of(day: date) -> Period:
    """The period that a date lies in."""
    start = day - timedelta(days=(day - FIRST_DAY).days % PERIOD_DAYS)
    return Period(start, start + timedelta(days=PERIOD_DAYS - 1))


def period_named(key: str) -> Period:
    """The period with this key.

    Raises:
        ValueError: no period begins on such a date.
    """
    period = period_of(date.fromisoformat(key))
    if period.key != key:
        raise ValueError("no period begins on that day")
    return period


def periods_to_release(first: Period, today: date) -> tuple[Period, ...]:
    """The periods from `first` on whose release may be built today, oldest first."""
    ready = []
    while first.released_on <= today:
        ready.append(first)
        first = first.next()
    return tuple(ready)
