"""The worker inside the web process, on one machine without Redis."""

import os
import signal
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from celery.worker import WorkController
from sqlalchemy import func, select

from safeshare.updates.models import Update
from safeshare.wiring import System
from tests.cast import Stage
from tests.services.mail import MailSink
from tests.worker.failing import Failing, ToldOf
from tests.worker.running import PATIENCE, Installation, told, wait_until
from worker.embedded import EmbeddedWorker, _Part


def count_updates(installation: Installation) -> int:
    with installation.stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Update)) or 0


def wait_for_another_update(installation: Installation) -> None:
    before = count_updates(installation)
    installation.stage.submit()
    wait_until(lambda: count_updates(installation) > before, "another update")


def test_a_reporter_can_be_told_by_one_process_without_redis(
    embedded: Installation, smtp_sink: MailSink
) -> None:
    embedded.stage.submit(address="somebody@home.example")
    server = embedded.start("serve", "both")
    wait_until(embedded.answers, "answering")
    wait_until(lambda: "somebody@home.example" in told(smtp_sink), "a nudge at the mail server")
    assert count_updates(embedded) > 0
    assert server.stop(signal.SIGINT) == 0


def test_a_second_web_process_can_take_over_from_a_killed_one(embedded: Installation) -> None:
    server = embedded.start("serve", "both")
    wait_until(embedded.answers, "answering")
    for _ in range(2):
        wait_for_another_update(embedded)
        for child in server.children():
            os.kill(child, signal.SIGKILL)
    wait_until(embedded.answers, "answering after the kill")
    server.stop()


def test_a_thief_cannot_find_a_message_of_the_worker_on_the_disk(
    embedded: Installation, tmp_path: Path
) -> None:
    embedded.stage.submit(address="somebody@home.example")
    server = embedded.start("serve", "both")
    wait_until(lambda: count_updates(embedded) > 0, "an update")
    server.kill()
    assert {path.name for path in (tmp_path / "data").rglob("*")} <= {"worker.lock"}


def test_a_mail_server_that_comes_back_can_still_get_every_nudge(
    embedded: Installation, smtp_sink: MailSink
) -> None:
    embedded.stage.submit(address="somebody@home.example")
    smtp_sink.stop()
    server = embedded.start("serve", "both")
    wait_until(lambda: count_updates(embedded) > 0, "an update")
    wait_until(
        lambda: "relay cannot be reached" in server.text(), "a line about the dead mail server"
    )
    assert "somebody" not in server.text()
    smtp_sink.start()
    wait_until(lambda: "somebody@home.example" in told(smtp_sink), "the nudge after all")
    server.stop()


@pytest.fixture
def alone(sqlite_stage: Stage, tmp_path: Path) -> System:
    """A system in whose folder no other embedded worker stands."""
    folder = tmp_path / "alone"
    folder.mkdir()
    system = sqlite_stage.system
    return replace(system, settings=replace(system.settings, data_folder=folder))


@pytest.fixture
def worker(alone: System, monkeypatch: pytest.MonkeyPatch) -> EmbeddedWorker:
    """One that is not started yet, begins again soon, and is over where `stop` has returned."""
    monkeypatch.setattr("worker.embedded.ELECTION_SECONDS", 0.01)
    monkeypatch.setattr("worker.embedded.LOOK_SECONDS", 0.01)
    monkeypatch.setattr("worker.embedded.STOP_SECONDS", PATIENCE)
    return EmbeddedWorker(alone)


@pytest.mark.parametrize(
    "where",
    [
        "worker.embedded.create_celery",
        "celery.worker.WorkController.Blueprint.start",
        "worker.processes._show_life",
        "celery.beat.Service.start",
    ],
)
def test_whatever_fails_in_the_embedded_worker_is_told_by_its_kind_alone_and_it_starts_again(
    worker: EmbeddedWorker,
    where: str,
    monkeypatch: pytest.MonkeyPatch,
    told_of: ToldOf,
) -> None:
    failing = Failing()
    monkeypatch.setattr(where, failing)
    worker.start()
    wait_until(lambda: failing.calls > 2, "a third try")
    worker.stop()
    told = told_of(failing)
    assert "in __call__" in told
    assert "It is tried again." in told


def test_a_lasting_failure_of_the_embedded_worker_is_told_once(
    worker: EmbeddedWorker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failing = Failing()
    monkeypatch.setattr("worker.embedded.create_celery", failing)
    worker.start()
    wait_until(lambda: failing.calls > 5, "a sixth try")
    worker.stop()
    assert caplog.text.count("ValueError at") == 1


def test_the_scheduler_cannot_go_on_alone_where_the_worker_could_not_be_started(
    worker: EmbeddedWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: list[Thread] = []
    start = _Part.start

    def start_every_other(part: _Part) -> None:
        parts.append(part)
        if len(parts) % 2 == 0:
            raise RuntimeError("can't start new thread")
        start(part)

    monkeypatch.setattr(_Part, "start", start_every_other)
    worker.start()
    wait_until(lambda: len(parts) >= 4, "a second round")
    assert not parts[0].is_alive()
    worker.stop()
    assert not any(part.is_alive() for part in parts)


def test_a_worker_that_celery_ends_by_itself_is_told_of_and_starts_again(
    worker: EmbeddedWorker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    starts: list[str] = []

    def end(controller: WorkController) -> None:
        starts.append(controller.hostname)

    monkeypatch.setattr(WorkController, "start", end)
    worker.start()
    wait_until(lambda: len(starts) > 1, "a second start")
    worker.stop()
    assert "the embedded worker: one of its two parts ended. It is tried again." in caplog.text


def test_the_embedded_worker_stands_again_where_its_lock_could_not_be_taken(
    worker: EmbeddedWorker,
    alone: System,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    lives: list[str] = []
    monkeypatch.setattr("worker.processes._show_life", lambda _system, name: lives.append(name))
    lock = alone.settings.data_folder / "worker.lock"
    lock.mkdir()
    worker.start()
    wait_until(lambda: "IsADirectoryError at" in caplog.text, "told of the folder")
    lock.rmdir()
    wait_until(lambda: bool(lives), "a sign of the scheduler's life")
    worker.stop()
