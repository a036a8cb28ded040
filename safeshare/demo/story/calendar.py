"""The days on which things happen in the story."""

from datetime import date, timedelta
from random import Random

STORY_DAYS = 548
"""How far back the story begins: 18 months."""

_ONE_DAY = timedelta(days=1)
_GROWTH = 1.15
"""Above 1, more concerns came lately than long ago."""


def is_quiet(day: date) -> bool:
    """Whether the handlers are not at work: weekends, and from Christmas Eve to New Year's Day."""
    return day.weekday() >= 5 or (day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1)


def working_day(day: date) -> date:
    """The day itself, or the next one on which handlers are at work."""
    while is_quiet(day):
        day += _ONE_DAY
    return day


def working_days_later(day: date, count: int) -> date:
    """The working day that comes `count` working days after `day`; with 0, `working_day(day)`."""
    day = working_day(day)
    for _ in range(count):
        day = working_day(day + _ONE_DAY)
    return day


def days_received(today: date, count: int, rng: Random) -> list[date]:
    """When the concerns came in, oldest first: any day of the week, slowly growing in number.

    The last fortnight always has some, among them three of the last three days, so that a queue
    shows new ones whatever day the demo is made.
    """
    recent = [today - timedelta(days=back) for back in (0, 1, 2, 4, 5, 6, 8, 9, 11, 13)]
    earlier = [
        today - timedelta(days=int(STORY_DAYS * rng.random() ** _GROWTH))
        for _ in range(count - len(recent))
    ]
    return sorted(earlier + recent)
