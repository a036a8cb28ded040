"""The vault's one face: what use cases call as `door.vault`.

Every method takes values and gives values; none touches the database. What does not open raises
SealBrokenError, a wrong passphrase or code WrongSecretError; neither says anything of the content.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

from safeshare.kernel.keys import (
    PartyKeys,
    RecoveryBox,
    RecoverySet,
    SessionTicket,
    SignedRecord,
    StaffSecrets,
)
from safeshare.kernel.sealed import AccessCode, Place, PrivateKey, PublicKey, Sealed
from safeshare.vault import (
    access_codes,
    eligibility,
    hpke,
    recovery,
    sessions,
    staff_keys,
)
from safeshare.vault.binding import bind, bind_place
from safeshare.vault.compartments import Compartments
from safeshare.vault.contents import DOCUMENT, decode_mapping, encode_mapping
from safeshare.vault.credentials import Credentials
from safeshare.vault.derivation import derive
from safeshare.vault.key_files import KeyFiles
from safeshare.vault.newest import Revisions
from safeshare.vault.padding import unpad
from safeshare.vault.permits import Lane, LaneLimits, Permits
from safeshare.vault.stretching import CODE_COST, PASSPHRASE_COST, Cost, Stretcher
from safeshare.vault.worker_seals import WorkerSeals


@dataclass(frozen=True)
class Vault(Compartments, WorkerSeals, Credentials):
    """All cryptography of one process. Immutable, safe to share between threads.

    `permits` must be one object per process. The costs are parameters for tests only.
    """

    keys: KeyFiles = field(repr=False)
    permits: Permits = field(default_factory=Permits, repr=False)
    code_cost: Cost = CODE_COST
    passphrase_cost: Cost = PASSPHRASE_COST
    _remembered: dict[AccessCode, PartyKeys] | None = field(default=None, repr=False)

    # What is sealed to somebody other than a case's holders

    def seal_to_person(
        self, public_key: PublicKey, place: Place, mapping: Mapping[str, Any]
    ) -> Sealed:
        """Seal a document to one person's own key, as when their session ends with a form open."""
        content = DOCUMENT.pad(encode_mapping(mapping))
        return hpke.seal(public_key, content, bind_place("person", place))

    def open_from_person(
        self, private_key: PrivateKey, place: Place, sealed: Sealed
    ) -> dict[str, Any]:
        """Open what `seal_to_person` sealed here to this key; else SealBrokenError."""
        return decode_mapping(unpad(hpke.unseal(private_key, sealed, bind_place("person", place))))

    # Access codes

    def new_access_code(self) -> AccessCode:
        """Eight random words."""
        return access_codes.new_access_code()

    def parse_access_code(self, typed: str) -> AccessCode:
        """Read what somebody typed: UnknownWordsError or WrongWordCountError; never stretches."""
        return access_codes.parse_access_code(typed)

    def party_keys(self, code: AccessCode, lane: Lane = "guesses") -> PartyKeys:
        """Stretch a code to its lookup hash and key pair. BusyError if the lane is full.

        Pass `lane="send"` when a concern is being sent.
        """
        if self._remembered is not None and code in self._remembered:
            return self._remembered[code]
        salt = self.keys.installation_salt
        keys = access_codes.party_keys(code, self._stretcher, salt, lane, self.key_suite)
        if self._remembered is not None:
            self._remembered[code] = keys
        return keys

    def with_memory(self) -> "Vault":
        """A copy for bulk work in a process that serves nobody: it stretches a code and reads a
        private key once however often it is used, and stretches two people's passphrases at once.
        """
        permits = Permits(staff=LaneLimits(permits=2))
        return replace(self, permits=permits, _remembered={}, _keys_read={})

    # Staff

    def enrol_staff(self, staff_id: UUID, passphrase: str, lane: Lane = "staff") -> StaffSecrets:
        """Make, wrap and return a new key pair with its sign-in verifier and recovery code."""
        return staff_keys.enrol_staff(staff_id, passphrase, self._stretcher, lane, self.key_suite)

    def unlock_staff(
        self,
        staff_id: UUID,
        passphrase: str,
        salt: bytes,
        verifier: bytes,
        wrapped: Sealed,
        lane: Lane = "guesses",
    ) -> PrivateKey:
        """Check a passphrase and unwrap the private key; WrongSecretError if it is not right.

        Pass `lane="staff"` when somebody already signed in gives it again.
        """
        return staff_keys.unlock_staff(
            staff_id, passphrase, salt, verifier, wrapped, self._stretcher, lane
        )

    def refuse_unknown_staff(self, passphrase: str, lane: Lane = "guesses") -> NoReturn:
        """WrongSecretError for a sign-in name that nobody has, after the same work."""
        staff_keys.refuse_unknown_staff(passphrase, self._stretcher, lane)

    def recover_staff_key(
        self, staff_id: UUID, recovery_code: str, recovery_wrap: Sealed
    ) -> PrivateKey:
        """Unwrap the private key with the printed code; WrongSecretError if it is not right."""
        return staff_keys.recover_staff_key(staff_id, recovery_code, recovery_wrap)

    def insist_on_room(self, lane: Lane) -> None:
        """BusyError where the line for a permit to stretch is full.

        The web asks before it reads a body. The permit itself is taken for the stretch alone.
        """
        self.permits.insist_on_room(lane)

    # Signatures and digests

    def eligibility_mac(self, record: SignedRecord) -> bytes:
        """Sign what chooses or bars people. Use cases ask `door.sign`, which keeps its revision."""
        keys = self.keys
        return eligibility.eligibility_mac(keys.eligibility_mac, keys.judging, record)

    def eligibility_valid(self, record: SignedRecord, mac: bytes) -> bool:
        """Whether the record is exactly the one that was signed. A process that cannot sign judges
        by the half of the signature that is made for it.
        """
        if not self.keys.can_sign:
            return eligibility.eligibility_judged(self.keys.judging, record, mac)
        signing = self.keys.eligibility_mac
        return eligibility.eligibility_valid(signing, self.keys.judging, record, mac)

    def known_revisions(self) -> Revisions:
        """The newest revisions of signed records; none in a process that cannot judge them."""
        return self.keys.newest.known() if self.keys.can_judge else {}

    def raising_revisions(self, revisions: Revisions) -> AbstractContextManager[None]:
        """Keep these as the newest once the `with` block has committed them. Whoever cannot sign
        keeps none: a process that can will see what it saw.
        """
        if not revisions or not self.keys.can_sign:
            return nullcontext()
        return self.keys.newest.raising(revisions)

    def grant_mac(self, place: Place, grantee_kind: str, sealed: Sealed) -> bytes:
        """Sign a grant, so that nobody else's can be put in its place."""
        return eligibility.grant_mac(self.keys.eligibility_mac, place, grantee_kind, sealed)

    def grant_valid(self, place: Place, grantee_kind: str, sealed: Sealed, mac: bytes) -> bool:
        """Whether a grant is one that we made, for this place and this kind of grantee."""
        key = self.keys.eligibility_mac
        return eligibility.grant_valid(key, place, grantee_kind, sealed, mac)

    def ledger_mac(self, purpose: str, message: bytes) -> bytes:
        """Sign what the ledger says: HMAC-SHA256 under a key file, which no writer of the tables
        has.
        """
        return hmac.digest(self.keys.ledger, bind("ledger", purpose, message), hashlib.sha256)

    def message_mark(self, mail_id: UUID) -> bytes:
        """What a mail's Message-ID is made of: always the same 32 bytes, from which nobody without
        the key file can tell which row of the database the mail was.
        """
        return hmac.digest(self.keys.ledger, bind("message mark", mail_id), hashlib.sha256)

    @property
    def head_folder(self) -> Path:
        """Where the ledger's signed head is kept: beside the keys, out of the database's reach."""
        return self.keys.folder / "head"

    def digest(self, sealed: Sealed) -> bytes:
        """SHA-256 of a sealed value, for the ledger entry of the change that wrote it."""
        return hashlib.sha256(sealed.blob).digest()

    # Sessions

    def new_session(self) -> SessionTicket:
        """A random cookie value, and the hash under which its row is stored."""
        return sessions.new_session()

    def session_id_hash(self, cookie_value: str) -> bytes:
        """Under which hash a cookie's row is found; SealBrokenError if it is no cookie of ours."""
        return sessions.session_id_hash(cookie_value)

    def seal_session(
        self, cookie_value: str, mapping: Mapping[str, Any], realm: str = "session"
    ) -> tuple[bytes, Sealed]:
        """The id hash and the box of a session, padded like a document.

        Give each app and each kind of row its own `realm`, so that a row copied from one to
        another does not open there.
        """
        content = DOCUMENT.pad(encode_mapping(mapping))
        box = sessions.seal_box(cookie_value, realm, self.keys.session_keys, content)
        return sessions.session_id_hash(cookie_value), box

    def open_session(
        self, cookie_value: str, sealed: Sealed, realm: str = "session"
    ) -> dict[str, Any]:
        """Open a session's box with the cookie; SealBrokenError if it is not the one."""
        content = sessions.open_box(cookie_value, realm, self.keys.session_keys, sealed)
        return decode_mapping(unpad(content))

    def web_key(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose of the web itself, the same in every process.

        It seals nothing: it signs form tokens, and blurs the addresses that limits count.
        """
        return derive(self.keys.pepper, "web", purpose)

    # Recovery

    def recovery_init(self, officer_ids: Sequence[UUID], threshold: int) -> RecoverySet:
        """Make a recovery key that `threshold` officers can open together with printed codes."""
        return recovery.recovery_init(officer_ids, threshold, self.key_suite)

    def recovery_open(self, codes: Mapping[UUID, str], boxes: Iterable[RecoveryBox]) -> PrivateKey:
        """The recovery private key, from the officers' codes; WrongSecretError if not right."""
        return recovery.recovery_open(codes, boxes)

    def officer_fits(
        self, set_id: UUID, officer_id: UUID, code: str, public_key: PublicKey
    ) -> bool:
        """Whether a typed code is the one behind an officer's public key."""
        return recovery.officer_fits(set_id, officer_id, code, public_key)

    @property
    def _stretcher(self) -> Stretcher:
        return Stretcher(self.keys.pepper, self.permits, self.code_cost, self.passphrase_cost)
