from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from safeshare.kernel.errors import InvalidError
from safeshare.people.rules import (
    TOTP_PERIOD,
    new_sign_in_name,
    normal_sign_in_name,
    steps_to_try,
    totp_step,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ada.okafor", "ada.okafor"),
        ("  Ada.Okafor\t", "ada.okafor"),
        ("ADA . OKAFOR", "ada.okafor"),
        ("ａｄａ．ｏｋａｆｏｒ", "ada.okafor"),
        ("Ada.Okafor@Estuary.example", "ada.okafor@estuary.example"),
        ("ada\u00a0.okafor", "ada.okafor"),
    ],
)
def test_a_member_of_staff_can_type_the_name_in_many_ways(typed: str, name: str) -> None:
    assert normal_sign_in_name(typed) == new_sign_in_name(typed) == name


@given(st.text())
@example("A´")
def test_the_normal_name_cannot_be_normalised_further(typed: str) -> None:
    once = normal_sign_in_name(typed)
    assert normal_sign_in_name(once) == once


@pytest.mark.parametrize("name", ["a", "7", "a-b_c.d@e", "a" * 64])
def test_an_account_can_have_a_short_or_a_long_name(name: str) -> None:
    assert new_sign_in_name(name) == name


@pytest.mark.parametrize(
    "typed", ["", "   ", ".ada", "ada.", "ada/okafor", "ada\x00", "ада", "a" * 65, "ada;--", "-"]
)
def test_an_account_cannot_have_a_name_that_could_be_mistaken(typed: str) -> None:
    with pytest.raises(InvalidError) as refused:
        new_sign_in_name(typed)
    assert refused.value.field == "sign_in_name"


def test_a_step_can_be_computed_as_the_standard_does() -> None:
    """The times of RFC 6238, appendix B."""
    times = {59: 0x1, 1111111109: 0x23523EC, 1234567890: 0x273EF07, 20000000000: 0x27BC86AA}
    for seconds, step in times.items():
        assert totp_step(datetime.fromtimestamp(seconds, UTC)) == step


@pytest.mark.parametrize("slip", [-1, 0, 1])
def test_a_phone_can_be_half_a_minute_early_or_late(slip: int) -> None:
    phone = totp_step(NOON + slip * timedelta(seconds=TOTP_PERIOD))
    assert phone in steps_to_try(NOON, None)


@pytest.mark.parametrize("slip", [-2, 2])
def test_a_phone_cannot_be_a_minute_early_or_late(slip: int) -> None:
    phone = totp_step(NOON + slip * timedelta(seconds=TOTP_PERIOD))
    assert phone not in steps_to_try(NOON, None)


@given(st.integers(-5, 5), st.integers(0, 200))
def test_a_code_cannot_be_used_twice_nor_an_older_one_after_it(ahead: int, seconds: int) -> None:
    used = totp_step(NOON) + ahead
    later = NOON + timedelta(seconds=seconds)
    assert all(step > used for step in steps_to_try(later, used))


def test_the_next_code_can_be_used_after_one_was() -> None:
    used = totp_step(NOON)
    assert steps_to_try(NOON + timedelta(seconds=TOTP_PERIOD), used)[0] == used + 1


def test_the_code_of_this_moment_can_be_tried_first() -> None:
    now = totp_step(NOON)
    assert steps_to_try(NOON, 0) == (now, now - 1, now + 1)
