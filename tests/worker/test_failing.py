"""Worker and scheduler that fail: they say so by the kind alone, and end so that they are started
again.
"""

from pathlib import Path

import pytest
from celery.worker import WorkController

from safeshare.kernel.errors import NotFoundError
from safeshare.wiring import System
from tests.cast import Stage
from tests.worker.failing import Failing, ToldOf
from worker.app import create_celery
from worker.processes import run_beat, run_worker
from worker.queues import QueueName
from worker.tasks import Task


@pytest.fixture
def apart(sqlite_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> System:
    """The system of a process of its own, which changes nothing of the one that tests it."""
    monkeypatch.setattr("celery.apps.worker.trace.setup_worker_optimizations", lambda *_: None)
    monkeypatch.setattr("celery.apps.worker.check_privileges", lambda *_: None)
    monkeypatch.setattr("worker.processes.signal.signal", lambda *_: None)
    return sqlite_stage.system


def test_a_worker_that_fails_does_not_end_as_if_it_was_told_to(
    apart: System, monkeypatch: pytest.MonkeyPatch, told_of: ToldOf
) -> None:
    failing = Failing()
    monkeypatch.setattr("celery.worker.WorkController.Blueprint.start", failing)
    assert run_worker(apart) == 1
    told_of(failing)


def test_a_worker_that_ends_without_an_order_does_not_end_as_if_it_had_one(
    apart: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WorkController, "start", lambda _worker: None)
    assert run_worker(apart) == 1


def test_a_scheduler_that_fails_does_not_end_as_if_it_was_told_to(
    apart: System, monkeypatch: pytest.MonkeyPatch, told_of: ToldOf
) -> None:
    failing = Failing()
    monkeypatch.setattr("worker.processes._show_life", failing)
    assert run_beat(apart) == 1
    assert "the scheduler: ValueError at" in told_of(failing)


def test_a_task_that_fails_is_told_of_once_by_its_kind_and_told_of_again_when_it_works(
    apart: System, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failing, found = Failing(), NotFoundError("there is none")
    troubles: list[Exception | None] = [None, ValueError(failing.secret), ValueError(), found, None]

    def work(_system: System) -> None:
        trouble = troubles.pop(0)
        if trouble is not None:
            raise trouble

    monkeypatch.setattr("worker.app.TASKS", (Task("look", QueueName.ROUTINE, work),))
    celery = create_celery(apart.settings, apart)
    while troubles:
        celery.tasks["look"].run()
    first, *then = [record.getMessage() for record in caplog.records]
    assert first.startswith("look: ValueError at ")
    assert first.endswith("in work. It is tried again.")
    assert str(Path(__file__)) in first
    assert then == ["look: there is none. It is tried again.", "look: works again."]
    assert failing.secret not in caplog.text
