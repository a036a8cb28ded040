"""When a case calls for more people: too few who can open it, or nobody who did."""

from datetime import date, datetime, timedelta

from safeshare.concerns.rules import AlarmKind
from safeshare.updates.rules import last_fallen_due, working_days_after

FEWEST_LIVE = 2
"""Below so many people who can open a case now, or have the key of the name, one illness or one
betrayal loses it.
"""

WAITS_FOR_SOMEBODY = frozenset({AlarmKind.UNOPENED, AlarmKind.CONTACT_ASKED, AlarmKind.WORK_ASKED})
"""What the overseer is told of a working day after those whom it waits for."""

FEWEST_OVERSEERS = 2
"""Below so many who could be given a case today, one that loses its overseer may get no other."""

DAYS_BETWEEN_MAILS = 7
"""After so many days an alarm that still stands is mailed again."""


def received_too_long_ago(now: datetime) -> date:
    """The latest date of receipt from which a working day has gone by at `now`.

    A concern is to be opened by 17:00 on the first working day after the day it came: nothing here
    knows at what time of that day that was.
    """
    return _latest(now, 1)


def waiting_too_long(now: datetime) -> date:
    """The same with a second working day: now the overseer is told as well."""
    return _latest(now, 2)


def is_mail_day(today: date) -> bool:
    """Whether what is to be said of the service as a whole is mailed today: on Mondays, so that the
    day is decided by no case.
    """
    return today.weekday() == 0


def _latest(now: datetime, working_days: int) -> date:
    until = last_fallen_due(now)
    day = until
    while working_days_after(day, working_days) > until:
        day -= timedelta(days=1)
    return day
