"""Sealing to a person: HPKE (RFC 9180), one shot, base mode.

A suite byte precedes every public key, private key and ciphertext:

    1  DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM
    2  MLKEM768-X25519 (draft-ietf-hpke-pq), HKDF-SHA256, AES-256-GCM

New keys are hybrid: records live for decades and stolen backups cannot be sealed again, so what
is stolen today must not open to a quantum computer later; the classical half keeps it closed
should ML-KEM fall. A sender follows the suite of the recipient's key.

A private key may be a ring: keys of several suites one after the other, the one in use first. What
was sealed to somebody before they went over to another suite opens with the key of its own suite,
until it is sealed to the new one (ADR 0017). A ring has one key a suite, so no two are tried.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import PrivateKey, PublicKey, Sealed
from safeshare.vault.binding import Part
from safeshare.vault.derivation import derive

X25519: Final = 1
HYBRID: Final = 2

_MLKEM_SEED_BYTES = 64
_MLKEM_PUBLIC_BYTES = 1184

_Private = X25519PrivateKey | MLKEM768X25519PrivateKey
_Public = X25519PublicKey | MLKEM768X25519PublicKey


@dataclass(frozen=True, slots=True)
class _SuiteOfKeys:
    """One suite: its sizes in bytes, and how its keys are read from raw bytes."""

    hpke: Suite
    private_bytes: int
    public_bytes: int
    read_private: Callable[[bytes], _Private]
    read_public: Callable[[bytes], _Public]
    public_of: Callable[[bytes], bytes]


def _hybrid_private(raw: bytes) -> MLKEM768X25519PrivateKey:
    return MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(raw[:_MLKEM_SEED_BYTES]),
        X25519PrivateKey.from_private_bytes(raw[_MLKEM_SEED_BYTES:]),
    )


def _hybrid_public(raw: bytes) -> MLKEM768X25519PublicKey:
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC_BYTES]),
        X25519PublicKey.from_public_bytes(raw[_MLKEM_PUBLIC_BYTES:]),
    )


def _hybrid_public_of(raw: bytes) -> bytes:
    mlkem = MLKEM768PrivateKey.from_seed_bytes(raw[:_MLKEM_SEED_BYTES]).public_key()
    return mlkem.public_bytes_raw() + _x25519_public_of(raw[_MLKEM_SEED_BYTES:])


def _x25519_public_of(raw: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw()


_SUITES: Final = {
    X25519: _SuiteOfKeys(
        hpke=Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
        private_bytes=32,
        public_bytes=32,
        read_private=X25519PrivateKey.from_private_bytes,
        read_public=X25519PublicKey.from_public_bytes,
        public_of=_x25519_public_of,
    ),
    HYBRID: _SuiteOfKeys(
        hpke=Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
        private_bytes=96,
        public_bytes=1216,
        read_private=_hybrid_private,
        read_public=_hybrid_public,
        public_of=_hybrid_public_of,
    ),
}

SUITES: Final = frozenset(_SUITES)
"""The bytes that stand for a suite of people's keys."""


def new_private_key(suite: int = HYBRID) -> PrivateKey:
    """A random private key. In both suites any bytes of the right size are a key."""
    return private_key_from(os.urandom(private_bytes(suite)), suite)


def private_key_from(raw: bytes, suite: int = HYBRID) -> PrivateKey:
    """The private key that `private_bytes(suite)` uniformly random or derived bytes are."""
    if len(raw) != private_bytes(suite):
        raise SealBrokenError("a private key has the wrong size")
    return PrivateKey(bytes([suite]) + raw)


def private_key_of(secret: bytes, suite: int, purpose: str, *context: Part) -> PrivateKey:
    """The private key of a suite that a secret and what it is for always give. The keys of two
    suites say nothing of each other: each is derived on its own.
    """
    apart = () if suite == HYBRID else (suite,)  # The first keys that were derived say no suite.
    return private_key_from(
        derive(secret, purpose, *context, *apart, length=private_bytes(suite)), suite
    )


def private_bytes(suite: int = HYBRID) -> int:
    """How many bytes make a private key, without the suite byte."""
    return _SUITES[suite].private_bytes


def public_half(private_key: PrivateKey, suite: int | None = None) -> PublicKey:
    """The public key that belongs to a private key; of a ring, that of this suite, or the one in
    use. SealBrokenError where the ring has none of it.
    """
    keys = keys_in(private_key)
    wanted = next(iter(keys)) if suite is None else suite
    if wanted not in keys:
        raise SealBrokenError("there is no key of this suite")
    return PublicKey(bytes([wanted]) + _SUITES[wanted].public_of(keys[wanted]))


def ring_of(newest: PrivateKey, *older: PrivateKey) -> PrivateKey:
    """The keys in one ring, the newest first. A key that is there already is not put in twice;
    ValueError for another one of the same suite, which would take the first one's place.
    """
    keys: dict[int, bytes] = {}
    for one in (newest, *older):
        for suite, raw in keys_in(one).items():
            if keys.setdefault(suite, raw) != raw:
                raise ValueError("a ring has one key of each suite")
    return PrivateKey(b"".join(bytes([suite]) + raw for suite, raw in keys.items()))


def keys_in(private_key: PrivateKey) -> dict[int, bytes]:
    """The raw keys of a ring by their suites, the one in use first. Raises SealBrokenError."""
    keys: dict[int, bytes] = {}
    rest = private_key.raw
    while rest or not keys:
        end = 1 + _suite_of(rest).private_bytes
        if rest[0] in keys or len(rest) < end:
            raise SealBrokenError("a ring of private keys is damaged")
        keys[rest[0]], rest = rest[1:end], rest[end:]
    return keys


def is_private_key(raw: bytes) -> bool:
    """Whether bytes are a private key or a ring of them."""
    try:
        return bool(keys_in(PrivateKey(raw)))
    except SealBrokenError:
        return False


def is_public_key(raw: bytes) -> bool:
    """Whether bytes are of a known suite, and of the size of its public keys."""
    return raw[:1] != b"" and raw[0] in SUITES and len(raw) == 1 + _SUITES[raw[0]].public_bytes


def seal(public_key: PublicKey, plaintext: bytes, binding: bytes) -> Sealed:
    """Seal to a person. SealBrokenError if the public key is none: nothing is sealed to nobody."""
    suite = _suite_of(public_key.raw)
    mark = public_key.raw[:1]
    try:
        recipient = _read_public(public_key.raw)
        return Sealed(mark + suite.hpke.encrypt(plaintext, recipient, info=mark + binding))
    except ValueError:  # Of the wrong size, or of low order (RFC 9180 section 7.1.4).
        raise SealBrokenError("a public key cannot be sealed to") from None


KeysRead = dict[bytes, _Private]
"""Private keys by their raw bytes, for whoever opens several things; it must not outlive that."""


def unseal(
    private_key: PrivateKey, sealed: Sealed, binding: bytes, read: KeysRead | None = None
) -> bytes:
    """Open what was sealed to this key; SealBrokenError for any other key, place or bytes.

    Reading a hybrid private key takes as long as opening: `read` keeps it for the next one.
    """
    mark, keys = sealed.blob[:1], keys_in(private_key)
    raw = keys.get(mark[0]) if mark else None
    if raw is None:
        raise SealBrokenError("a value is sealed to a key of another suite")
    suite = _SUITES[mark[0]]
    try:
        recipient = read.get(raw) if read is not None else None
        if recipient is None:
            recipient = suite.read_private(raw)
        if read is not None:
            read[raw] = recipient
        return suite.hpke.decrypt(sealed.blob[1:], recipient, info=mark + binding)
    except (InvalidTag, ValueError):
        raise SealBrokenError("a value sealed to a person does not open here") from None


@lru_cache(maxsize=256)
def _read_public(raw: bytes) -> _Public:
    """Reading a hybrid public key expands a matrix: a fifth of a grant's time, and keys recur."""
    return _SUITES[raw[0]].read_public(raw[1:])


def _suite_of(raw: bytes) -> _SuiteOfKeys:
    suite = _SUITES.get(raw[0]) if raw else None
    if suite is None:
        raise SealBrokenError("a key is of no known suite")
    return suite
