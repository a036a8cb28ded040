"""Two installations share nothing: what one made opens nowhere at the other."""

from uuid import uuid4

import pytest

from safeshare.kernel.errors import SealBrokenError, WrongSecretError
from safeshare.vault import Vault
from tests.vault.cast import OUTSIDE


def test_the_same_code_cannot_give_the_same_party_at_two_installations(
    vault: Vault, other_vault: Vault
) -> None:
    code = vault.new_access_code()
    one, other = vault.party_keys(code), other_vault.party_keys(code)
    assert one.lookup_hash != other.lookup_hash
    assert one.private_key != other.private_key


def test_the_same_passphrase_cannot_unlock_a_copied_row(vault: Vault, other_vault: Vault) -> None:
    staff_id = uuid4()
    kept = vault.enrol_staff(staff_id, "passphrase")
    with pytest.raises(WrongSecretError):
        other_vault.unlock_staff(staff_id, "passphrase", kept.salt, kept.verifier, kept.wrapped)


def test_what_is_sealed_to_one_server_or_worker_cannot_open_at_the_other(
    vault: Vault, other_vault: Vault
) -> None:
    with pytest.raises(SealBrokenError):
        other_vault.open_server(OUTSIDE, vault.seal_server(OUTSIDE, b"secret"))
    for kind in ("contact", "themes", "tokens"):
        sealed = vault.seal_for_worker(kind, OUTSIDE, {}, 256)
        with pytest.raises(SealBrokenError):
            other_vault.open_for_worker(kind, OUTSIDE, sealed)


def test_a_mail_cannot_be_matched_with_its_row_without_the_key_file(
    vault: Vault, other_vault: Vault
) -> None:
    """Whoever has the mail and a copy of the database could tell whose case it was about."""
    mail_id = uuid4()
    assert vault.message_mark(mail_id) == vault.message_mark(mail_id)
    assert vault.message_mark(mail_id) != other_vault.message_mark(mail_id)
    assert vault.message_mark(mail_id) != vault.message_mark(uuid4())
    assert vault.message_mark(mail_id) != vault.ledger_mac("message mark", mail_id.bytes)


def test_only_pepper_and_salt_together_can_give_a_code_its_keys(
    vault: Vault, other_vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thief of the database and its salt still lacks the pepper, and the other way round."""
    code = vault.new_access_code()
    keys = vault.party_keys(code)
    for name in ("pepper", "installation_salt"):
        with monkeypatch.context() as patch:
            patch.setitem(secrets_of(other_vault), name, getattr(vault.keys, name))
            assert other_vault.party_keys(code).lookup_hash != keys.lookup_hash
    for name in ("pepper", "installation_salt"):
        monkeypatch.setitem(secrets_of(other_vault), name, getattr(vault.keys, name))
    assert other_vault.party_keys(code) == keys


def secrets_of(vault: Vault) -> dict[str, bytes]:
    secrets = vault.keys._secrets
    assert isinstance(secrets, dict)
    return secrets
