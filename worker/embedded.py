"""The worker inside a web process, for one machine without Redis.

Every web process stands ready; a lock of the kernel's on a file elects one. It is let go when its
process ends, however it ends, and another takes over within a second.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

from celery import Celery
from celery.beat import EmbeddedService

from safeshare.kernel.errors import SafeShareError
from safeshare.wiring import System
from worker.app import create_celery
from worker.processes import living_scheduler
from worker.queues import QueueName

log = logging.getLogger(__name__)

ELECTION_SECONDS = 1.0
STOP_SECONDS = 10.0


class WorkerEndedError(SafeShareError):
    """The worker ended without an order to."""


class EmbeddedWorker:
    """A worker and a scheduler in threads of this process, once it is elected."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._leaving = Event()
        self._thread = Thread(target=self._stand, name="embedded-worker", daemon=True)
        self._worker: Celery.WorkController | None = None

    def start(self) -> None:
        """Stand for election. Call it after the process was forked."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the task that runs, and leave the rest to another."""
        self._leaving.set()
        if self._worker is not None:
            self._worker.stop()
        self._thread.join(STOP_SECONDS)

    def _stand(self) -> None:
        """Stand again and again: a worker that fails must not leave the machine without one."""
        lock = self._system.settings.data_folder / "worker.lock"
        while not self._leaving.is_set():
            with _elected(lock, self._leaving) as elected:
                if elected:
                    with _FailureTold():
                        self._work()
            self._leaving.wait(ELECTION_SECONDS)

    def _work(self) -> None:
        celery = create_celery(self._system.settings, self._system)
        celery.set_current()  # Of this thread: where a task is looked up by its name.
        beat = EmbeddedService(celery, thread=True, scheduler_cls=living_scheduler(self._system))
        beat.daemon = True
        beat.start()
        self._worker = celery.WorkController(
            app=celery,
            pool="solo",
            concurrency=1,
            queues=[queue.value for queue in QueueName],
            hostname=f"embedded@{os.getpid()}",
            quiet=True,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        try:
            if not self._leaving.is_set():
                self._worker.start()
            if not self._leaving.is_set():
                raise WorkerEndedError  # Celery keeps its worker's failures to itself.
        finally:
            beat.service.stop(wait=False)


class _FailureTold:
    """Lets the worker start again after a failure, and logs its kind alone: a traceback could show
    what was being worked on.
    """

    def __enter__(self) -> None:
        """Nothing is needed before the work."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Keep what is a failure and not an order to stop."""
        if kind is None or not issubclass(kind, Exception):
            return False
        log.error("the embedded worker failed (%s) and starts again", kind.__name__)
        return True


@contextmanager
def _elected(path: Path, leaving: Event) -> Iterator[bool]:
    """Wait for the lock; False where the process leaves before it was elected."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _wait_for(descriptor, leaving)
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, leaving: Event) -> bool:
    while not leaving.is_set():
        try:
            flock(descriptor, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            leaving.wait(ELECTION_SECONDS)
        else:
            return True
    return False
