import hashlib
from unittest.mock import Mock

import pytest

from safeshare.kernel.errors import InvalidError, UnknownWordsError
from safeshare.kernel.sealed import AccessCode
from safeshare.vault import KeyFiles, Vault
from safeshare.vault.hpke import public_half
from safeshare.vault.stretching import CODE_COST


def test_a_reporter_can_come_back_with_the_same_code(vault: Vault) -> None:
    code = vault.new_access_code()
    returned = vault.parse_access_code("-".join(code.words).upper())
    assert vault.party_keys(returned, "guesses") == vault.party_keys(code, "send")


def test_a_party_can_be_looked_up_only_by_the_hash_of_what_the_code_gives(vault: Vault) -> None:
    keys = vault.party_keys(vault.new_access_code())
    assert len(keys.lookup_hash) == hashlib.sha256().digest_size
    assert public_half(keys.private_key) == keys.public_key
    assert keys.lookup_hash not in keys.private_key.raw


def test_codes_that_differ_in_order_or_one_word_cannot_share_a_key(vault: Vault) -> None:
    code = vault.parse_access_code("aardvark postcard yo-yo sugar zipping acrobat prune saltshaker")
    others = [
        AccessCode(code.words[::-1]),
        AccessCode((*code.words[:7], "sugar")),
    ]
    found = [vault.party_keys(each) for each in (code, *others)]
    assert len({keys.lookup_hash for keys in found}) == 3
    assert len({keys.private_key for keys in found}) == 3


@pytest.mark.parametrize("words", [(), ("sugar",) * 7, ("sugar",) * 9, ("qqqq",) * 8])
def test_what_is_no_code_cannot_be_stretched(
    vault: Vault, argon2: Mock, words: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidError):
        vault.party_keys(AccessCode(words))
    argon2.assert_not_called()


def test_an_unknown_word_cannot_cost_the_server_a_stretching(vault: Vault, argon2: Mock) -> None:
    with pytest.raises(UnknownWordsError):
        vault.parse_access_code("qqqq postcard yo-yo sugar zipping acrobat prune saltshaker")
    argon2.assert_not_called()


def test_a_guess_cannot_cost_less_than_the_blueprint_says(
    key_files: KeyFiles, argon2: Mock
) -> None:
    Vault(key_files).party_keys(Vault(key_files).new_access_code())
    (call,) = argon2.call_args_list
    assert call.kwargs["memory_cost"] == CODE_COST.memory_kib == 19 * 1024
    assert call.kwargs["iterations"] == CODE_COST.passes == 2
    assert call.kwargs["lanes"] == CODE_COST.lanes == 1
    assert call.kwargs["salt"] == key_files.installation_salt
    assert call.kwargs["secret"] == key_files.pepper
