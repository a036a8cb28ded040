"""The worker inside the web process, on one machine without Redis."""

import os
import signal
from pathlib import Path
from typing import Never

import pytest
from celery.worker import WorkController
from sqlalchemy import func, select

from safeshare.updates.models import Update
from tests.cast import Stage
from tests.services.mail import MailSink
from tests.worker.running import Installation, wait_until
from worker.embedded import EmbeddedWorker


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
    wait_until(lambda: len(smtp_sink.deliveries) == 1, "a nudge at the mail server")
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
    wait_until(lambda: len(smtp_sink.deliveries) == 1, "the nudge after all")
    server.stop()


def test_a_failed_embedded_worker_is_logged_by_its_kind_alone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "what somebody told"
    tries: list[str] = []

    def fail(*_: object) -> Never:
        tries.append(secret)
        raise ValueError(secret)

    monkeypatch.setattr("worker.embedded.create_celery", fail)
    monkeypatch.setattr("worker.embedded.ELECTION_SECONDS", 0.01)
    worker = EmbeddedWorker(stage.system)
    stage.system.settings.data_folder.mkdir(exist_ok=True)
    worker.start()
    wait_until(lambda: len(tries) > 1, "a second try")
    worker.stop()
    assert "ValueError" in caplog.text
    assert secret not in caplog.text
    assert "Traceback" not in caplog.text


def test_a_worker_that_celery_ends_by_itself_is_told_of_and_starts_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    starts: list[str] = []

    def end(worker: WorkController) -> None:
        starts.append(worker.hostname)

    monkeypatch.setattr(WorkController, "start", end)
    monkeypatch.setattr("worker.embedded.ELECTION_SECONDS", 0.01)
    worker = EmbeddedWorker(stage.system)
    stage.system.settings.data_folder.mkdir(exist_ok=True)
    worker.start()
    wait_until(lambda: len(starts) > 1, "a second start")
    worker.stop()
    assert "failed (WorkerEndedError) and starts again" in caplog.text
