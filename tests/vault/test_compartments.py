from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import InvalidError, SealBrokenError
from safeshare.kernel.sealed import CompartmentKey, Place, Sealed
from safeshare.vault import Vault
from tests.tampering import spoilt
from tests.vault.cast import OUTSIDE, OVERHEAD, TOLD, elsewhere

TEXT = st.text(st.characters(), max_size=300)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)
MAPPING = st.dictionaries(TEXT, VALUE, max_size=6)


def sealed_alike(vault: Vault, key: CompartmentKey) -> dict[str, Sealed]:
    return {
        "document": vault.seal_document(key, TOLD, {"answer": "planted"}),
        "message": vault.seal_message(key, TOLD, '{"answer":"planted"}'),
        "record": vault.seal_record(key, TOLD, {"answer": "planted"}),
        "roll": vault.seal_roll(key, TOLD, {"answer": "planted"}),
    }


def opened(vault: Vault, shape: str, key: CompartmentKey, place: Place, sealed: Sealed) -> Any:
    return getattr(vault, f"open_{shape}")(key, place, sealed)


@given(mapping=MAPPING, text=st.text(st.characters()))
def test_a_holder_can_read_whatever_was_written(
    vault: Vault, key: CompartmentKey, mapping: dict[str, Any], text: str
) -> None:
    document = vault.seal_document(key, TOLD, mapping)
    record = vault.seal_record(key, TOLD, mapping)
    message = vault.seal_message(key, TOLD, text)
    assert vault.open_document(key, TOLD, document) == mapping
    assert vault.open_record(key, TOLD, record) == mapping
    assert vault.open_message(key, TOLD, message) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x07\x1b[31m",
        "\u202edesrever\u202c",
        "\U0001f469\u200d\U0001f692 🔥",
        "\ud83d alone",
        "é" * 50_000,
    ],
    ids=["empty", "control", "right-to-left", "emoji", "lone surrogate", "long"],
)
def test_a_reporter_can_write_any_text_and_lose_nothing(
    vault: Vault, key: CompartmentKey, text: str
) -> None:
    assert vault.open_message(key, TOLD, vault.seal_message(key, TOLD, text)) == text
    document = vault.seal_document(key, TOLD, {"told": text})
    assert vault.open_document(key, TOLD, document) == {"told": text}


@pytest.mark.parametrize("shape", ["document", "message", "record"])
@given(bit=st.integers(min_value=0))
def test_nobody_can_change_one_bit_of_a_sealed_value(
    vault: Vault, key: CompartmentKey, shape: str, bit: int
) -> None:
    sealed = sealed_alike(vault, key)[shape]
    with pytest.raises(SealBrokenError):
        opened(vault, shape, key, TOLD, spoilt(sealed, bit))


@pytest.mark.parametrize("shape", ["document", "message", "record"])
def test_nobody_can_cut_a_sealed_value_short(vault: Vault, key: CompartmentKey, shape: str) -> None:
    blob = sealed_alike(vault, key)[shape].blob
    for length in (*range(40), len(blob) - 1):
        with pytest.raises(SealBrokenError):
            opened(vault, shape, key, TOLD, Sealed(blob[:length]))


@pytest.mark.parametrize("shape", ["document", "message", "record"])
@pytest.mark.parametrize("place", elsewhere(TOLD), ids=lambda place: str(place)[:70])
def test_nobody_can_move_a_sealed_value(
    vault: Vault, key: CompartmentKey, shape: str, place: Place
) -> None:
    sealed = sealed_alike(vault, key)[shape]
    moved_key = CompartmentKey(key.raw, place.key_number)
    with pytest.raises(SealBrokenError):
        opened(vault, shape, moved_key, place, sealed)


@pytest.mark.parametrize("shape", ["document", "message", "record"])
def test_a_holder_of_another_key_cannot_open_a_sealed_value(
    vault: Vault, key: CompartmentKey, shape: str
) -> None:
    with pytest.raises(SealBrokenError):
        opened(vault, shape, vault.new_compartment_key(), TOLD, sealed_alike(vault, key)[shape])


@pytest.mark.parametrize("sealed_as", ["document", "message", "record"])
@pytest.mark.parametrize("opened_as", ["document", "message", "record"])
def test_a_value_can_be_opened_only_as_what_it_was_sealed(
    vault: Vault, key: CompartmentKey, sealed_as: str, opened_as: str
) -> None:
    sealed = sealed_alike(vault, key)[sealed_as]
    if sealed_as == opened_as:
        assert "planted" in str(opened(vault, opened_as, key, TOLD, sealed))
    else:
        with pytest.raises(SealBrokenError):
            opened(vault, opened_as, key, TOLD, sealed)


def test_a_caller_cannot_seal_under_a_number_that_the_key_does_not_have(
    vault: Vault,
) -> None:
    second = vault.new_compartment_key(2)
    with pytest.raises(ValueError, match="number"):
        vault.seal_document(second, TOLD, {})
    sealed = vault.seal_document(second, replace(TOLD, key_number=2), {})
    with pytest.raises(SealBrokenError):
        vault.open_document(second, TOLD, sealed)


def test_an_onlooker_cannot_tell_an_empty_value_from_a_full_one(
    vault: Vault, key: CompartmentKey
) -> None:
    full = {"name": "n" * 200, "telephone": "0" * 40}
    assert len(vault.seal_record(key, TOLD, {}).blob) == 512 + OVERHEAD
    assert len(vault.seal_record(key, TOLD, full).blob) == 512 + OVERHEAD
    assert len(vault.seal_roll(key, TOLD, {}).blob) == 4096 + OVERHEAD
    assert len(vault.seal_roll(key, TOLD, {"people": "p" * 4000}).blob) == 4096 + OVERHEAD
    assert len(vault.seal_document(key, TOLD, {}).blob) == 2048 + OVERHEAD
    assert len(vault.seal_document(key, TOLD, {"told": "x" * 1900}).blob) == 2048 + OVERHEAD
    assert len(vault.seal_message(key, TOLD, "").blob) == 1024 + OVERHEAD
    assert len(vault.seal_message(key, TOLD, "x" * 1000).blob) == 1024 + OVERHEAD


def test_a_list_of_people_cannot_be_longer_than_all_others(
    vault: Vault, key: CompartmentKey
) -> None:
    with pytest.raises(InvalidError):
        vault.seal_roll(key, TOLD, {"people": "p" * 4096})
    roll = {"people": "somebody"}
    assert vault.open_roll(key, TOLD, vault.seal_roll(key, TOLD, roll)) == roll


def test_an_onlooker_cannot_tell_that_a_value_was_sealed_twice(
    vault: Vault, key: CompartmentKey
) -> None:
    assert vault.seal_record(key, TOLD, {}) != vault.seal_record(key, TOLD, {})


def test_equal_mappings_can_only_have_one_written_form(vault: Vault, key: CompartmentKey) -> None:
    from_two_orders = [{"b": 1, "a": {"d": 2, "c": 3}}, {"a": {"c": 3, "d": 2}, "b": 1}]
    texts = {
        str(vault.open_document(key, TOLD, vault.seal_document(key, TOLD, mapping)))
        for mapping in from_two_orders
    }
    assert texts == {"{'a': {'c': 3, 'd': 2}, 'b': 1}"}


def test_a_number_that_json_lacks_cannot_be_sealed(vault: Vault, key: CompartmentKey) -> None:
    with pytest.raises(ValueError, match="JSON"):
        vault.seal_document(key, TOLD, {"n": float("nan")})


def test_the_gate_can_see_that_content_of_a_case_was_opened(
    vault: Vault, key: CompartmentKey
) -> None:
    seen: list[str] = []
    watched = vault.with_watch(lambda: seen.append("opened"))
    values = sealed_alike(vault, key)
    assert seen == []
    for shape, sealed in values.items():
        opened(vault, shape, key, TOLD, sealed)
        assert seen == []
        opened(watched, shape, key, TOLD, sealed)
        assert seen == ["opened"]
        seen.clear()


def test_the_gate_cannot_be_told_of_what_did_not_open_or_is_of_no_case(
    vault: Vault, key: CompartmentKey
) -> None:
    seen: list[str] = []
    watched = vault.with_watch(lambda: seen.append("opened"))
    with pytest.raises(SealBrokenError):
        watched.open_message(vault.new_compartment_key(), TOLD, vault.seal_message(key, TOLD, "x"))
    watched.open_record(key, OUTSIDE, vault.seal_record(key, OUTSIDE, {}))
    assert seen == []


def test_nobody_can_read_a_secret_in_a_repr_or_an_error(vault: Vault, key: CompartmentKey) -> None:
    sealed = vault.seal_message(key, TOLD, "planted")
    with pytest.raises(SealBrokenError) as refusal:
        vault.open_message(key, OUTSIDE, sealed)
    shown = f"{vault!r} {key!r} {sealed!r} {refusal.value!r} {vault.keys!r}"
    for secret in (key.raw, sealed.blob, vault.keys.pepper):
        assert secret.hex() not in shown
        assert repr(secret)[2:-1] not in shown
    assert "planted" not in shown
