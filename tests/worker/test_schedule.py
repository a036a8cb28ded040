"""The schedule and the queues: nothing is due in the hour of the clock change, nothing unheard."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.schedules import crontab

from safeshare import wiring
from safeshare.wiring import System
from tests.architecture.source import ROOT
from tests.cast import Stage, settings_for
from worker.app import create_celery
from worker.queues import QueueName
from worker.schedule import beat_schedule, times
from worker.tasks import TASKS, Task

CHANGING_HOURS = {1, 2}


def by_the_clock() -> dict[str, Any]:
    """The tasks that are due at times of the day."""
    found: dict[str, Any] = {name: due.when for name, due in times(60).items()}
    return {name: when for name, when in found.items() if isinstance(when, crontab)}


def test_nothing_can_be_due_in_the_hour_that_comes_twice_or_never() -> None:
    assert {"digests", "ledger", "purge", "release"} <= set(by_the_clock())
    for name, when in by_the_clock().items():
        assert not when.hour & CHANGING_HOURS, name


def test_a_digest_can_go_out_at_nine_in_london(tmp_path: Path) -> None:
    when = by_the_clock()["digests"]
    assert (min(when.hour), when.minute) == (9, {0})
    celery = create_celery(settings_for("sqlite://", tmp_path))
    assert str(celery.timezone) == "Europe/London"


def test_every_task_can_be_found_in_the_schedule_and_the_other_way_round() -> None:
    assert set(beat_schedule(60)) == set(times(60)) == {task.name for task in TASKS}


def test_a_message_that_nobody_took_cannot_pile_up() -> None:
    for entry in beat_schedule(60).values():
        assert 60 <= entry["options"]["expires"] <= 3600


@pytest.mark.parametrize("queue", QueueName)
def test_every_queue_has_something_sent_to_it_and_a_worker_that_listens(
    queue: QueueName, tmp_path: Path
) -> None:
    assert queue in {task.queue for task in TASKS}
    celery = create_celery(settings_for("sqlite://", tmp_path))
    assert queue.value in celery.amqp.queues.consume_from


def test_the_composed_worker_can_hear_every_queue() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert services["worker"]["command"] == ["worker"]


def test_a_message_cannot_carry_anything_but_a_name(tmp_path: Path) -> None:
    celery = create_celery(settings_for("sqlite://", tmp_path))
    assert all("args" not in entry and "kwargs" not in entry for entry in beat_schedule(5).values())
    assert celery.conf.accept_content == ["json"]
    assert celery.conf.result_backend is None
    assert not celery.conf.worker_enable_remote_control
    assert not celery.conf.worker_send_task_events


def test_redis_can_be_chosen_by_a_setting_alone(tmp_path: Path) -> None:
    settings = settings_for("sqlite://", tmp_path)
    memory = create_celery(settings).conf.broker_url
    redis = wiring.read_settings(
        {
            "SAFESHARE_DEMO": "1",
            "SAFESHARE_DATA_FOLDER": str(tmp_path),
            "SAFESHARE_REDIS_URL": "redis://127.0.0.1:6379/0",
        }
    )
    assert memory == "memory://localhost"
    assert create_celery(redis).conf.broker_url == "redis://127.0.0.1:6379/0"


def test_a_worker_that_is_started_again_runs_its_own_tasks(
    sqlite_stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[System] = []
    monkeypatch.setattr("worker.app.TASKS", (Task("look", QueueName.ROUTINE, told.append),))
    settings, first = settings_for("sqlite://", tmp_path), sqlite_stage.system
    again = replace(first)
    workers = [create_celery(settings, system) for system in (first, again)]
    for worker in workers:
        worker.tasks["look"].run()
    assert [id(system) for system in told] == [id(first), id(again)]
