"""Content in more than one cipher: each key has one for life, and nothing passes between them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import CompartmentKey, Sealed
from safeshare.vault import Vault
from safeshare.vault.aead import AES_256_GCM, CHACHA20_POLY1305, SUITES, seal, unseal
from safeshare.vault.hpke import HYBRID, X25519
from tests.tampering import spoilt
from tests.vault.cast import GRANT, TOLD, key_pair

BOTH = sorted(SUITES)
TEXT = "what was told"


def new_key(vault: Vault, suite: int) -> CompartmentKey:
    return replace(vault, content_suite=suite).new_compartment_key()


@pytest.mark.parametrize("suite", BOTH)
def test_a_holder_can_read_what_was_sealed_in_either_suite(vault: Vault, suite: int) -> None:
    key = new_key(vault, suite)
    sealed = vault.seal_message(key, TOLD, TEXT)
    assert sealed.blob[0] == key.suite == suite
    assert vault.open_message(key, TOLD, sealed) == TEXT


@pytest.mark.parametrize("kind", [X25519, HYBRID])
@pytest.mark.parametrize("suite", BOTH)
def test_a_grant_can_carry_the_suite_of_its_key(vault: Vault, suite: int, kind: int) -> None:
    private_key, public_key = key_pair(kind)
    key = new_key(vault, suite)
    assert vault.open_grant(vault.grant(key, GRANT, public_key), GRANT, private_key) == key


@pytest.mark.parametrize("suite", BOTH)
def test_nobody_can_swap_a_value_for_one_of_another_suite(vault: Vault, suite: int) -> None:
    """Not even somebody who could forge the other cipher: the key says which one it is for."""
    key = new_key(vault, suite)
    other = replace(key, suite=next(one for one in BOTH if one != suite))
    with pytest.raises(SealBrokenError):
        vault.open_message(key, TOLD, vault.seal_message(other, TOLD, TEXT))
    relabelled = vault.seal_message(key, TOLD, TEXT).blob
    for mark in range(256):
        if mark != suite:
            with pytest.raises(SealBrokenError):
                vault.open_message(key, TOLD, Sealed(bytes([mark]) + relabelled[1:]))


@given(bit=st.integers(min_value=0))
def test_nobody_can_change_one_bit_in_the_second_suite(vault: Vault, bit: int) -> None:
    key = new_key(vault, CHACHA20_POLY1305)
    with pytest.raises(SealBrokenError):
        vault.open_message(key, TOLD, spoilt(vault.seal_message(key, TOLD, TEXT), bit))


@pytest.mark.parametrize("granted", [b"", b"\x01" + bytes(32), b"\x03" + bytes(32), bytes(34)])
def test_a_grant_of_no_known_form_cannot_be_used(vault: Vault, granted: bytes) -> None:
    private_key, public_key = key_pair(HYBRID)
    planted = vault.grant(CompartmentKey(granted), GRANT, public_key)
    with pytest.raises(SealBrokenError):
        vault.open_grant(planted, GRANT, private_key)


def test_a_value_outside_a_case_can_be_sealed_in_either_suite() -> None:
    for suite in BOTH:
        sealed = seal(bytes(32), 7, b"secret", b"place", suite)
        assert unseal(bytes(32), 7, sealed, b"place", suite) == b"secret"
        with pytest.raises(SealBrokenError):
            unseal(bytes(32), 7, sealed, b"place", AES_256_GCM + CHACHA20_POLY1305 - suite)
