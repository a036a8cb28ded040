"""All cryptography, and the only importer of `cryptography`. Only the gate and wiring import it."""

from safeshare.kernel.keys import (
    KeyRecord,
    OfficerKey,
    PartyKeys,
    RecoveryBox,
    RecoverySet,
    SessionTicket,
    StaffSecrets,
)
from safeshare.vault.hardening import forbid_memory_dumps, give_memory_back
from safeshare.vault.key_files import KeyFiles, WorkerKind
from safeshare.vault.permits import Lane, LaneLimits, Permits
from safeshare.vault.session_keys import SessionKeys
from safeshare.vault.stretching import Cost
from safeshare.vault.vault import Vault

__all__ = [
    "Cost",
    "KeyFiles",
    "KeyRecord",
    "Lane",
    "LaneLimits",
    "OfficerKey",
    "PartyKeys",
    "Permits",
    "RecoveryBox",
    "RecoverySet",
    "SessionKeys",
    "SessionTicket",
    "StaffSecrets",
    "Vault",
    "WorkerKind",
    "forbid_memory_dumps",
    "give_memory_back",
]
