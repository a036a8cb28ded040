import os
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import WrongSecretError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.sealed import Sealed
from safeshare.vault import Vault

OWNER, OTHER = UUID(int=1), UUID(int=2)
SECRET = bytes(range(32))


def test_a_backup_code_can_be_typed_in_any_way_and_counts_for_its_owner_alone(
    vault: Vault,
) -> None:
    codes = vault.new_backup_codes()
    assert len(set(codes)) == 10
    kept = vault.backup_code_hash(OWNER, codes[0])
    assert kept is not None
    assert vault.backup_code_hash(OWNER, f" {codes[0].lower().replace('-', ' ')} ") == kept
    assert vault.backup_code_hash(OTHER, codes[0]) != kept
    assert vault.backup_code_hash(OWNER, codes[1]) != kept


@pytest.mark.parametrize("typed", ["", "123456", "AAAAA-AAAAA", "BBBBB-BBBB", "x" * 5000, "é" * 10])
def test_what_is_no_backup_code_cannot_be_taken_for_one(vault: Vault, typed: str) -> None:
    assert vault.backup_code_hash(OWNER, typed) is None


def test_a_passkeys_own_secret_can_open_the_key_and_no_other_can(vault: Vault) -> None:
    made = vault.enrol_staff(OWNER, "a passphrase of a test")
    wrapped = vault.wrap_for_passkey(OWNER, made.private_key, SECRET)
    assert vault.unwrap_from_passkey(OWNER, wrapped, SECRET) == made.private_key
    for staff_id, secret in ((OTHER, SECRET), (OWNER, os.urandom(32)), (OWNER, SECRET[:31])):
        with pytest.raises(WrongSecretError):
            vault.unwrap_from_passkey(staff_id, wrapped, secret)


@given(place=st.integers(0, 2000), bit=st.integers(0, 7))
def test_a_wrapped_key_with_any_bit_changed_cannot_be_opened(
    vault: Vault, place: int, bit: int
) -> None:
    made = vault.enrol_staff(OWNER, "a passphrase of a test")
    blob = bytearray(vault.wrap_for_passkey(OWNER, made.private_key, SECRET).blob)
    blob[place % len(blob)] ^= 1 << bit
    with pytest.raises(WrongSecretError):
        vault.unwrap_from_passkey(OWNER, Sealed(bytes(blob)), SECRET)


def test_a_key_can_be_wrapped_under_another_passphrase_and_another_printed_code(
    vault: Vault,
) -> None:
    made = vault.enrol_staff(OWNER, "the first passphrase of all")
    new = vault.wrap_anew(OWNER, made.private_key, "the second passphrase of all")
    opened = vault.unlock_staff(
        OWNER, "the second passphrase of all", new.salt, new.verifier, new.wrapped
    )
    assert opened == made.private_key
    with pytest.raises(WrongSecretError):
        vault.unlock_staff(
            OWNER, "the first passphrase of all", new.salt, new.verifier, new.wrapped
        )
    code, wrap = vault.new_recovery_code(OWNER, made.private_key)
    assert vault.recover_staff_key(OWNER, code, wrap) == made.private_key
    with pytest.raises(WrongSecretError):
        vault.recover_staff_key(OWNER, made.recovery_code, wrap)


def test_a_marked_browser_can_be_known_again_and_none_can_be_made_up(vault: Vault) -> None:
    owner = new_id()
    mark = vault.mark_browser(owner, 3)
    assert vault.browser_of(mark) == (owner, 3)
    assert mark != vault.mark_browser(owner, 3)
    changed = ("A" if mark[40] != "A" else "B").join((mark[:40], mark[41:]))
    for forged in ("", "é", "not base64!", mark[:-4], changed, "AAAA" * 30):
        assert vault.browser_of(forged) is None


def test_a_mark_outlives_a_rotation_and_nothing_that_ends_every_session(
    other_vault: Vault,
) -> None:
    owner, keys = new_id(), other_vault.keys.session_keys
    mark = other_vault.mark_browser(owner, 3)
    keys.rotate()
    assert other_vault.browser_of(mark) == (owner, 3)
    keys.end_all_sessions()
    assert other_vault.browser_of(mark) is None
    assert other_vault.browser_of(other_vault.mark_browser(owner, 3)) == (owner, 3)


def test_links_are_random_and_kept_as_hashes(vault: Vault) -> None:
    link = vault.new_link()
    assert link != vault.new_link()
    assert len(link) == 43
    assert len(vault.link_hash(link)) == 32
    assert vault.link_hash("\ud800") != vault.link_hash("")
