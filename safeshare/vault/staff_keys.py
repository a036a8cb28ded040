"""The key pair of a member of staff, wrapped under their passphrase and under a printed code.

One Argon2id run gives, by HKDF, both the sign-in verifier and the wrapping key, so that signing in
does not pay twice and the verifier (of which only a hash is stored) says nothing of the other.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import Final, NoReturn
from uuid import UUID

from safeshare.kernel.errors import SealBrokenError, WrongSecretError
from safeshare.kernel.keys import NewPassphrase, StaffSecrets
from safeshare.kernel.sealed import PrivateKey, Sealed
from safeshare.vault import aead, hpke
from safeshare.vault.binding import bind
from safeshare.vault.derivation import derive
from safeshare.vault.permits import Lane
from safeshare.vault.printed_codes import new_printed_code, secret_of
from safeshare.vault.stretching import Stretcher

_RECIPE: Final = b"\x01"
"""Precedes every salt and verifier: how they were made. A dearer recipe takes the next number."""

_SALT_BYTES: Final = 16
_KEY_NUMBER: Final = 1
_DECOY_SALT: Final = _RECIPE + bytes(_SALT_BYTES)
_DECOY_VERIFIER: Final = _RECIPE + bytes(hashlib.sha256().digest_size)
_DECOY_OWNER: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class _Roots:
    """What one stretching of a passphrase gives."""

    verifier: bytes
    wrapping_key: bytes


def enrol_staff(
    staff_id: UUID, passphrase: str, stretcher: Stretcher, lane: Lane, suite: int = hpke.HYBRID
) -> StaffSecrets:
    """Make a new key pair and wrap it under the passphrase and under a new recovery code."""
    private_key = hpke.new_private_key(suite)
    salt = _RECIPE + os.urandom(_SALT_BYTES)
    roots = _stretched(staff_id, passphrase, salt, stretcher, lane)
    code, recovery_wrap = new_recovery_code(staff_id, private_key)
    return StaffSecrets(
        salt=salt,
        verifier=roots.verifier,
        public_key=hpke.public_half(private_key),
        private_key=private_key,
        wrapped=_wrap(roots.wrapping_key, private_key, "staff key", staff_id),
        recovery_code=code,
        recovery_wrap=recovery_wrap,
    )


def wrap_anew(
    staff_id: UUID, private_key: PrivateKey, passphrase: str, stretcher: Stretcher, lane: Lane
) -> NewPassphrase:
    """Wrap a private key under another passphrase, with a new salt."""
    salt = _RECIPE + os.urandom(_SALT_BYTES)
    roots = _stretched(staff_id, passphrase, salt, stretcher, lane)
    wrapped = _wrap(roots.wrapping_key, private_key, "staff key", staff_id)
    return NewPassphrase(salt, roots.verifier, wrapped)


def new_recovery_code(staff_id: UUID, private_key: PrivateKey) -> tuple[str, Sealed]:
    """A new printed code, and the private key wrapped under it."""
    code = new_printed_code()
    return code, _wrap(_code_key(staff_id, code), private_key, "staff recovery", staff_id)


def unlock_staff(
    staff_id: UUID,
    passphrase: str,
    salt: bytes,
    verifier: bytes,
    wrapped: Sealed,
    stretcher: Stretcher,
    lane: Lane,
) -> PrivateKey:
    """Check the passphrase and unwrap the private key.

    WrongSecretError for a wrong passphrase; SealBrokenError for a row that was tampered with.
    """
    roots = _stretched(staff_id, passphrase, salt, stretcher, lane)
    if not hmac.compare_digest(roots.verifier, verifier):
        raise WrongSecretError("the sign-in details are not right")
    return _unwrap(roots.wrapping_key, wrapped, "staff key", staff_id)


def refuse_unknown_staff(passphrase: str, stretcher: Stretcher, lane: Lane) -> NoReturn:
    """Refuse a sign-in name that nobody has, after the work that a wrong passphrase takes.

    Without this the time of the answer would tell who works here.
    """
    roots = _stretched(_DECOY_OWNER, passphrase, _DECOY_SALT, stretcher, lane)
    hmac.compare_digest(roots.verifier, _DECOY_VERIFIER)
    raise WrongSecretError("the sign-in details are not right")


def recover_staff_key(staff_id: UUID, recovery_code: str, recovery_wrap: Sealed) -> PrivateKey:
    """Unwrap the private key with the printed code; WrongSecretError if it is not the right one."""
    key = _code_key(staff_id, recovery_code)
    try:
        return _unwrap(key, recovery_wrap, "staff recovery", staff_id)
    except SealBrokenError:
        raise WrongSecretError("the recovery code is not right") from None


def _stretched(
    staff_id: UUID, passphrase: str, salt: bytes, stretcher: Stretcher, lane: Lane
) -> _Roots:
    if salt[:1] != _RECIPE:
        raise SealBrokenError("a passphrase's salt is in no known format")
    binding = bind("staff passphrase", staff_id)
    root = stretcher.stretch_passphrase(passphrase, salt[1:], binding, lane)
    proof = derive(root, "staff verifier", staff_id)
    return _Roots(
        verifier=_RECIPE + hashlib.sha256(proof).digest(),
        wrapping_key=derive(root, "staff wrapping key", staff_id),
    )


def _code_key(staff_id: UUID, code: str) -> bytes:
    return derive(secret_of(code), "staff recovery key", staff_id)


def _wrap(key: bytes, private_key: PrivateKey, purpose: str, staff_id: UUID) -> Sealed:
    return aead.seal(key, _KEY_NUMBER, private_key.raw, bind(purpose, staff_id))


def _unwrap(key: bytes, wrapped: Sealed, purpose: str, staff_id: UUID) -> PrivateKey:
    return PrivateKey(aead.unseal(key, _KEY_NUMBER, wrapped, bind(purpose, staff_id)))
