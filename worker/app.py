"""The Celery application, the same for the embedded worker and for processes of its own."""

import logging
from collections.abc import Callable
from typing import Any

from celery import Celery

from config.settings import Settings
from safeshare.kernel.errors import SafeShareError
from safeshare.outbox.service.relay import RelayUnreachableError
from safeshare.wiring import UNAVAILABLE, System
from worker.queues import QueueName
from worker.schedule import beat_schedule
from worker.tasks import TASKS, Task

log = logging.getLogger(__name__)

EXPECTED: tuple[type[Exception], ...] = (RelayUnreachableError, *UNAVAILABLE)
"""What a machine's surroundings do to a task. The next message tries again; nothing is lost."""

POLL_SECONDS = 0.25
LOOP_SECONDS = 5
"""How long beat sleeps at the most, and so how old its sign of life may be."""

TAKEN_BACK_SECONDS = 600
"""After so long Redis gives the message of a worker that died to another."""


def create_celery(settings: Settings, system: System | None = None) -> Celery:
    """The application with its broker: Redis, or this process's memory where there is none.

    With a `system` it can run the tasks; without one it can only send them.
    """
    celery = Celery("safeshare", set_as_current=False)
    celery.conf.update(_RULES)
    celery.conf.update(_broker(settings))
    celery.conf.update(
        task_queues={name.value: {"routing_key": name.value} for name in QueueName},
        beat_schedule=beat_schedule(settings.sweep_seconds),
    )
    if system is not None:
        for task in TASKS:
            celery.task(_call(task, system), name=task.name, shared=False)
        celery.finalize()  # Here, in one thread: at their first use two could do it at once.
    return celery


_RULES: dict[str, Any] = {
    "accept_content": ["json"],
    "beat_max_loop_interval": LOOP_SECONDS,
    "broker_connection_max_retries": None,
    "broker_connection_retry_on_startup": True,
    "enable_utc": True,
    "result_expires": None,
    "task_acks_late": True,
    "task_create_missing_queues": False,
    "task_default_queue": QueueName.ROUTINE.value,
    "task_ignore_result": True,
    "task_serializer": "json",
    "task_store_errors_even_if_ignored": False,
    "timezone": "Europe/London",
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "worker_enable_remote_control": False,
    "worker_hijack_root_logger": False,
    "worker_prefetch_multiplier": 1,
    "worker_send_task_events": False,
}
"""No results, no remote control, no events: a message names a task, and that is all there is."""


def _broker(settings: Settings) -> dict[str, Any]:
    if settings.redis_url is not None:
        options = {"visibility_timeout": TAKEN_BACK_SECONDS, "socket_keepalive": True}
        return {"broker_url": settings.redis_url, "broker_transport_options": options}
    # Kombu's files would do, but for a reader between their making and their writing.
    return {
        "broker_url": "memory://",
        "broker_transport_options": {"polling_interval": POLL_SECONDS},
    }


def _call(task: Task, system: System) -> Callable[[], None]:
    complaint = _Complaint(task.name)

    def run() -> None:
        try:
            task.run(system)
        except EXPECTED as error:
            complaint.make(error)
        else:
            complaint.withdraw()

    run.__doc__ = task.run.__doc__
    return run


class _Complaint:
    """Says once that a task cannot do its work, and once that it can again: what is due is looked
    for every few seconds, and would fill the log. A database's own words may hold content, so that
    only ours are told.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._is_made = False

    def make(self, error: Exception) -> None:
        if not self._is_made:
            said = str(error) if isinstance(error, SafeShareError) else type(error).__name__
            log.warning("%s: %s. It is tried again.", self._name, said)
        self._is_made = True

    def withdraw(self) -> None:
        if self._is_made:
            log.warning("%s: works again.", self._name)
        self._is_made = False
