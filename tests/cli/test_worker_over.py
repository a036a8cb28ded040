"""The worker's own keys go over to another suite at the command line, and what they open."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import Result

from safeshare.kernel.clocks import LONDON
from safeshare.vault import KeyFiles, worker_keys
from tests.cast import Stage
from tests.cli.conftest import Run
from tests.use_cases.handlers import attested, opened

OTHER = {"SAFESHARE_KEY_SUITE": "x25519"}
Command = Callable[..., Result]


@pytest.fixture
def command(run: Run, sqlite_stage: Stage) -> Command:
    """Run a command on the stage's installation."""
    settings = {
        "SAFESHARE_DEMO": "1",
        "SAFESHARE_DATABASE_URL": sqlite_stage.system.settings.database_url,
        "SAFESHARE_KEYS_FOLDER": str(sqlite_stage.gate.vault.keys.folder),
    }
    return lambda *words, **more: run(*words, **settings, **more)


def turn(monkeypatch: pytest.MonkeyPatch, day: int) -> None:
    noon = datetime(2026, 3, day, 12, tzinfo=LONDON)
    monkeypatch.setattr(worker_keys, "now_in_london", lambda: noon)


def test_an_operator_can_take_the_workers_keys_over(
    command: Command, sqlite_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, _code = sqlite_stage.submit(address="somebody@home.example")
    turn(monkeypatch, 2)
    assert "The worker's own keys: of this suite." in command("reseal", "--count").output
    counted = command("reseal", "--count", **OTHER)
    assert "The worker's own keys: of another suite." in counted.output
    assert "to a key of the worker of another suite: 2." in counted.output
    made = command("reseal", **OTHER)
    assert made.exit_code == 0, made.output
    assert "Back up the key files now." in made.output
    assert "in use from 3 March 2026 on." in made.output
    again = command("reseal", **OTHER)
    assert "Back up" not in again.output
    assert "Run this again then" in again.output
    turn(monkeypatch, 3)
    assert "of another suite: 2." in command("reseal", "--count", **OTHER).output
    done = command("reseal", **OTHER)
    assert done.exit_code == 0, done.output
    assert "Sealed anew to the worker: 2 values. Could not be opened: 0." in done.output
    after = command("reseal", **OTHER)
    assert "of another suite: 0." in after.output
    assert "Sealed anew" not in after.output
    opened(sqlite_stage, attested(sqlite_stage, sent.reference), sent.reference)


def test_a_machine_without_the_workers_keys_is_told_so(
    command: Command, sqlite_stage: Stage
) -> None:
    worker = sqlite_stage.gate.vault.keys.folder / "worker"
    worker.rename(worker.with_name("elsewhere"))
    refused = command("reseal", **OTHER)
    assert refused.exit_code == 1
    assert "was not given the worker's private keys" in refused.output
    assert "Traceback" not in refused.output


def test_a_new_installation_has_keys_of_the_suite_that_is_set(run: Run, folder: Path) -> None:
    words = ["--sign-in-name", "s", "--name", "S", "--job-title", "S", "--email", "s@work.example"]
    run("migrate")
    assert run("init", *words, **OTHER).exit_code == 0
    assert KeyFiles.load(folder / "keys").worker_public("contact").raw[0] == 1
