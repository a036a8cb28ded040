"""The worker's three keys in their files: processes that read them, and what was sealed to them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from safeshare.kernel.clocks import LONDON
from safeshare.kernel.sealed import Sealed
from safeshare.vault import KeyFiles, Vault, hpke
from safeshare.vault.worker_keys import WORKER_KINDS, WorkerKind
from tests.vault.cast import OUTSIDE

MONDAY = datetime(2026, 3, 2, 12, tzinfo=LONDON)
TUESDAY = MONDAY + timedelta(days=1)
SAID = {"address": "somebody@home.example"}
Turn = Callable[[datetime], None]
Values = dict[WorkerKind, Sealed]


def process(folder: Path, suite: int = hpke.HYBRID) -> Vault:
    """A process that was started now, with this setting."""
    return Vault(KeyFiles.load(folder), key_suite=suite)


def sealed_by(vault: Vault) -> Values:
    return {kind: vault.seal_for_worker(kind, OUTSIDE, SAID, 512) for kind in WORKER_KINDS}


def suites(sealed: Values) -> set[int]:
    return {one.blob[0] for one in sealed.values()}


def opens_all(vault: Vault, sealed: Values) -> bool:
    return all(vault.open_for_worker(kind, OUTSIDE, sealed[kind]) == SAID for kind in WORKER_KINDS)
