"""Installations for the vault's tests. Stretching is cheap except where its price is the point."""

from pathlib import Path
from unittest.mock import Mock

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from safeshare.kernel.sealed import CompartmentKey
from safeshare.vault import KeyFiles, Vault
from tests.vault.cast import CHEAP


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
def key(vault: Vault) -> CompartmentKey:
    return vault.new_compartment_key()


@pytest.fixture
def argon2(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """The real Argon2id, watched."""
    watched = Mock(wraps=Argon2id)
    monkeypatch.setattr("safeshare.vault.stretching.Argon2id", watched)
    return watched
