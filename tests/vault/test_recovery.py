from dataclasses import replace
from itertools import combinations
from math import comb
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import InvalidError, WrongSecretError
from safeshare.kernel.keys import RecoverySet
from safeshare.vault import Vault
from safeshare.vault.hpke import public_half
from tests.tampering import spoilt
from tests.vault.cast import GRANT

OFFICERS = [uuid4() for _ in range(3)]


@pytest.fixture
def made(vault: Vault) -> RecoverySet:
    return vault.recovery_init(OFFICERS, 2)


def codes_of(made: RecoverySet, *officers: UUID) -> dict[UUID, str]:
    return {
        officer.officer_id: officer.printed_code
        for officer in made.officers
        if officer.officer_id in officers
    }


@pytest.mark.parametrize("together", list(combinations(range(3), 2)))
def test_any_two_officers_can_open_a_grant_together(
    vault: Vault, made: RecoverySet, together: tuple[int, ...]
) -> None:
    codes = codes_of(made, *(OFFICERS[index] for index in together))
    private_key = vault.recovery_open(codes, made.boxes)
    assert public_half(private_key) == made.public_key
    key = vault.new_compartment_key()
    assert vault.open_grant(vault.grant(key, GRANT, made.public_key), GRANT, private_key) == key


def test_officers_can_type_their_codes_carelessly(vault: Vault, made: RecoverySet) -> None:
    codes = {
        officer: f" {code.lower().replace('-', ' ')}"
        for officer, code in codes_of(made, *OFFICERS).items()
    }
    assert public_half(vault.recovery_open(codes, made.boxes)) == made.public_key


@pytest.mark.parametrize("officer", OFFICERS)
def test_one_officer_alone_cannot_open_anything(
    vault: Vault, made: RecoverySet, officer: UUID
) -> None:
    own = codes_of(made, officer)
    other = next(each for each in OFFICERS if each != officer)
    for codes in ({}, own, own | {other: own[officer]}, own | {uuid4(): own[officer]}):
        with pytest.raises(WrongSecretError):
            vault.recovery_open(codes, made.boxes)


def test_officers_of_another_set_cannot_open_this_one(vault: Vault, made: RecoverySet) -> None:
    other = vault.recovery_init(OFFICERS, 2)
    assert other.public_key != made.public_key
    with pytest.raises(WrongSecretError):
        vault.recovery_open(codes_of(other, *OFFICERS), made.boxes)


def test_two_officers_cannot_open_the_box_of_another_pair(vault: Vault, made: RecoverySet) -> None:
    first, second, third = sorted(OFFICERS)
    theirs = next(box for box in made.boxes if box.officers == (first, second))
    mine = replace(theirs, officers=(first, third))
    with pytest.raises(WrongSecretError):
        vault.recovery_open(codes_of(made, first, third), [theirs])
    with pytest.raises(WrongSecretError):
        vault.recovery_open(codes_of(made, first, third), [mine])
    with pytest.raises(WrongSecretError):
        vault.recovery_open(codes_of(made, first, second), [replace(theirs, set_id=uuid4())])


@given(bit=st.integers(min_value=0))
def test_nobody_can_change_one_bit_of_a_box(vault: Vault, made: RecoverySet, bit: int) -> None:
    boxes = [replace(box, sealed=spoilt(box.sealed, bit)) for box in made.boxes]
    with pytest.raises(WrongSecretError):
        vault.recovery_open(codes_of(made, *OFFICERS), boxes)


@pytest.mark.parametrize(("officers", "threshold"), [(2, 2), (3, 2), (5, 3), (9, 4)])
def test_a_service_can_choose_how_many_must_agree(
    vault: Vault, officers: int, threshold: int
) -> None:
    ids = [uuid4() for _ in range(officers)]
    made = vault.recovery_init(ids, threshold)
    assert len(made.boxes) == comb(officers, threshold)
    assert [officer.officer_id for officer in made.officers] == ids
    assert len({officer.printed_code for officer in made.officers}) == officers
    enough, too_few = codes_of(made, *ids[-threshold:]), codes_of(made, *ids[-threshold + 1 :])
    assert public_half(vault.recovery_open(enough, made.boxes)) == made.public_key
    with pytest.raises(WrongSecretError):
        vault.recovery_open(too_few, made.boxes)


@pytest.mark.parametrize(
    ("officers", "threshold"),
    [
        ([], 2),
        (OFFICERS, 0),
        (OFFICERS, 1),
        (OFFICERS, 4),
        ([OFFICERS[0]] * 2, 2),
        ([uuid4() for _ in range(10)], 2),
    ],
    ids=["nobody", "none needed", "one needed", "too many needed", "same twice", "ten"],
)
def test_a_service_cannot_leave_recovery_to_one_person_or_to_a_crowd(
    vault: Vault, officers: list[UUID], threshold: int
) -> None:
    with pytest.raises(InvalidError):
        vault.recovery_init(officers, threshold)


def test_nobody_can_read_a_code_or_key_in_a_repr(made: RecoverySet) -> None:
    shown = repr(made)
    for officer in made.officers:
        assert officer.printed_code not in shown
    assert "printed_code" not in shown
