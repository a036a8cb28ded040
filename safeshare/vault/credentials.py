"""What stands beside a passphrase: backup codes, passkeys, links, browsers that were here before.

A passkey may make a secret of its own (the WebAuthn extension `prf`): 32 bytes that only it can
make again. The private key is then wrapped once more, under a key derived from them.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from abc import ABC, abstractmethod
from typing import Final
from uuid import UUID

from safeshare.kernel.errors import SealBrokenError, WrongSecretError
from safeshare.kernel.identifiers import ALPHABET
from safeshare.kernel.keys import NewPassphrase
from safeshare.kernel.sealed import PrivateKey, Sealed
from safeshare.vault import aead, staff_keys
from safeshare.vault.binding import bind
from safeshare.vault.derivation import derive
from safeshare.vault.padding import pad_to_step, unpad
from safeshare.vault.permits import Lane
from safeshare.vault.server_seals import ServerSeals
from safeshare.vault.stretching import Stretcher

BACKUP_CODES: Final = 10
"""How many are printed at once."""

_BACKUP_CHARACTERS: Final = 10
_GROUP: Final = 5
_LINK_BYTES: Final = 32
_PRF_BYTES: Final = 32
_KEY_NUMBER: Final = 1
_BROWSER_STEP: Final = 128


class Credentials(ServerSeals, ABC):
    """The vault's part for accounts."""

    @property
    @abstractmethod
    def _stretcher(self) -> Stretcher:
        """Makes guessing slow."""

    # Links

    def new_link(self) -> str:
        """The secret part of a one-time link: 256 random bits."""
        return secrets.token_urlsafe(_LINK_BYTES)

    def link_hash(self, link: str) -> bytes:
        """Under which hash (32 bytes) a link's row is found."""
        return hashlib.sha256(link.encode("utf-8", "surrogatepass")).digest()

    # Backup codes

    def new_backup_codes(self) -> tuple[str, ...]:
        """Codes of 48 random bits, in two groups, to print."""
        return tuple(_new_backup_code() for _ in range(BACKUP_CODES))

    def backup_code_hash(self, staff_id: UUID, typed: str) -> bytes | None:
        """Under which hash (32 bytes) a code of this person is kept; None where it cannot be one.

        48 bits could be tried offline, so the hash is keyed: a stolen database alone tells nothing,
        and who writes to it cannot add a code that they know.
        """
        text = "".join(char for char in typed.upper() if char.isalnum())
        if len(text) != _BACKUP_CHARACTERS or not set(text) <= set(ALPHABET):
            return None
        key = derive(self.keys.pepper, "backup codes", staff_id)
        return hmac.digest(key, text.encode("ascii"), "sha256")

    # Passkeys

    def wrap_for_passkey(self, staff_id: UUID, private_key: PrivateKey, prf: bytes) -> Sealed:
        """Wrap the private key under a key derived from the passkey's own 32 bytes.

        WrongSecretError unless there are 32.
        """
        key = _passkey_key(staff_id, prf)
        return aead.seal(key, _KEY_NUMBER, private_key.raw, bind("staff passkey", staff_id))

    def unwrap_from_passkey(self, staff_id: UUID, wrapped: Sealed, prf: bytes) -> PrivateKey:
        """Unwrap it; WrongSecretError where the bytes are not the passkey's."""
        key = _passkey_key(staff_id, prf)
        try:
            raw = aead.unseal(key, _KEY_NUMBER, wrapped, bind("staff passkey", staff_id))
        except SealBrokenError:
            raise WrongSecretError("the passkey does not open this key") from None
        return PrivateKey(raw)

    # Passphrases and recovery codes of somebody who is signed in

    def wrap_anew(
        self, staff_id: UUID, private_key: PrivateKey, passphrase: str, lane: Lane = "staff"
    ) -> NewPassphrase:
        """Wrap the same private key under another passphrase."""
        return staff_keys.wrap_anew(staff_id, private_key, passphrase, self._stretcher, lane)

    def new_recovery_code(self, staff_id: UUID, private_key: PrivateKey) -> tuple[str, Sealed]:
        """A new printed code, and the private key wrapped under it. The old code opens no more."""
        return staff_keys.new_recovery_code(staff_id, private_key)

    # Browsers

    def mark_browser(self, staff_id: UUID, number: int) -> str:
        """A cookie that says: this person signed in here before. Nothing of the browser is in it.

        `number` is that of the person's sessions, so that signing out everywhere ends it too; what
        ends every session ends every mark, whatever number a restored table says.
        """
        since = self.keys.session_keys.ended().since
        content = json.dumps([str(staff_id), number, os.urandom(8).hex(), since]).encode()
        padded = pad_to_step(content, _BROWSER_STEP)
        sealed = self._seal(padded, bind("known browser"))
        return base64.urlsafe_b64encode(sealed.blob).decode("ascii")

    def browser_of(self, cookie: str) -> tuple[UUID, int] | None:
        """Whose browser a cookie marks, and the number; None for anything that we did not make, and
        for what was made before all sessions were ended.
        """
        try:
            blob = base64.b64decode(cookie.encode("ascii"), altchars=b"-_", validate=True)
            content = self._unseal(Sealed(blob), bind("known browser"))
        except (UnicodeEncodeError, binascii.Error, SealBrokenError):
            return None
        staff_id, number, _random, *since = json.loads(unpad(content))
        if since != [self.keys.session_keys.ended().since]:
            return None
        return UUID(staff_id), int(number)


def _new_backup_code() -> str:
    text = "".join(secrets.choice(ALPHABET) for _ in range(_BACKUP_CHARACTERS))
    return f"{text[:_GROUP]}-{text[_GROUP:]}"


def _passkey_key(staff_id: UUID, prf: bytes) -> bytes:
    if len(prf) != _PRF_BYTES:
        raise WrongSecretError("a passkey's own secret has 32 bytes")
    return derive(prf, "staff passkey key", staff_id)
