from unittest.mock import Mock
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import SealBrokenError, WrongSecretError
from safeshare.kernel.keys import StaffSecrets
from safeshare.kernel.sealed import PrivateKey, Sealed
from safeshare.vault import KeyFiles, Vault
from safeshare.vault.hpke import public_half
from safeshare.vault.stretching import PASSPHRASE_COST
from tests.tampering import flipped, spoilt

STAFF = uuid4()
PASSPHRASE = "correct horse bâttery ståple"


@pytest.fixture
def secrets_of_staff(vault: Vault) -> StaffSecrets:
    return vault.enrol_staff(STAFF, PASSPHRASE)


def unlock(vault: Vault, kept: StaffSecrets, passphrase: str = PASSPHRASE) -> PrivateKey:
    return vault.unlock_staff(STAFF, passphrase, kept.salt, kept.verifier, kept.wrapped)


def test_a_handler_can_unlock_their_key(vault: Vault, secrets_of_staff: StaffSecrets) -> None:
    private_key = unlock(vault, secrets_of_staff)
    assert private_key == secrets_of_staff.private_key
    assert public_half(private_key) == secrets_of_staff.public_key


def test_a_handler_can_type_accents_on_another_keyboard(
    vault: Vault, secrets_of_staff: StaffSecrets
) -> None:
    decomposed = "correct horse ba\N{COMBINING CIRCUMFLEX ACCENT}ttery sta\u030aple"
    assert decomposed != PASSPHRASE
    assert unlock(vault, secrets_of_staff, decomposed) == secrets_of_staff.private_key


@pytest.mark.parametrize(
    "passphrase",
    ["", PASSPHRASE + " ", PASSPHRASE.upper(), PASSPHRASE[:-1], "\ud800", "x" * 50_000],
)
def test_a_guesser_cannot_unlock_with_another_passphrase(
    vault: Vault, secrets_of_staff: StaffSecrets, passphrase: str
) -> None:
    with pytest.raises(WrongSecretError) as refusal:
        unlock(vault, secrets_of_staff, passphrase)
    assert PASSPHRASE not in str(refusal.value)


def test_two_people_with_one_passphrase_cannot_be_told_to_have_it(vault: Vault) -> None:
    one, other = (vault.enrol_staff(STAFF, PASSPHRASE) for _ in range(2))
    assert one.salt != other.salt
    assert one.verifier != other.verifier
    assert one.private_key != other.private_key
    assert one.recovery_code != other.recovery_code


def test_a_writer_of_the_database_cannot_sign_in_with_a_colleagues_row(
    vault: Vault, secrets_of_staff: StaffSecrets
) -> None:
    """Copying your own salt, verifier and wrapped key into another's row opens nothing."""
    kept = secrets_of_staff
    with pytest.raises(WrongSecretError):
        vault.unlock_staff(uuid4(), PASSPHRASE, kept.salt, kept.verifier, kept.wrapped)


@pytest.mark.parametrize("part", ["salt", "verifier", "wrapped"])
@pytest.mark.parametrize("bit", [0, 40, -1])
def test_a_spoilt_row_cannot_unlock(
    vault: Vault, secrets_of_staff: StaffSecrets, part: str, bit: int
) -> None:
    kept = secrets_of_staff
    row = {"salt": kept.salt, "verifier": kept.verifier, "wrapped": kept.wrapped.blob}
    row[part] = flipped(row[part], bit % (8 * len(row[part])))
    with pytest.raises((WrongSecretError, SealBrokenError)):
        vault.unlock_staff(STAFF, PASSPHRASE, row["salt"], row["verifier"], Sealed(row["wrapped"]))


@given(bit=st.integers(min_value=0))
def test_a_spoilt_recovery_wrap_cannot_open(
    vault: Vault, secrets_of_staff: StaffSecrets, bit: int
) -> None:
    kept = secrets_of_staff
    with pytest.raises(WrongSecretError):
        vault.recover_staff_key(STAFF, kept.recovery_code, spoilt(kept.recovery_wrap, bit))


def test_a_wrapped_key_and_a_recovery_wrap_cannot_change_places(
    vault: Vault, secrets_of_staff: StaffSecrets
) -> None:
    kept = secrets_of_staff
    with pytest.raises(SealBrokenError):
        vault.unlock_staff(STAFF, PASSPHRASE, kept.salt, kept.verifier, kept.recovery_wrap)
    with pytest.raises(WrongSecretError):
        vault.recover_staff_key(STAFF, kept.recovery_code, kept.wrapped)


@pytest.mark.parametrize("change", [str, str.lower, lambda code: code.replace("-", " ") + "\n"])
def test_a_handler_can_recover_their_key_with_the_printed_code(
    vault: Vault, secrets_of_staff: StaffSecrets, change: type[str]
) -> None:
    code = change(secrets_of_staff.recovery_code)
    recovered = vault.recover_staff_key(STAFF, code, secrets_of_staff.recovery_wrap)
    assert recovered == secrets_of_staff.private_key


def test_a_printed_code_can_be_read_out_and_is_long_enough(
    secrets_of_staff: StaffSecrets,
) -> None:
    groups = secrets_of_staff.recovery_code.split("-")
    assert [len(group) for group in groups] == [4] * 7  # 28 characters of 28: 134 bits.


def test_a_finder_of_another_code_cannot_recover_a_key(
    vault: Vault, secrets_of_staff: StaffSecrets
) -> None:
    other = vault.enrol_staff(STAFF, PASSPHRASE)
    for code in (other.recovery_code, "", "AAAA", secrets_of_staff.recovery_code[:-1] + "0"):
        with pytest.raises(WrongSecretError):
            vault.recover_staff_key(STAFF, code, secrets_of_staff.recovery_wrap)
    with pytest.raises(WrongSecretError):
        vault.recover_staff_key(
            uuid4(), secrets_of_staff.recovery_code, secrets_of_staff.recovery_wrap
        )


def test_a_recovery_code_can_outlive_the_key_files(
    other_vault: Vault, secrets_of_staff: StaffSecrets
) -> None:
    kept = secrets_of_staff
    recovered = other_vault.recover_staff_key(STAFF, kept.recovery_code, kept.recovery_wrap)
    assert recovered == kept.private_key


def test_a_stranger_cannot_tell_an_unknown_name_by_the_work(
    key_files: KeyFiles, argon2: Mock
) -> None:
    vault = Vault(key_files)
    kept = vault.enrol_staff(STAFF, PASSPHRASE)
    argon2.reset_mock()
    with pytest.raises(WrongSecretError) as known:
        unlock(vault, kept, "a guess")
    with pytest.raises(WrongSecretError) as unknown:
        vault.refuse_unknown_staff("a guess")
    costs = [
        {name: call.kwargs[name] for name in ("memory_cost", "iterations", "lanes", "length")}
        for call in argon2.call_args_list
    ]
    assert costs[0] == costs[1]
    assert len(costs) == 2
    assert costs[0]["memory_cost"] == PASSPHRASE_COST.memory_kib == 64 * 1024
    assert costs[0]["iterations"] == PASSPHRASE_COST.passes == 3
    assert [len(call.kwargs["salt"]) for call in argon2.call_args_list] == [16, 16]
    assert str(known.value) == str(unknown.value)
