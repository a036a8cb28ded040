"""A running process follows the worker's key files by the clock."""

import shutil
from pathlib import Path
from threading import Event

import pytest

from safeshare.vault import hpke
from tests.cast import Stage
from tests.use_cases.sealed_to_worker import in_other_suite
from tests.worker.running import wait_until
from worker.own_keys import follow_worker_keys


def put_back(folder: Path, copy: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)


def test_a_running_process_has_new_keys_without_a_restart_or_a_visitor(
    sqlite_stage: Stage,
) -> None:
    leaving, keys = Event(), sqlite_stage.gate.vault.keys
    thread = follow_worker_keys(sqlite_stage.system, leaving, 0.01)
    in_other_suite(sqlite_stage).gate.vault.renew_worker_keys()
    wait_until(
        lambda: hpke.X25519 in hpke.keys_in(keys.workers.private("tokens")), "the new private half"
    )
    leaving.set()
    thread.join(30)
    assert not thread.is_alive()


def test_a_running_process_says_once_that_its_key_files_do_not_fit_and_once_that_they_do(
    sqlite_stage: Stage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder, leaving = sqlite_stage.gate.vault.keys.folder / "worker", Event()
    older = shutil.copytree(folder, tmp_path / "older")
    in_other_suite(sqlite_stage).gate.vault.renew_worker_keys()
    newer = shutil.copytree(folder, tmp_path / "newer")
    put_back(folder, older)
    thread = follow_worker_keys(sqlite_stage.system, leaving, 0.01)
    wait_until(lambda: "has not the key of every file" in caplog.text, "a line in the log")
    put_back(folder, newer)
    wait_until(lambda: "works again" in caplog.text, "that it works again")
    leaving.set()
    thread.join(30)
    assert not thread.is_alive()
    assert caplog.text.count("has not the key of every file") == 1
