import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.concerns.rules import clean_line, clean_text, says_nothing

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))
"""Every code point there is, lone surrogates among them."""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("nul\x00 bell\x07 escape\x1b[31m delete\x7f next\x85", "nul bell escape[31m delete next"),
        ("\ud800lone \udfffsurrogates", "lone surrogates"),
        ("  \t\n blank edges \n ", "blank edges"),
        ("tab\tand\n\nempty line", "tab\tand\n\nempty line"),
        ("שלום \u202bעולם\u202c \u200fمرحبا", "שלום \u202bעולם\u202c \u200fمرحبا"),
        ("👩🏽‍🚒 👨‍👩‍👧 ❤️ 🏴󠁧󠁢󠁷󠁬󠁳󠁿", "👩🏽‍🚒 👨‍👩‍👧 ❤️ 🏴󠁧󠁢󠁷󠁬󠁳󠁿"),
        ("e\u0301 stays two, é one", "e\u0301 stays two, é one"),
    ],
)
def test_a_reporter_can_write_anything_but_control_characters(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@given(ANY_TEXT)
def test_a_cleaned_text_can_always_be_stored_and_shown(typed: str) -> None:
    cleaned = clean_text(typed)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert {unicodedata.category(c) for c in cleaned if c not in "\n\t"}.isdisjoint({"Cc", "Cs"})


@given(ANY_TEXT)
def test_cleaning_cannot_lose_a_visible_character(typed: str) -> None:
    def visible(text: str) -> list[str]:
        return [c for c in text if unicodedata.category(c) not in {"Cc", "Cs"} and not c.isspace()]

    assert visible(clean_text(typed)) == visible(typed)


@given(ANY_TEXT)
def test_cleaning_cannot_change_a_text_that_is_clean(typed: str) -> None:
    once = clean_text(typed)
    assert clean_text(once) == once
    assert clean_line(clean_line(typed)) == clean_line(typed)


@given(ANY_TEXT)
def test_a_line_cannot_hold_a_line_break(typed: str) -> None:
    assert len(clean_line(typed).splitlines()) <= 1


@pytest.mark.parametrize("typed", ["", " \n\t", "\u200b\u200f\ufeff", "\u202e \u2060"])
def test_a_reporter_cannot_say_something_with_blanks_and_invisible_marks(typed: str) -> None:
    assert says_nothing(clean_text(typed))


@pytest.mark.parametrize("typed", [".", "0", "👍", "\u0301", "\u200fא"])
def test_a_reporter_can_say_something_with_one_character(typed: str) -> None:
    assert not says_nothing(clean_text(typed))
