"""The worker and the scheduler as processes of their own, for an installation with Redis."""

import logging
import signal
from threading import Event
from time import monotonic
from types import FrameType
from typing import Any, NoReturn

from celery.beat import Scheduler, Service
from celery.signals import setup_logging, worker_ready
from sqlalchemy.exc import SQLAlchemyError

from safeshare.gate.keeping import show_life
from safeshare.kernel.actors import Worker
from safeshare.wiring import System
from worker.app import create_celery
from worker.own_keys import follow_worker_keys
from worker.queues import QueueName
from worker.schedule import LIFE_SECONDS
from worker.tasks import BEAT_LIFE, WORKER_LIFE
from worker.telling import Complaint, listen_to_celery

log = logging.getLogger(__name__)

FAILED = 1


def run_worker(system: System, queues: tuple[QueueName, ...] = tuple(QueueName)) -> int:
    """Work until told to stop. Returns the exit code: not 0 where it ends without an order, so that
    whatever watches over it starts it again.
    """
    setup_logging.connect(listen_to_celery)  # Else Celery would write tracebacks itself.
    celery = create_celery(system.settings, system)

    def show_readiness(**_named: object) -> None:
        _show_life(system, WORKER_LIFE)

    worker_ready.connect(show_readiness, weak=False)
    worker = celery.Worker(
        pool="solo",
        queues=[queue.value for queue in queues],
        loglevel="WARNING",
        quiet=True,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    leaving = Event()
    follow_worker_keys(system, leaving)
    worker.start()
    leaving.set()
    return FAILED if worker.exitcode is None else int(worker.exitcode)


def run_beat(system: System) -> int:
    """Send what is due until told to stop. Returns the exit code, as `run_worker` does."""
    signal.signal(signal.SIGTERM, _leave)
    celery = create_celery(system.settings)
    with Complaint("the scheduler"):
        Service(celery, scheduler_cls=living_scheduler(system)).start()
        return 0
    return FAILED


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
                _show_life(system, BEAT_LIFE)
            return super().tick(*arguments, **named)

    return LivingScheduler


def _show_life(system: System, name: str) -> None:
    """A dead database must stop neither schedule nor worker: it may be back at the next round."""
    try:
        system.gate.run(show_life, Worker(), name)
    except SQLAlchemyError as error:
        log.warning("%s cannot reach the database: %s", name, type(error).__name__)


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
