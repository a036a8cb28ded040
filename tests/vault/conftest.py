"""Installations for the vault's tests. Stretching is cheap except where its price is the point."""

from datetime import datetime
from pathlib import Path
from unittest.mock import Mock

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from safeshare.kernel.sealed import CompartmentKey
from safeshare.vault import KeyFiles, Vault, worker_keys
from tests.vault.cast import CHEAP
from tests.vault.worker_files import MONDAY, Turn


@pytest.fixture(scope="session")
def key_files(tmp_path_factory: pytest.TempPathFactory) -> KeyFiles:
    return KeyFiles.create(tmp_path_factory.mktemp("installation") / "keys")


@pytest.fixture
def vault(key_files: KeyFiles) -> Vault:
    return Vault(key_files, code_cost=CHEAP, passphrase_cost=CHEAP)


@pytest.fixture
def other_vault(tmp_path: Path) -> Vault:
    """Another installation."""
    return Vault(KeyFiles.create(tmp_path / "keys"), code_cost=CHEAP, passphrase_cost=CHEAP)


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    """Make it another time. It begins at noon of a Monday."""

    def to(now: datetime) -> None:
        monkeypatch.setattr(worker_keys, "now_in_london", lambda: now)

    to(MONDAY)
    return to


@pytest.fixture
def folder(tmp_path: Path, turn: Turn) -> Path:
    """The key files of an installation that was made on that Monday."""
    KeyFiles.create(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def key(vault: Vault) -> CompartmentKey:
    return vault.new_compartment_key()


@pytest.fixture
def argon2(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """The real Argon2id, watched."""
    watched = Mock(wraps=Argon2id)
    monkeypatch.setattr("safeshare.vault.stretching.Argon2id", watched)
    return watched
