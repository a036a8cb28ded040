"""Working days of England and Wales, and the hour at which a day's promises fall due."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from holidays import country_holidays

from safeshare.kernel.clocks import LONDON

DUE_TIME = time(17)
"""Promises fall due at 17:00 in London on their date (blueprint section 4, time rule)."""

_DAY = timedelta(days=1)
_SATURDAY = 5


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England; those of Wales are the same days."""
    return frozenset(country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    """Whether people work on the day: not at the weekend, not on a bank holiday."""
    return day.weekday() < _SATURDAY and day not in _bank_holidays(day.year)


def working_days_after(day: date, count: int) -> date:
    """The `count`th working day after the day, which itself does not count. Zero is the day."""
    return _step(day, count, _DAY)


def working_days_before(day: date, count: int) -> date:
    """The `count`th working day before the day, which itself does not count. Zero is the day."""
    return _step(day, count, -_DAY)


def _step(day: date, count: int, one_day: timedelta) -> date:
    while count > 0:
        day += one_day
        count -= is_working_day(day)
    return day


def months_after(day: date, count: int) -> date:
    """The same day of the month so many months later, or that month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    _, last = monthrange(year, month + 1)
    return date(year, month + 1, min(day.day, last))


def due_at(due_on: date) -> datetime:
    """The instant, in UTC, at which a promise due on the date falls due. Right in summer too."""
    return datetime.combine(due_on, DUE_TIME, LONDON).astimezone(UTC)


def last_fallen_due(now: datetime) -> date:
    """The latest date whose promises have fallen due at the instant: select `due_on <=` this."""
    local = now.astimezone(LONDON)
    return local.date() if local.time() >= DUE_TIME else local.date() - _DAY
