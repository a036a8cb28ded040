"""A web process renews the session keys of its installation when they are due."""

import os
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select

from safeshare import wiring
from safeshare.cli import serving
from safeshare.db.session import Database
from safeshare.ledger.events import Event as Happened
from safeshare.ledger.models import LedgerEntry
from safeshare.vault import KeyFiles, SessionKeys
from tests.cli.conftest import Run
from tests.worker.running import wait_until

DAY = 24 * 60 * 60


@pytest.fixture
def settings(environment: dict[str, str], folder: Path) -> wiring.Settings:
    """An installation with keys."""
    KeyFiles.create(folder / "keys")
    return wiring.read_settings(environment)


def numbers(folder: Path) -> list[int]:
    names = (path.name for path in (folder / "keys" / "session").iterdir())
    return sorted(int(name) for name in names if name.isdecimal())


def make_older(paths: Iterable[Path], days: float) -> None:
    written = time.time() - days * DAY
    for path in paths:
        os.utime(path, (written, written))


def test_a_key_of_this_week_cannot_be_replaced_by_a_start(
    settings: wiring.Settings, folder: Path
) -> None:
    make_older((folder / "keys" / "session").iterdir(), days=6.9)
    assert not wiring.renew_old_session_key(settings)
    assert numbers(folder) == [1]


def test_a_web_process_can_renew_an_old_key_when_it_starts(
    run: Run, settings: wiring.Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_older((folder / "keys" / "session").iterdir(), days=7.1)
    monkeypatch.setattr(serving.Server, "run", lambda _server: None)
    run("migrate")
    for _ in range(2):
        done = run("serve", "reporter", SAFESHARE_BIND="127.0.0.1:0")
        assert done.exit_code == 0, done.output
    assert settings.keys_folder == folder / "keys"
    assert numbers(folder) == [1, 2]


def test_a_web_process_that_runs_for_weeks_can_renew_a_key_once_it_is_old(
    settings: wiring.Settings, folder: Path
) -> None:
    leaving = Event()
    keeping = Thread(target=serving.keep_session_keys, args=(wiring.build(settings), leaving, 0.01))
    keeping.start()
    time.sleep(0.1)
    assert numbers(folder) == [1]
    make_older((folder / "keys" / "session").iterdir(), days=7.1)
    until = time.monotonic() + 30
    while numbers(folder) == [1] and time.monotonic() < until:
        time.sleep(0.01)
    leaving.set()
    keeping.join(30)
    assert numbers(folder) == [1, 2]
    assert not keeping.is_alive()


@pytest.mark.parametrize(
    ("name", "spoilt"),
    [("000001", b"no key"), ("ended", b"\xff"), ("ended", b'{"since": "1"}'), ("ended", b"[]")],
)
def test_a_web_process_goes_on_looking_while_a_file_of_its_sessions_is_damaged(
    settings: wiring.Settings,
    folder: Path,
    name: str,
    spoilt: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    Database(settings.database_url).dispose()
    system, path = wiring.build(settings), folder / "keys" / "session" / name
    before = path.read_bytes() if path.exists() else None
    path.write_bytes(spoilt)
    leaving = Event()
    keeping = Thread(target=serving.keep_session_keys, args=(system, leaving, 0.01))
    keeping.start()
    wait_until(lambda: str(path) in caplog.text, "a line that names the file")
    path.unlink() if before is None else path.write_bytes(before)
    make_older((folder / "keys" / "session").glob("0*"), days=7.1)
    wait_until(lambda: numbers(folder) == [1, 2], "a new key")
    leaving.set()
    keeping.join(30)


def test_processes_that_start_at_once_can_renew_an_old_key_once_only(
    settings: wiring.Settings, folder: Path
) -> None:
    make_older((folder / "keys" / "session").iterdir(), days=30)
    with ThreadPoolExecutor(4) as pool:
        renewed = list(pool.map(wiring.renew_old_session_key, [settings] * 4))
    assert sorted(renewed) == [False, False, False, True]
    assert numbers(folder) == [1, 2]


def test_an_operator_can_end_every_session_and_the_ledger_says_so(
    run: Run, settings: wiring.Settings, folder: Path
) -> None:
    run("migrate")
    before = wiring.session_keys(settings).current()
    ended = run("sessions", "end")
    assert ended.exit_code == 0, ended.output
    assert wiring.session_keys(settings).current() != before
    assert numbers(folder) == [2]
    database = Database(settings.database_url)
    with database.reading() as session:
        [entry] = session.scalars(select(LedgerEntry)).all()
    database.dispose()
    assert (entry.event, entry.actor_kind) == (Happened.PEOPLE_SESSIONS_ENDED, "operator")


def test_a_process_that_may_not_write_its_keys_can_start_all_the_same(
    settings: wiring.Settings,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(_keys: SessionKeys) -> None:
        raise PermissionError

    make_older((folder / "keys" / "session").iterdir(), days=30)
    monkeypatch.setattr(SessionKeys, "rotate", refuse)
    assert not wiring.renew_old_session_key(settings)
    assert "cannot be renewed" in caplog.text
    assert numbers(folder) == [1]
