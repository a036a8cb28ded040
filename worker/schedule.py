"""When each task is due, in London time.

Nothing stands at a time of day between 01:00 and 02:59: on the nights on which the clocks change
that hour comes twice or not at all. What is due once a day is looked for once an hour, and does
nothing when it was done: a machine that slept through the night catches up in the morning.
"""

from dataclasses import dataclass
from typing import Any

from celery.schedules import crontab

from safeshare.files.service.keeping import TURN_SECONDS
from worker.tasks import TASKS

PAGE_SECONDS = 60
"""A page counts down in these steps, so this is no setting."""

LIFE_SECONDS = 20

HEAD_SECONDS = 60
"""How long a cut at the end of the reporters' chain could go unnoticed (ADR 0006)."""

NIGHT = "4"
"""When the whole ledger is read, which may take long."""

AWAKE = "0,3-23"
"""Every hour of the day but the two that the clocks may skip or repeat."""

WORKING_DAY = "9-17"
"""The hours at which a digest may still go out for the day."""

HOUR_SECONDS = 3600

LEAST_EXPIRES = 60
"""A worker that was busy for longer than an interval must still find a message to go on with."""


@dataclass(frozen=True, slots=True)
class Due:
    """When a task is due: every so many seconds, or at times of the day.

    A message that nobody took in `expires` seconds is dropped: the next one says the same.
    """

    when: float | crontab
    expires: float


def times(sweep_seconds: int) -> dict[str, Due]:
    """When each task is due, by its name."""
    return {
        "page": Due(PAGE_SECONDS, PAGE_SECONDS),
        "mail": Due(sweep_seconds, max(sweep_seconds, LEAST_EXPIRES)),
        "sweep": Due(sweep_seconds, max(sweep_seconds, LEAST_EXPIRES)),
        "head": Due(HEAD_SECONDS, HEAD_SECONDS),
        "files": Due(TURN_SECONDS, LEAST_EXPIRES),
        "heartbeat": Due(LIFE_SECONDS, LEAST_EXPIRES),
        "digests": Due(crontab(minute=0, hour=WORKING_DAY), HOUR_SECONDS),
        "overseers": Due(crontab(minute=2, hour=WORKING_DAY), HOUR_SECONDS),
        "watch": Due(crontab(minute=5, hour=WORKING_DAY), HOUR_SECONDS),
        "mail_again": Due(crontab(minute=40, hour=AWAKE), HOUR_SECONDS),
        "ledger": Due(crontab(minute=20, hour=AWAKE), HOUR_SECONDS),
        "verify": Due(crontab(minute=50, hour=NIGHT), HOUR_SECONDS),
        "caseload": Due(crontab(minute=55, hour=AWAKE), HOUR_SECONDS),
        "purge": Due(crontab(minute=25, hour=AWAKE), HOUR_SECONDS),
        "aftercare": Due(crontab(minute=35, hour=AWAKE), HOUR_SECONDS),
        "leavers": Due(crontab(minute=15, hour=NIGHT), HOUR_SECONDS),
        "requests": Due(crontab(minute=45, hour=AWAKE), HOUR_SECONDS),
        "release": Due(crontab(minute=30, hour=AWAKE), HOUR_SECONDS),
    }


def beat_schedule(sweep_seconds: int) -> dict[str, dict[str, Any]]:
    """The schedule as Celery takes it."""
    due = times(sweep_seconds)
    return {
        task.name: {
            "task": task.name,
            "schedule": due[task.name].when,
            "options": {"queue": task.queue.value, "expires": due[task.name].expires},
        }
        for task in TASKS
    }
