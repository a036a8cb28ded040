"""What we seal to people opens with an implementation of HPKE that is not ours, and the reverse.

pyhpke has the suites of RFC 9180 and no hybrid one: the hybrid is opened and sealed from the
standards, with another implementation's ML-KEM, in `test_standard_hpke.py`.
"""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey, KEMKeyInterface, OpenError

from safeshare.kernel.sealed import PrivateKey, PublicKey, Sealed
from safeshare.vault import Vault
from safeshare.vault.binding import bind_place
from safeshare.vault.hpke import X25519
from tests.vault.cast import GRANT, key_pair

MARK = bytes([X25519])
ENCAPSULATED = 32
THEIRS = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
INFO = MARK + bind_place("grant", GRANT)


def private_half(key: PrivateKey) -> KEMKeyInterface:
    return KEMKey.from_pyca_cryptography_key(X25519PrivateKey.from_private_bytes(key.raw[1:]))


def public(key: PublicKey) -> KEMKeyInterface:
    return KEMKey.from_pyca_cryptography_key(X25519PublicKey.from_public_bytes(key.raw[1:]))


def test_another_implementation_can_open_our_grant(vault: Vault) -> None:
    private_key, public_key = key_pair(X25519)
    key = vault.new_compartment_key()
    blob = vault.grant(key, GRANT, public_key).blob
    head, rest = blob[1 : 1 + ENCAPSULATED], blob[1 + ENCAPSULATED :]
    recipient = THEIRS.create_recipient_context(head, private_half(private_key), info=INFO)
    assert (blob[:1], recipient.open(rest)) == (MARK, key.raw)


def test_we_can_open_the_grant_of_another_implementation(vault: Vault) -> None:
    private_key, public_key = key_pair(X25519)
    key = vault.new_compartment_key()
    head, sender = THEIRS.create_sender_context(public(public_key), info=INFO)
    sealed = Sealed(MARK + head + sender.seal(key.raw))
    assert vault.open_grant(sealed, GRANT, private_key) == key


def test_another_implementation_cannot_open_our_grant_at_another_place(vault: Vault) -> None:
    private_key, public_key = key_pair(X25519)
    blob = vault.grant(vault.new_compartment_key(), GRANT, public_key).blob
    wrong = MARK + bind_place("person", GRANT)
    head, rest = blob[1 : 1 + ENCAPSULATED], blob[1 + ENCAPSULATED :]
    recipient = THEIRS.create_recipient_context(head, private_half(private_key), info=wrong)
    with pytest.raises(OpenError):
        recipient.open(rest)
