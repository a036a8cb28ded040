import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.people.rules import SHORTEST, Weakness, weakness_of
from safeshare.people.rules.passphrases import LONGEST, guessable_words, is_common

ABOUT = (
    "Estuary Fire and Rescue Service",
    "Hannah Okafor",
    "hannah.okafor@estuary.example",
    "Watch manager",
)


@pytest.mark.parametrize(
    ("passphrase", "weakness"),
    [
        ("fourteen chars", Weakness.TOO_SHORT),
        ("x" * (LONGEST + 1), Weakness.TOO_LONG),
        ("Correct Horse Battery Staple", Weakness.COMMON),
        ("C0rrect horse battery $taple 99!", Weakness.COMMON),
        ("To be, or not to be?", Weakness.COMMON),
        ("aaaaaaaaaaaaaaaaaaaa", Weakness.TOO_EASY),
        ("qwertyuiopqwertyuiop1", Weakness.TOO_EASY),
        ("Estuary fire station watch 2026!", Weakness.GUESSABLE_WORDS),
        ("H4nnah 0kafor Estuary", Weakness.GUESSABLE_WORDS),
    ],
)
def test_somebody_cannot_choose_a_weak_passphrase(passphrase: str, weakness: Weakness) -> None:
    assert weakness_of(passphrase, ABOUT) is weakness


@pytest.mark.parametrize(
    "passphrase",
    ["tidal-lamp-onion-crane", "the kettle sings for hannah", "Żółta łódź płynie nocą powoli"],
)
def test_somebody_can_choose_words_that_have_nothing_to_do_with_them(passphrase: str) -> None:
    assert weakness_of(passphrase, ABOUT) is None


@given(st.text(max_size=SHORTEST - 1))
def test_somebody_cannot_choose_anything_short(passphrase: str) -> None:
    assert weakness_of(passphrase, ()) is not None


@given(st.text(max_size=200), st.lists(st.text(max_size=30), max_size=4))
def test_a_passphrase_can_always_be_judged(passphrase: str, about: list[str]) -> None:
    assert weakness_of(passphrase, about) in {None, *Weakness}


@given(st.sampled_from(["once upon a time", "let me in please"]), st.integers(0, 9999))
def test_a_saying_cannot_be_hidden_behind_figures_or_capitals(saying: str, number: int) -> None:
    assert is_common(f"{saying.title()} {number}")


def test_the_words_about_somebody_are_whole_words_of_some_length() -> None:
    words = guessable_words(("Jo Li", "jo.li@estuary.example"))
    assert "estuary" in words
    assert not {"jo", "li"} & words
