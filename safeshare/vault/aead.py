"""Sealing under a key that both sides hold, with a random 96-bit nonce.

    suite byte (1) | key number (4, big-endian) | nonce (12) | ciphertext and tag (16)

    1  AES-256-GCM (NIST SP 800-38D)
    2  ChaCha20-Poly1305 (RFC 8439), to go to should AES-GCM fall

The suite byte and the key number are bound with the place, so neither can be changed. A key has
one suite for life, so that no two ciphers ever share a key, and a value of another suite under its
number is refused: who can forge one cipher gains nothing where another is in use (ADR 0008).
Random nonces are sound for 2^32 values under one key (SP 800-38D section 8.3); a compartment key
seals some hundreds, and the accounts key is far below that in the life of an installation.
"""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Sealed

KEY_BYTES = 32

AES_256_GCM: Final = 1
CHACHA20_POLY1305: Final = 2

SUITES: Final[dict[int, type[AESGCM] | type[ChaCha20Poly1305]]] = {
    AES_256_GCM: AESGCM,
    CHACHA20_POLY1305: ChaCha20Poly1305,
}
"""What each suite byte stands for. A new suite is one more line here."""

_HEAD_BYTES = 5
_NONCE_BYTES = 12


def seal(
    key: bytes, number: int, plaintext: bytes, binding: bytes, suite: int = AES_256_GCM
) -> Sealed:
    """Seal under the numbered 32-byte key, bound to what `binding.bind` said."""
    head = bytes([suite]) + number.to_bytes(4, "big")
    nonce = os.urandom(_NONCE_BYTES)
    return Sealed(head + nonce + SUITES[suite](key).encrypt(nonce, plaintext, head + binding))


def unseal(
    key: bytes, number: int, sealed: Sealed, binding: bytes, suite: int = AES_256_GCM
) -> bytes:
    """Open what `seal` made; SealBrokenError for any other key, number, suite, place or bytes."""
    if key_number(sealed) != number or sealed.blob[0] != suite:
        raise SealBrokenError("a sealed value is under a key of another number or suite")
    head, rest = sealed.blob[:_HEAD_BYTES], sealed.blob[_HEAD_BYTES:]
    try:
        return SUITES[suite](key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], head + binding)
    except (InvalidTag, ValueError):  # ValueError: cut off within the nonce.
        raise SealBrokenError("a sealed value does not open here") from None


def key_number(sealed: Sealed) -> int:
    """The number of the key that a value says it is under. Not proof: `unseal` is."""
    return int.from_bytes(_head(sealed)[1:], "big")


def suite_of(sealed: Sealed) -> int:
    """The suite that a value says it is in. Not proof: `unseal` is."""
    return _head(sealed)[0]


def _head(sealed: Sealed) -> bytes:
    if len(sealed.blob) < _HEAD_BYTES or sealed.blob[0] not in SUITES:
        raise SealBrokenError("a sealed value is in no known format")
    return sealed.blob[:_HEAD_BYTES]
