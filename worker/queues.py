"""The queues that tasks are sent to, and nothing else."""

from enum import StrEnum


class QueueName(StrEnum):
    """Every queue. A worker consumes all of them, unless it is told which.

    `URGENT` calls people about danger; `ROUTINE` is what happens every minute; `SLOW` may take
    long, so that a large service gives it a worker of its own.
    """

    URGENT = "urgent"
    ROUTINE = "routine"
    SLOW = "slow"
