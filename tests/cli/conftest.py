"""The command line, run in this process on an installation of its own."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from safeshare import wiring
from safeshare.cli import main
from safeshare.vault import Cost, Vault

Run = Callable[..., Result]
CHOSEN = "orchid tractor velvet canyon"
"""The passphrase that the first supervisor chooses."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the installation keeps everything."""
    return tmp_path / "instance"


@pytest.fixture
def environment(folder: Path) -> dict[str, str]:
    """The settings of a production installation on SQLite."""
    return {
        "SAFESHARE_DATA_FOLDER": str(folder / "data"),
        "SAFESHARE_KEYS_FOLDER": str(folder / "keys"),
        "SAFESHARE_REPORTER_HOST": "share.service.example",
        "SAFESHARE_STAFF_HOST": "work.service.example",
    }


@pytest.fixture
def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `safeshare WORDS` with cheap stretching, and without hiding this process's memory."""
    cost = Cost(64, 1)
    cheap = partial(Vault, code_cost=cost, passphrase_cost=cost)
    monkeypatch.setattr(wiring, "Vault", cheap)
    monkeypatch.setattr(wiring, "protect_memory", lambda: None)

    def run(*words: str, typed: str = "", **settings: str) -> Result:
        if words[0] == "init" and not typed:
            typed = f"{CHOSEN}\n{CHOSEN}\n"
        return CliRunner().invoke(main, words, input=typed, env={**environment, **settings})

    return run
