"""kill -9 at random instants in the update sweep loses no update and doubles nothing."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import Stage
from tests.services.mail import MailSink
from tests.soak.killing import Killing, kill_process, kill_web_processes
from tests.worker.running import Installation, installed, wait_until

MANY = 10
FEW = 1


@pytest.fixture
def installation(stage: Stage, tmp_path: Path, smtp_sink: MailSink) -> Iterator[Installation]:
    """An installation on either database, not yet running."""
    with installed(stage, tmp_path, smtp_sink, {}) as found:
        yield found


@pytest.fixture
def killing(installation: Installation, smtp_sink: MailSink) -> Killing:
    """The same, with a seed that a failure shows."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - shown by pytest with a failure
    return Killing(installation, smtp_sink, random.Random(seed))  # noqa: S311 - not a secret


def kill_workers(killing: Killing, redis_url: str, times: int) -> None:
    settings = {"SAFESHARE_REDIS_URL": redis_url}
    beat = killing.installation.start("beat", **settings)
    for _ in range(times):
        killing.tell()
        worker = killing.installation.start("worker", **settings)
        killing.kill_at_work(worker, kill_process)
    worker = killing.installation.start("worker", **settings)
    wait_until(killing.is_done, "all done")
    assert (worker.stop(), beat.stop()) == (0, 0)


def kill_web(killing: Killing, times: int) -> None:
    killing.installation.environment["SAFESHARE_WEB_PROCESSES"] = "2"
    server = killing.installation.start("serve", "both")
    for _ in range(times):
        killing.tell()
        killing.kill_at_work(server, kill_web_processes)
    wait_until(killing.is_done, "all done")
    assert server.stop() == 0


def check(killing: Killing, times: int) -> None:
    killing.check_updates()
    killing.check_mail()
    assert killing.concerns
    if times == MANY:
        print(f"{killing.mid_sweep} kills amid a sweep, {killing.mid_mail} amid its mail")  # noqa: T201
        assert killing.mid_sweep, "no kill came in the middle of a sweep"


@pytest.mark.soak
def test_a_worker_killed_ten_times_cannot_lose_or_double_an_update(
    killing: Killing, redis_url: str
) -> None:
    kill_workers(killing, redis_url, MANY)
    check(killing, MANY)


@pytest.mark.soak
def test_a_web_process_killed_ten_times_cannot_lose_or_double_an_update(killing: Killing) -> None:
    kill_web(killing, MANY)
    check(killing, MANY)


def test_a_worker_killed_at_work_cannot_lose_or_double_an_update(
    killing: Killing, redis_url: str
) -> None:
    kill_workers(killing, redis_url, FEW)
    check(killing, FEW)


def test_a_web_process_killed_at_work_cannot_lose_or_double_an_update(killing: Killing) -> None:
    kill_web(killing, FEW)
    check(killing, FEW)
