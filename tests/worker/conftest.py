"""Installations that really run, embedded and with Redis, by settings alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import Stage
from tests.services.mail import MailSink
from tests.worker.failing import Failing, ToldOf
from tests.worker.running import Installation, installed


@pytest.fixture
def embedded(sqlite_stage: Stage, tmp_path: Path, smtp_sink: MailSink) -> Iterator[Installation]:
    """One machine: SQLite, and the worker inside the web process."""
    with installed(sqlite_stage, tmp_path, smtp_sink, {"SAFESHARE_WEB_PROCESSES": "2"}) as found:
        yield found


@pytest.fixture
def distributed(
    postgres_stage: Stage, tmp_path: Path, smtp_sink: MailSink, redis_url: str
) -> Iterator[Installation]:
    """Production's shape: PostgreSQL and Redis, with processes of their own."""
    settings = {"SAFESHARE_REDIS_URL": redis_url}
    with installed(postgres_stage, tmp_path, smtp_sink, settings) as found:
        yield found


@pytest.fixture
def told_of(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> ToldOf:
    """What the log, the output and the errors of this process tell of something that failed."""

    def told_of(failing: Failing) -> str:
        told = caplog.text + "".join(capfd.readouterr())
        assert "ValueError at" in told
        assert failing.secret not in told
        assert "Traceback" not in told
        return told

    return told_of
