"""The worker inside a web process, for one machine without Redis.

Every web process stands ready; a lock of the kernel's on a file elects one. It is let go when its
process ends, however it ends, and another takes over within a second.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from types import TracebackType

from celery import Celery
from celery.beat import Service

from safeshare.kernel.errors import SafeShareError
from safeshare.wiring import System
from worker.app import create_celery
from worker.processes import living_scheduler
from worker.queues import QueueName
from worker.telling import Complaint

NAME = "the embedded worker"
ELECTION_SECONDS = 1.0
LOOK_SECONDS = 1.0
"""How often it is looked whether both still work, and how long the scheduler sleeps at the most."""

SOUND_SECONDS = 60.0
"""After so long without a failure it is said to work again."""

STOP_SECONDS = 10.0


class WorkerEndedError(SafeShareError):
    """The worker or its scheduler ended without an order to, and without saying why."""

    def __init__(self) -> None:
        super().__init__("one of its two parts ended")


class EmbeddedWorker:
    """A worker and a scheduler in threads of this process, once it is elected."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._leaving = Event()
        self._complaint = Complaint(NAME)
        self._thread = Thread(target=self._stand, name="embedded-worker", daemon=True)

    def start(self) -> None:
        """Stand for election. Call it after the process was forked."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the task that runs, and leave the rest to another."""
        self._leaving.set()
        self._thread.join(STOP_SECONDS)

    def _stand(self) -> None:
        """Stand again and again: a worker that fails must not leave the machine without one."""
        lock = self._system.settings.data_folder / "worker.lock"
        while not self._leaving.is_set():
            with self._complaint, _elected(lock, self._leaving) as elected:
                if elected:
                    self._work()
            self._leaving.wait(ELECTION_SECONDS)

    def _work(self) -> None:
        """Have both work. Where one ends without an order to, end the other: both start again."""
        celery = create_celery(self._system.settings, self._system)
        scheduler = Service(
            celery, max_interval=LOOK_SECONDS, scheduler_cls=living_scheduler(self._system)
        )
        worker = celery.WorkController(
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
        parts = (
            _Part(celery, scheduler.start, scheduler.stop),
            _Part(celery, worker.start, worker.stop),
        )
        try:
            for part in parts:
                part.start()
            self._watch(parts)
        finally:
            for part in parts:
                part.end()
        if not self._leaving.is_set():
            raise next((one.failed.error for one in parts if one.failed.error), WorkerEndedError())

    def _watch(self, parts: Sequence["_Part"]) -> None:
        """Wait until one of them ends, or the process leaves."""
        since = monotonic()
        while all(part.is_alive() for part in parts) and not self._leaving.wait(LOOK_SECONDS):
            if monotonic() - since > SOUND_SECONDS:
                self._complaint.withdraw()


class _Part(Thread):
    """The scheduler or the worker, in a thread that ends with it."""

    def __init__(self, celery: Celery, work: Callable[[], None], stop: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.failed = _Failure()
        self._celery = celery
        self._work = work
        self._stop_work = stop

    def run(self) -> None:
        """Work until it is stopped, or fails."""
        self._celery.set_current()  # Of this thread: where a task is looked up by its name.
        with self.failed:
            self._work()

    def end(self) -> None:
        """Stop it, and wait until the task that runs is finished. What only just starts hears no
        order yet, and is told again.
        """
        while self.is_alive():
            self._stop_work()
            self.join(LOOK_SECONDS)


class _Failure:
    """Keeps what fails inside it, for another thread to raise."""

    error: Exception | None = None

    def __enter__(self) -> None:
        """Nothing is needed before the work."""

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        failure: BaseException | None,
        _trace: TracebackType | None,
    ) -> bool:
        """Keep what is a failure and not an order to stop."""
        self.error = failure if isinstance(failure, Exception) else None
        return self.error is not None


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
