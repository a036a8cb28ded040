from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import (
    Compartment,
    CompartmentKey,
    Place,
    PrivateKey,
    PublicKey,
    Sealed,
)
from safeshare.vault import Vault
from safeshare.vault.hpke import HYBRID, X25519, private_key_from, public_half
from tests.tampering import spoilt
from tests.vault.cast import GRANT, elsewhere, key_pair

SUITES = pytest.mark.parametrize("suite", [X25519, HYBRID], ids=["x25519", "hybrid"])


@SUITES
def test_a_holder_can_open_their_grant(vault: Vault, key: CompartmentKey, suite: int) -> None:
    private_key, public_key = key_pair(suite)
    assert vault.open_grant(vault.grant(key, GRANT, public_key), GRANT, private_key) == key


@pytest.mark.parametrize(("suite", "size"), [(X25519, 1 + 80), (HYBRID, 1 + 1168)])
def test_a_grant_can_only_have_one_size_and_says_its_suite_first(
    vault: Vault, key: CompartmentKey, suite: int, size: int
) -> None:
    sealed = vault.grant(key, GRANT, key_pair(suite)[1])
    assert len(sealed.blob) == size
    assert sealed.blob[0] == suite


def test_new_keys_are_hybrid_and_cannot_be_downgraded_by_accident(vault: Vault) -> None:
    recovery = vault.recovery_init([uuid4(), uuid4()], 2)
    keys = [
        vault.enrol_staff(uuid4(), "passphrase").public_key,
        vault.party_keys(vault.new_access_code()).public_key,
        recovery.public_key,
        *(officer.public_key for officer in recovery.officers),
        *(vault.keys.worker_public(kind) for kind in ("contact", "themes", "tokens")),
    ]
    assert {public_key.raw[0] for public_key in keys} == {HYBRID}


@SUITES
@given(bit=st.integers(min_value=0))
def test_nobody_can_change_one_bit_of_a_grant(
    vault: Vault, key: CompartmentKey, suite: int, bit: int
) -> None:
    private_key, public_key = key_pair(suite)
    sealed = spoilt(vault.grant(key, GRANT, public_key), bit)
    with pytest.raises(SealBrokenError):
        vault.open_grant(sealed, GRANT, private_key)


@SUITES
@pytest.mark.parametrize("place", elsewhere(GRANT), ids=lambda place: str(place)[:70])
def test_nobody_can_move_a_grant(
    vault: Vault, key: CompartmentKey, suite: int, place: Place
) -> None:
    private_key, public_key = key_pair(suite)
    with pytest.raises(SealBrokenError):
        vault.open_grant(vault.grant(key, GRANT, public_key), place, private_key)


@SUITES
def test_nobody_can_cut_a_grant_short(vault: Vault, key: CompartmentKey, suite: int) -> None:
    private_key, public_key = key_pair(suite)
    blob = vault.grant(key, GRANT, public_key).blob
    for length in (0, 1, 2, 33, len(blob) - 1):
        with pytest.raises(SealBrokenError):
            vault.open_grant(Sealed(blob[:length]), GRANT, private_key)


@pytest.mark.parametrize("sealed_to", [X25519, HYBRID])
@pytest.mark.parametrize("opened_with", [X25519, HYBRID])
def test_a_stranger_cannot_open_a_grant_of_either_suite(
    vault: Vault, key: CompartmentKey, sealed_to: int, opened_with: int
) -> None:
    sealed = vault.grant(key, GRANT, key_pair(sealed_to)[1])
    with pytest.raises(SealBrokenError):
        vault.open_grant(sealed, GRANT, key_pair(opened_with)[0])


def test_a_party_can_open_their_conversation_and_no_other_compartment(vault: Vault) -> None:
    mine, other = (vault.party_keys(vault.new_access_code()) for _ in range(2))
    handler = vault.enrol_staff(uuid4(), "passphrase")
    my_place, other_place = (replace(GRANT, party_id=uuid4()) for _ in range(2))
    work = replace(GRANT, compartment=Compartment.WORK, party_id=None)
    identity = replace(GRANT, compartment=Compartment.IDENTITY, party_id=None)
    my_key = vault.new_compartment_key()
    my_grant = vault.grant(my_key, my_place, mine.public_key)
    not_mine = [
        (vault.grant(vault.new_compartment_key(), place, public_key), place)
        for place, public_key in (
            (other_place, other.public_key),
            (work, handler.public_key),
            (identity, handler.public_key),
            (my_place, handler.public_key),
        )
    ]
    assert vault.open_grant(my_grant, my_place, mine.private_key) == my_key
    for sealed, place in not_mine:
        for tried in (place, my_place):
            with pytest.raises(SealBrokenError):
                vault.open_grant(sealed, tried, mine.private_key)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 33,
        b"\x03" + b"\x09" * 32,
        b"\x01" + b"\x00" * 32,
        b"\x01" + b"\x09" * 31,
        b"\x02" + b"\x09" * 1215,
        b"\x02" + b"\xff" * 1216,
    ],
    ids=["empty", "suite 0", "suite 3", "low order", "short", "short hybrid", "not reduced"],
)
def test_a_grant_cannot_be_made_to_a_key_that_is_none(
    vault: Vault, key: CompartmentKey, raw: bytes
) -> None:
    with pytest.raises(SealBrokenError):
        vault.grant(key, GRANT, PublicKey(raw))


@pytest.mark.parametrize("raw", [b"", b"\x09" * 33, b"\x01" + b"x" * 31, b"\x02" + b"x" * 95])
def test_a_private_key_that_is_none_cannot_open_anything(
    vault: Vault, key: CompartmentKey, raw: bytes
) -> None:
    for suite in (X25519, HYBRID):
        sealed = vault.grant(key, GRANT, key_pair(suite)[1])
        with pytest.raises(SealBrokenError):
            vault.open_grant(sealed, GRANT, PrivateKey(raw))


@SUITES
def test_a_private_key_cannot_be_made_from_too_few_bytes(suite: int) -> None:
    with pytest.raises(SealBrokenError):
        private_key_from(b"short", suite)


def test_a_caller_cannot_grant_a_key_under_another_number(vault: Vault) -> None:
    with pytest.raises(ValueError, match="number"):
        vault.grant(vault.new_compartment_key(2), GRANT, key_pair(HYBRID)[1])


def test_a_value_of_another_purpose_cannot_pass_for_a_grant(vault: Vault) -> None:
    private_key, public_key = key_pair(HYBRID)
    parked = vault.seal_to_person(public_key, GRANT, {"typed": "text"})
    with pytest.raises(SealBrokenError):
        vault.open_grant(parked, GRANT, private_key)
    with pytest.raises(SealBrokenError):
        vault.open_from_person(
            private_key, GRANT, vault.grant(vault.new_compartment_key(), GRANT, public_key)
        )


@SUITES
def test_a_public_half_can_be_found_again_from_the_private_key(vault: Vault, suite: int) -> None:
    private_key, public_key = key_pair(suite)
    assert public_half(private_key) == public_key == public_half(private_key)
