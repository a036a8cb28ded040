"""The Celery application, the same for the embedded worker and for processes of its own."""

from collections.abc import Callable
from typing import Any

from celery import Celery

from config.settings import Settings
from safeshare.wiring import System
from worker.queues import QueueName
from worker.schedule import beat_schedule
from worker.tasks import TASKS, Task
from worker.telling import Complaint, listen_to_celery

POLL_SECONDS = 0.25
LOOP_SECONDS = 5
"""How long beat sleeps at the most, and so how old its sign of life may be."""

TAKEN_BACK_SECONDS = 600
"""After so long Redis gives the message of a worker that died to another."""


def create_celery(settings: Settings, system: System | None = None) -> Celery:
    """The application with its broker: Redis, or this process's memory where there is none.

    With a `system` it can run the tasks; without one it can only send them.
    """
    listen_to_celery()
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
        "broker_url": "memory://localhost",
        "broker_transport_options": {"polling_interval": POLL_SECONDS},
    }


def _call(task: Task, system: System) -> Callable[[], None]:
    complaint = Complaint(task.name)

    def run() -> None:
        with complaint:  # The next message tries again; nothing is lost.
            task.run(system)

    run.__doc__ = task.run.__doc__
    return run
