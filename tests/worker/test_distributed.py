"""Worker and scheduler as processes of their own, with PostgreSQL and Redis."""

import shutil
from pathlib import Path

from sqlalchemy import func, select, text

from safeshare.updates.models import Update
from tests.services.mail import MailSink
from tests.services.redis_server import RedisServer
from tests.use_cases.handlers import holders_of
from tests.use_cases.test_paging import move_address, put_on_call
from tests.worker.running import Installation, told, wait_until

EVERYBODY_ELSE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND datname = current_database()
"""


def count_updates(installation: Installation) -> int:
    with installation.stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Update)) or 0


def wait_for_another_update(installation: Installation) -> None:
    before = count_updates(installation)
    installation.stage.submit()
    wait_until(lambda: count_updates(installation) > before, "another update")


def only_worker_keys(installation: Installation, folder: Path) -> dict[str, str]:
    """The settings of a worker that was given its own keys and no others."""
    keys = installation.stage.system.settings.keys_folder
    given = folder / "worker-keys"
    given.mkdir(mode=0o700)
    shutil.copy2(keys / "ledger", given / "ledger")
    for name in ("worker", "public", "head", "newest"):
        shutil.copytree(keys / name, given / name)
    return {"SAFESHARE_KEYS_FOLDER": str(given)}


def test_a_worker_with_nothing_but_its_own_keys_can_do_everything(
    distributed: Installation, smtp_sink: MailSink, tmp_path: Path
) -> None:
    distributed.stage.submit(address="somebody@home.example")
    keys = only_worker_keys(distributed, tmp_path)
    worker = distributed.start("worker", **keys)
    beat = distributed.start("beat", SAFESHARE_KEYS_FOLDER=str(tmp_path / "none"))
    wait_until(lambda: "somebody@home.example" in told(smtp_sink), "a nudge at the mail server")
    wait_until(lambda: distributed.run("health", "worker").returncode == 0, "a healthy worker")
    wait_until(lambda: distributed.run("health", "beat").returncode == 0, "a healthy scheduler")
    assert (beat.stop(), worker.stop()) == (0, 0)


def test_a_worker_apart_judges_who_is_called_about_danger(
    distributed: Installation, smtp_sink: MailSink, tmp_path: Path
) -> None:
    """Somebody who can write to the tables puts their own address into the account of whoever is on
    call. Nothing goes there: the others who hold the concern are called, and an alarm is raised.
    """
    stage = distributed.stage
    first = put_on_call(stage, "hr", "hr_4")
    sent, _code = stage.submit({"danger": "yes"})
    others = set(holders_of(stage, sent.reference)) - {"hr_4"}
    move_address(stage, first)
    worker = distributed.start("worker", **only_worker_keys(distributed, tmp_path))
    beat = distributed.start("beat", SAFESHARE_KEYS_FOLDER=str(tmp_path / "none"))
    called = {f"{name}@service.example" for name in others}
    wait_until(lambda: told(smtp_sink) >= called, "calls to the others")
    assert "somebody@elsewhere.example" not in told(smtp_sink)
    assert (beat.stop(), worker.stop()) == (0, 0)


def test_a_dead_redis_cannot_lose_an_update(
    distributed: Installation, redis_server: RedisServer
) -> None:
    worker, beat = distributed.start("worker"), distributed.start("beat")
    wait_for_another_update(distributed)
    redis_server.stop()
    before = count_updates(distributed)  # The worker may still do what it was given before.
    distributed.stage.submit()
    redis_server.start()
    wait_until(lambda: count_updates(distributed) > before, "an update after Redis came back")
    wait_for_another_update(distributed)
    wait_until(lambda: distributed.run("health", "worker").returncode == 0, "a healthy worker")
    beat.stop()
    worker.stop()


def test_a_database_that_drops_everybody_cannot_lose_an_update(distributed: Installation) -> None:
    worker, beat = distributed.start("worker"), distributed.start("beat")
    wait_for_another_update(distributed)
    drop_connections(distributed)
    wait_for_another_update(distributed)
    beat.stop()
    worker.stop()


def drop_connections(installation: Installation) -> None:
    with installation.stage.system.database.engine.connect() as connection:
        connection.execute(text(EVERYBODY_ELSE))


def test_an_operator_can_see_that_no_worker_is_alive(distributed: Installation) -> None:
    done = distributed.run("health", "worker")
    assert done.returncode == 1
    assert "shown no life" in done.stderr
