"""What the server itself seals: in each suite under a key of its own, and in no other."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Sealed
from safeshare.vault import Vault
from safeshare.vault.aead import SUITES, seal
from safeshare.vault.binding import bind_place
from tests.tampering import spoilt
from tests.vault.cast import CASE, GRANT, OUTSIDE

BOTH = sorted(SUITES)
SECRET = b"a six-digit secret"
EACH = pytest.mark.parametrize("suite", BOTH)


def in_suite(vault: Vault, suite: int) -> Vault:
    return replace(vault, content_suite=suite)


@EACH
def test_a_process_of_either_setting_opens_both_suites(vault: Vault, suite: int) -> None:
    sealed = in_suite(vault, suite).seal_server(OUTSIDE, SECRET)
    mark = in_suite(vault, suite).mark_browser(CASE, 4)
    assert sealed.blob[0] == suite
    for other in BOTH:
        assert in_suite(vault, other).open_server(OUTSIDE, sealed) == SECRET
        assert in_suite(vault, other).browser_of(mark) == (CASE, 4)


@EACH
@given(content=st.binary(max_size=200), bit=st.integers(min_value=0))
def test_a_value_goes_over_with_its_content_and_size_and_only_where_it_opens(
    vault: Vault, suite: int, content: bytes, bit: int
) -> None:
    older = in_suite(vault, suite).seal_server(OUTSIDE, content)
    newer = in_suite(vault, 3 - suite)
    resealed = newer.reseal_server(OUTSIDE, older)
    assert (resealed.blob[0], len(resealed.blob)) == (3 - suite, len(older.blob))
    assert vault.open_server(OUTSIDE, resealed) == content
    for place, sealed in ((GRANT, older), (OUTSIDE, spoilt(older, bit))):
        with pytest.raises(SealBrokenError):
            newer.reseal_server(place, sealed)


@EACH
def test_nobody_can_say_that_a_value_is_of_another_suite(vault: Vault, suite: int) -> None:
    sealed = in_suite(vault, suite).seal_server(OUTSIDE, SECRET).blob
    for mark in range(256):
        if mark != suite:
            with pytest.raises(SealBrokenError):
                vault.open_server(OUTSIDE, Sealed(bytes([mark]) + sealed[1:]))


def test_the_key_of_the_first_suite_opens_nothing_in_the_second(vault: Vault) -> None:
    """No key is used in two ciphers: the file's own bytes are of the first suite alone."""
    padded, binding = SECRET.ljust(64), bind_place("server", OUTSIDE)
    for suite in BOTH[1:]:
        with pytest.raises(SealBrokenError):
            vault.open_server(OUTSIDE, seal(vault.keys.accounts, 1, padded, binding, suite))


@EACH
def test_another_installation_opens_neither(vault: Vault, other_vault: Vault, suite: int) -> None:
    sealed = in_suite(vault, suite).seal_server(OUTSIDE, SECRET)
    mark = in_suite(vault, suite).mark_browser(CASE, 4)
    with pytest.raises(SealBrokenError):
        other_vault.open_server(OUTSIDE, sealed)
    assert other_vault.browser_of(mark) is None
