"""All cryptography, and the only importer of `cryptography`. Only the gate and wiring import it."""

from safeshare.kernel.keys import (
    OfficerKey,
    PartyKeys,
    RecoveryBox,
    RecoverySet,
    SessionTicket,
    SignedRecord,
    StaffSecrets,
)
from safeshare.vault.hardening import forbid_memory_dumps, give_memory_back
from safeshare.vault.key_files import KeyFiles
from safeshare.vault.newest import NewestRevisions
from safeshare.vault.permits import Lane, LaneLimits, Permits
from safeshare.vault.session_keys import SessionKeys
from safeshare.vault.stretching import Cost
from safeshare.vault.vault import Vault
from safeshare.vault.worker_keys import WorkerKind

__all__ = [
    "Cost",
    "KeyFiles",
    "Lane",
    "LaneLimits",
    "NewestRevisions",
    "OfficerKey",
    "PartyKeys",
    "Permits",
    "RecoveryBox",
    "RecoverySet",
    "SessionKeys",
    "SessionTicket",
    "SignedRecord",
    "StaffSecrets",
    "Vault",
    "WorkerKind",
    "forbid_memory_dumps",
    "give_memory_back",
]
