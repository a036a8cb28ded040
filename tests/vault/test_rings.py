"""Several private keys in one: each opens what was sealed to it, and nothing else."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import PrivateKey
from safeshare.vault import hpke

BINDING = b"a place"


def keys() -> tuple[PrivateKey, PrivateKey]:
    return hpke.new_private_key(hpke.HYBRID), hpke.new_private_key(hpke.X25519)


def test_a_ring_opens_what_was_sealed_to_each_of_its_keys() -> None:
    hybrid, classical = keys()
    ring = hpke.ring_of(classical, hybrid)
    for one in (hybrid, classical):
        sealed = hpke.seal(hpke.public_half(one), b"a key", BINDING)
        assert hpke.unseal(ring, sealed, BINDING) == b"a key"
    assert hpke.public_half(ring) == hpke.public_half(classical)
    assert hpke.public_half(ring, hpke.HYBRID) == hpke.public_half(hybrid)


def test_a_ring_opens_nothing_that_was_sealed_to_another_key_of_the_same_suite() -> None:
    ring = hpke.ring_of(*keys())
    for one in keys():
        sealed = hpke.seal(hpke.public_half(one), b"a key", BINDING)
        with pytest.raises(SealBrokenError):
            hpke.unseal(ring, sealed, BINDING)


def test_a_ring_has_one_key_of_each_suite() -> None:
    hybrid, classical = keys()
    ring = hpke.ring_of(hybrid, classical)
    assert hpke.ring_of(classical, ring) == hpke.ring_of(classical, hybrid)
    with pytest.raises(ValueError, match="one key of each suite"):
        hpke.ring_of(hpke.new_private_key(), ring)
    with pytest.raises(SealBrokenError):
        hpke.public_half(classical, hpke.HYBRID)


@given(st.integers(min_value=1, max_value=130))
def test_a_ring_that_was_cut_or_doubled_is_none(length: int) -> None:
    """No byte of these keys names a suite, so that no cut can begin another key by chance."""
    hybrid, classical = (
        hpke.private_key_from(b"\xaa" * hpke.private_bytes(suite), suite)
        for suite in (hpke.HYBRID, hpke.X25519)
    )
    whole = hpke.ring_of(hybrid, classical).raw
    doubled = PrivateKey(whole[:length] + hybrid.raw)
    with pytest.raises(SealBrokenError):
        hpke.keys_in(doubled)
    if length < len(whole) and length != len(hybrid.raw):
        with pytest.raises(SealBrokenError):
            hpke.keys_in(PrivateKey(whole[:length]))


def test_the_keys_that_a_secret_gives_are_different_for_each_suite() -> None:
    made = [hpke.private_key_of(bytes(32), one, "a purpose") for one in sorted(hpke.SUITES)]
    assert all(one.raw[1:33] != two.raw[1:33] for one, two in pairwise(made))
