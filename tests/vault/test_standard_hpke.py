"""What we seal to people can be opened from the published standards, without the HPKE library.

A record may be read in 75 years. This is a second, independent opener, written after RFC 9180
sections 4, 4.1 and 5.1 and, for the hybrid, the MLKEM768-X25519 of draft-ietf-hpke-pq with the
combiner of X-Wing (draft-connolly-cfrg-xwing-kem section 5.3). It shares with the product X25519,
AES-GCM and `bind`. ML-KEM (FIPS 203) is another implementation's, kyber-py, which is slow, plain
Python and for tests alone.
"""

import hashlib
import hmac
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from kyber_py.ml_kem import ML_KEM_768

from safeshare.kernel.sealed import CompartmentKey, PrivateKey, PublicKey, Sealed
from safeshare.vault import Vault
from safeshare.vault.binding import bind_place
from safeshare.vault.hpke import HYBRID, X25519
from tests.vault.cast import GRANT, key_pair

DHKEM_X25519 = b"\x00\x20"
MLKEM768_X25519 = b"\x64\x7a"
HKDF_SHA256 = b"\x00\x01"
AES_256_GCM = b"\x00\x02"
XWING_LABEL = b"\\.//^\\"


@dataclass(frozen=True)
class LabelledHkdf:
    """RFC 9180 section 4: HKDF with the version, the suite and a label in every input."""

    suite_id: bytes

    def extract(self, salt: bytes, label: bytes, secret: bytes) -> bytes:
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + self.suite_id + label + secret, "sha256")

    def expand(self, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
        labelled = length.to_bytes(2, "big") + b"HPKE-v1" + self.suite_id + label + info
        assert length <= 32
        return hmac.digest(key, labelled + b"\x01", "sha256")[:length]


def decapsulated_x25519(raw: bytes, sent: bytes) -> bytes:
    private_key = X25519PrivateKey.from_private_bytes(raw)
    shared = private_key.exchange(X25519PublicKey.from_public_bytes(sent))
    hkdf = LabelledHkdf(b"KEM" + DHKEM_X25519)
    context = sent + private_key.public_key().public_bytes_raw()
    return hkdf.expand(hkdf.extract(b"", b"eae_prk", shared), b"shared_secret", context, 32)


def decapsulated_hybrid(raw: bytes, sent: bytes) -> bytes:
    lattice, curve = sent[:1088], sent[1088:]
    _public, own_lattice = ML_KEM_768.key_derive(raw[:64])
    private_key = X25519PrivateKey.from_private_bytes(raw[64:])
    shared_curve = private_key.exchange(X25519PublicKey.from_public_bytes(curve))
    own_curve = private_key.public_key().public_bytes_raw()
    return combined(ML_KEM_768.decaps(own_lattice, lattice), shared_curve, curve, own_curve)


def encapsulated_hybrid(raw: bytes) -> tuple[bytes, bytes]:
    """A secret, and what is sent of it to a public key."""
    shared_lattice, lattice = ML_KEM_768.encaps(raw[:1184])
    their_curve, once = raw[1184:], X25519PrivateKey.generate()
    shared_curve = once.exchange(X25519PublicKey.from_public_bytes(their_curve))
    curve = once.public_key().public_bytes_raw()
    return combined(shared_lattice, shared_curve, curve, their_curve), lattice + curve


def combined(lattice: bytes, curve: bytes, sent_curve: bytes, own_curve: bytes) -> bytes:
    return hashlib.sha3_256(lattice + curve + sent_curve + own_curve + XWING_LABEL).digest()


def scheduled(kem: bytes, shared: bytes, info: bytes) -> tuple[AESGCM, bytes]:
    """The cipher and the nonce of the one message (RFC 9180 section 5.1)."""
    hkdf = LabelledHkdf(b"HPKE" + kem + HKDF_SHA256 + AES_256_GCM)
    hashes = hkdf.extract(b"", b"psk_id_hash", b"") + hkdf.extract(b"", b"info_hash", info)
    secret, context = hkdf.extract(shared, b"secret", b""), b"\x00" + hashes
    key = hkdf.expand(secret, b"key", context, 32)
    return AESGCM(key), hkdf.expand(secret, b"base_nonce", context, 12)


def opened_by_the_standard(private_key: PrivateKey, blob: bytes, binding: bytes) -> bytes:
    suite, sent_and_sealed = blob[:1], blob[1:]
    if suite == b"\x01":
        kem, sent, sealed = DHKEM_X25519, sent_and_sealed[:32], sent_and_sealed[32:]
        shared = decapsulated_x25519(private_key.raw[1:], sent)
    else:
        kem, sent, sealed = MLKEM768_X25519, sent_and_sealed[:1120], sent_and_sealed[1120:]
        shared = decapsulated_hybrid(private_key.raw[1:], sent)
    cipher, nonce = scheduled(kem, shared, suite + binding)
    return cipher.decrypt(nonce, sealed, b"")


def sealed_by_the_standard(public_key: PublicKey, content: bytes, binding: bytes) -> Sealed:
    suite, raw = public_key.raw[:1], public_key.raw[1:]
    shared, sent = encapsulated_hybrid(raw)
    cipher, nonce = scheduled(MLKEM768_X25519, shared, suite + binding)
    return Sealed(suite + sent + cipher.encrypt(nonce, content, b""))


@pytest.mark.parametrize("suite", [X25519, HYBRID], ids=["x25519", "hybrid"])
def test_a_grant_can_be_opened_by_the_published_standard(
    vault: Vault, key: CompartmentKey, suite: int
) -> None:
    private_key, public_key = key_pair(suite)
    sealed = vault.grant(key, GRANT, public_key)
    binding = bind_place("grant", GRANT)
    assert opened_by_the_standard(private_key, sealed.blob, binding) == key.raw


def test_a_hybrid_grant_that_was_sealed_by_the_published_standard_can_be_opened(
    vault: Vault, key: CompartmentKey
) -> None:
    private_key, public_key = key_pair(HYBRID)
    sealed = sealed_by_the_standard(public_key, key.raw, bind_place("grant", GRANT))
    assert vault.open_grant(sealed, GRANT, private_key) == key
    ours = ML_KEM_768.key_derive(private_key.raw[1:65])[0]
    assert public_key.raw[1:1185] == ours
