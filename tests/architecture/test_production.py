"""The services of docker-compose.yml run as processes, with PostgreSQL, Redis and the key files
that each of them is given, and their health checks tell the truth."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, inspect

from tests.architecture.compose import environment_of, keys_given_to, services
from tests.architecture.source import ROOT
from tests.services.processes import free_port

SAFESHARE = str(ROOT / "bin/safeshare")
START_SECONDS = 60
STOP_SECONDS = 20


@pytest.fixture
def installation(postgres_database_url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """What this test's servers put in the place of the compose file's."""
    return {
        "SAFESHARE_DATABASE_URL": postgres_database_url,
        "SAFESHARE_REDIS_URL": redis_url,
        "SAFESHARE_DATA_FOLDER": str(tmp_path / "data"),
        "SAFESHARE_BIND": f"127.0.0.1:{free_port()}",
    }


def environment(name: str, installation: dict[str, str], folder: Path) -> dict[str, str]:
    """The environment of one service of the compose file, on this test's servers."""
    service = services()[name]
    folder.mkdir()
    given = environment_of(service, folder)
    del given["SAFESHARE_DATABASE_URL_FILE"]
    keys = keys_given_to(service, folder)
    return {
        "PATH": os.environ["PATH"],
        **given,
        **{one: value for one, value in installation.items() if one in given or "URL" in one},
        "SAFESHARE_KEYS_FOLDER": str(keys),
    }


def run(words: list[str], given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SAFESHARE, *words], env=given, capture_output=True, text=True, check=False, timeout=120
    )


@contextmanager
def running(words: list[str], given: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen([SAFESHARE, *words], env=given, stdout=output, stderr=output)
    try:
        yield
        assert process.poll() is None, log.read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def well_in_time(words: list[str], given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The last answer of a health check that is asked until it is content, or for a minute."""
    give_up = time.monotonic() + START_SECONDS
    while True:
        answer = run(words, given)
        if answer.returncode == 0 or time.monotonic() > give_up:
            return answer
        time.sleep(0.5)


def test_an_empty_database_can_be_made_ready(
    postgres_url: str, installation: dict[str, str], tmp_path: Path
) -> None:
    empty = {**installation, "SAFESHARE_DATABASE_URL": postgres_url}
    given = environment("migrate", empty, tmp_path / "m")
    migrated = run(services()["migrate"].command, given)
    assert migrated.returncode == 0, migrated.stderr
    with create_engine(postgres_url, poolclass=NullPool).connect() as connection:
        assert inspect(connection).has_table("case")


@pytest.mark.parametrize("name", ["reporter", "staff", "worker", "beat"])
def test_a_service_can_start_be_found_well_and_stop(
    name: str, installation: dict[str, str], tmp_path: Path
) -> None:
    given = environment(name, installation, tmp_path / "s")
    health = services()[name].health_command[1:]
    log = tmp_path / "log"
    assert run(health, given).returncode != 0
    with running(services()[name].command, given, log):
        answer = well_in_time(health, given)
        assert answer.returncode == 0, answer.stderr + log.read_text()
    assert "Traceback" not in log.read_text()
