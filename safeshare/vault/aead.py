"""Sealing under a key that both sides hold: AES-256-GCM with a random 96-bit nonce.

    format byte (1) | key number (4, big-endian) | nonce (12) | ciphertext and tag (16)

The format byte and the key number are bound with the place, so neither can be changed. Random
nonces are sound for 2^32 values under one key (NIST SP 800-38D section 8.3); a compartment key
seals some hundreds, and the accounts key is far below that in the life of an installation.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Sealed

KEY_BYTES = 32

_AES_256_GCM = 1
_HEAD_BYTES = 5
_NONCE_BYTES = 12


def seal(key: bytes, number: int, plaintext: bytes, binding: bytes) -> Sealed:
    """Seal under the numbered 32-byte key, bound to what `binding.bind` said."""
    head = bytes([_AES_256_GCM]) + number.to_bytes(4, "big")
    nonce = os.urandom(_NONCE_BYTES)
    return Sealed(head + nonce + AESGCM(key).encrypt(nonce, plaintext, head + binding))


def unseal(key: bytes, number: int, sealed: Sealed, binding: bytes) -> bytes:
    """Open what `seal` made; SealBrokenError for any other key, number, place or bytes."""
    if key_number(sealed) != number:
        raise SealBrokenError("a sealed value is under a key of another number")
    head, rest = sealed.blob[:_HEAD_BYTES], sealed.blob[_HEAD_BYTES:]
    try:
        return AESGCM(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], head + binding)
    except (InvalidTag, ValueError):  # ValueError: cut off within the nonce.
        raise SealBrokenError("a sealed value does not open here") from None


def key_number(sealed: Sealed) -> int:
    """The number of the key that a value says it is under. Not proof: `unseal` is."""
    if sealed.blob[:1] != bytes([_AES_256_GCM]) or len(sealed.blob) < _HEAD_BYTES:
        raise SealBrokenError("a sealed value is in no known format")
    return int.from_bytes(sealed.blob[1:_HEAD_BYTES], "big")
