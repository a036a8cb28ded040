"""The worker and the scheduler as processes of their own, for an installation with Redis."""

import logging
import signal
from time import monotonic
from types import FrameType
from typing import Any, NoReturn

from celery.beat import Scheduler, Service
from sqlalchemy.exc import SQLAlchemyError

from safeshare.gate.keeping import show_life
from safeshare.kernel.actors import Worker
from safeshare.wiring import System
from worker.app import create_celery
from worker.queues import QueueName
from worker.schedule import LIFE_SECONDS
from worker.tasks import BEAT_LIFE

log = logging.getLogger(__name__)


def run_worker(system: System, queues: tuple[QueueName, ...] = tuple(QueueName)) -> int:
    """Work until told to stop. Returns the exit code."""
    celery = create_celery(system.settings, system)
    worker = celery.Worker(
        pool="solo",
        queues=[queue.value for queue in queues],
        loglevel="WARNING",
        quiet=True,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def run_beat(system: System) -> None:
    """Send what is due until told to stop."""
    signal.signal(signal.SIGTERM, _leave)
    celery = create_celery(system.settings)
    Service(celery, scheduler_cls=living_scheduler(system)).start()


def living_scheduler(system: System) -> type[Scheduler]:
    """A scheduler in memory that shows life every `LIFE_SECONDS`. It keeps nothing: what is due
    stands in the database.
    """

    class LivingScheduler(Scheduler):  # type: ignore[misc]  # Celery has no types.
        """Celery's own, with a sign of life."""

        show_after = 0.0

        def tick(self, *arguments: Any, **named: Any) -> Any:
            """Send what is due. Returns the seconds until the next round."""
            if monotonic() >= self.show_after:
                self.show_after = monotonic() + LIFE_SECONDS
                _show_life(system)
            return super().tick(*arguments, **named)

    return LivingScheduler


def _show_life(system: System) -> None:
    """A dead database must not stop the schedule: it may be back at the next round."""
    try:
        system.gate.run(show_life, Worker(), BEAT_LIFE)
    except SQLAlchemyError as error:
        log.warning("beat cannot reach the database: %s", type(error).__name__)


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
