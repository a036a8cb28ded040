import json
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.vault.canonical import canonical

LETTERS = st.text(st.characters(exclude_categories=())) | st.text("\\u\"/'\x00\x1f\x7f\x80\u2028é")
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | LETTERS,
    lambda inner: st.lists(inner) | st.dictionaries(LETTERS, inner),
)


@given(VALUES)
def test_every_value_can_be_written_with_its_letters_as_they_are(value: Any) -> None:
    slowly = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(value) == slowly
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(LETTERS, LETTERS))
def test_the_order_of_names_cannot_make_a_difference(said: dict[str, str]) -> None:
    assert canonical(said) == canonical(dict(reversed(said.items())))


@pytest.mark.parametrize("number", [nan, inf, -inf])
def test_a_number_that_json_does_not_know_cannot_be_written(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"number": number})
