"""What the vault takes and gives back about people's keys. Plain values: the work is the vault's.

Private keys, printed codes and wrapping salts never show in `repr`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from safeshare.kernel.sealed import PrivateKey, PublicKey, Sealed


@dataclass(frozen=True, slots=True)
class PartyKeys:
    """What an access code opens: the row to look up, and the key pair of the party it belongs to.

    `lookup_hash` (32 bytes) and `public_key` are stored. `private_key` never is.
    """

    lookup_hash: bytes = field(repr=False)
    public_key: PublicKey
    private_key: PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class StaffSecrets:
    """The keys of one member of staff, just made.

    Store `salt`, `verifier`, `public_key`, `wrapped` and `recovery_wrap`. Show `recovery_code`
    once, on paper. Keep `private_key` only in the session that asked.
    """

    salt: bytes = field(repr=False)
    verifier: bytes = field(repr=False)
    public_key: PublicKey
    private_key: PrivateKey = field(repr=False)
    wrapped: Sealed
    recovery_code: str = field(repr=False)
    recovery_wrap: Sealed


@dataclass(frozen=True, slots=True)
class NewPassphrase:
    """A private key wrapped under another passphrase. Store all three in place of the old ones."""

    salt: bytes = field(repr=False)
    verifier: bytes = field(repr=False)
    wrapped: Sealed


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """Something that chooses or bars people, as its signature covers it (blueprint section 4).

    `kind` and `owner` say whose it is; `revision` counts its signings from 1, or is 0 for what is
    signed once and never changed. `said` is everything else, as values that JSON can hold. Lists
    keep their order: sort one whose rows come in any.
    """

    kind: str
    owner: str
    revision: int
    said: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """Under which name its newest revision is kept."""
        return f"{self.kind}/{self.owner}"


@dataclass(frozen=True, slots=True)
class SessionTicket:
    """A new session: `cookie_value` for the browser only, `id_hash` (32 bytes) for the row."""

    cookie_value: str = field(repr=False)
    id_hash: bytes


@dataclass(frozen=True, slots=True)
class OfficerKey:
    """One recovery officer's share: the public key to store and the code to print once."""

    officer_id: UUID
    public_key: PublicKey
    printed_code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RecoveryBox:
    """The recovery private key, sealed once to each officer of one subset, one inside the other."""

    set_id: UUID
    officers: tuple[UUID, ...]
    sealed: Sealed


@dataclass(frozen=True, slots=True)
class RecoverySet:
    """A new recovery key: its public half, its officers, and one box for each sufficient subset."""

    set_id: UUID
    threshold: int
    public_key: PublicKey
    officers: tuple[OfficerKey, ...]
    boxes: tuple[RecoveryBox, ...]
