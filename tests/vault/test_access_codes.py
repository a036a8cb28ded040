import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import InvalidError, UnknownWordsError, WrongWordCountError
from safeshare.kernel.sealed import AccessCode
from safeshare.vault import access_codes, wordlist
from safeshare.vault.access_codes import (
    WORDS_IN_CODE,
    new_access_code,
    parse_access_code,
)
from safeshare.vault.wordlist import WORDS

CODE = AccessCode(
    ("aardvark", "postcard", "yo-yo", "sugar", "zipping", "acrobat", "prune", "saltshaker")
)
TYPED = "aardvark postcard yo-yo sugar zipping acrobat prune saltshaker"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def slips(word: str) -> set[str]:
    """Every text one slip from a word, by the four kinds of slip."""
    cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    too_few = {left + right[1:] for left, right in cuts if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    wrong = {left + letter + right[1:] for left, right in cuts if right for letter in LETTERS}
    too_many = {left + letter + right for left, right in cuts for letter in LETTERS}
    return (too_few | swapped | wrong | too_many) - {word}


def plain(word: str) -> str:
    return word.replace("-", "")


def test_the_word_list_can_be_shown_to_be_the_published_one() -> None:
    file = Path(wordlist.__file__).with_name("eff_short_wordlist_2_0.txt")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert digest == "7aa57a4d3ecf6581729992bad9575bacdebf7c28378af2aec6a50f11aec326f5"
    assert len(set(WORDS)) == 1296
    assert len({plain(word)[:3] for word in WORDS}) == 1296
    assert "CC BY 3.0" in file.with_name("CREDIT.md").read_text()


def test_a_new_code_can_be_any_eight_words() -> None:
    codes = [new_access_code() for _ in range(1000)]
    assert {len(code.words) for code in codes} == {WORDS_IN_CODE}
    assert len(set(codes)) == 1000
    drawn = {word for code in codes for word in code.words}
    assert drawn <= set(WORDS)
    assert len(drawn) > 1250  # 8,000 draws of 1,296 words miss 2.7 of them on average.


@given(st.lists(st.sampled_from(WORDS), min_size=8, max_size=8))
def test_a_reporter_can_type_any_code_as_it_is_shown(words: list[str]) -> None:
    assert parse_access_code(" ".join(words)) == AccessCode(tuple(words))


@pytest.mark.parametrize(
    "typed",
    [
        TYPED,
        TYPED.upper(),
        TYPED.title(),
        f"   {TYPED}\r\n",
        TYPED.replace(" ", "-"),
        TYPED.replace(" ", " - "),
        TYPED.replace(" ", ", ") + ".",
        TYPED.replace(" ", "   \t"),
        TYPED.replace("yo-yo", "yoyo"),
        TYPED.replace("yo-yo", "yo yo"),
        TYPED.replace("yo-yo", "Yo\N{NON-BREAKING HYPHEN}Yo"),
        "1. aardvark 2. postcard 3. yo-yo 4. sugar\n5) zipping 6) acrobat 7) prune 8) saltshaker",
        "\N{LEFT DOUBLE QUOTATION MARK}" + TYPED + "\N{RIGHT DOUBLE QUOTATION MARK}",
        TYPED.replace("sugar", "su\N{SOFT HYPHEN}g\N{ZERO WIDTH SPACE}ar"),
        TYPED.replace("sugar", "ｓｕｇａｒ"),
        TYPED.replace("zipping", "Z\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}PP\u0130NG"),
        "aar pos yoy sug zip acr pru sal",
        "AAR-POS-YOY-SUG-ZIP-ACR-PRU-SAL",
        "ardvark postcrad yo-yp sugarr zpping acrobta plune saltshakr",
    ],
)
def test_a_reporter_can_type_a_code_carelessly(typed: str) -> None:
    assert parse_access_code(typed) == CODE


def test_a_reporter_can_make_any_one_slip_that_points_to_a_single_word() -> None:
    """All 1,296 words and all 600,000 slips, by counting how many words each typo could mean."""
    meanings: dict[str, set[str]] = {}
    for word in WORDS:
        for typo in slips(plain(word)):
            meanings.setdefault(typo, set()).add(word)
    listed = {plain(word) for word in WORDS}
    prefixes = {text[:3] for text in listed}
    assert not listed & meanings.keys()  # No word is one slip from another.
    unclear = {typo for typo, words in meanings.items() if len(words) > 1}
    for typo in sorted(unclear - prefixes)[:50]:
        with pytest.raises(UnknownWordsError):
            parse_access_code(TYPED.replace("sugar", typo))
    for typo in sorted(meanings.keys() - unclear - prefixes)[::4001]:
        (meant,) = meanings[typo]
        assert parse_access_code(TYPED.replace("sugar", typo)).words[3] == meant


@given(st.lists(st.sampled_from(WORDS), min_size=8, max_size=8), st.data())
def test_a_reporter_can_part_the_words_in_any_way(words: list[str], data: st.DataObject) -> None:
    parting = data.draw(st.sampled_from([" ", "-", ", ", ".", "\n", "_", " / ", "\u2011"]))
    cut = data.draw(st.lists(st.booleans(), min_size=8, max_size=8))
    typed = [plain(word)[:3] if short else word for word, short in zip(words, cut, strict=True)]
    assert parse_access_code(parting.join(typed)) == AccessCode(tuple(words))


def test_three_letters_can_only_mean_the_word_they_begin() -> None:
    for word in WORDS[::37]:
        assert parse_access_code(TYPED.replace("sugar", plain(word)[:3])).words[3] == word


def test_four_letters_cannot_stand_for_a_longer_word() -> None:
    with pytest.raises(UnknownWordsError):
        parse_access_code(TYPED.replace("saltshaker", "salt"))


@pytest.mark.parametrize(
    ("typed", "positions"),
    [
        ("xylophonist " + TYPED.partition(" ")[2], (1,)),
        (TYPED.replace("sugar", "qqqq").replace("saltshaker", "drkvaard"), (4, 8)),
        (TYPED.replace("sugar", "suug ar").replace("prune ", ""), (4, 5)),
        (TYPED.replace("sugar", "sgr"), (4,)),
        (TYPED.replace("sugar", "сугар"), (4,)),
        (TYPED.replace("sugar", "s" * 50_000), (4,)),
        (" ".join("abcdefgh"), (1, 2, 3, 4, 5, 6, 7, 8)),
    ],
)
def test_a_guesser_cannot_have_words_off_the_list_taken(
    typed: str, positions: tuple[int, ...]
) -> None:
    with pytest.raises(UnknownWordsError) as refusal:
        parse_access_code(typed)
    assert refusal.value.positions == positions
    assert refusal.value.field == "code"
    assert "sugar" not in str(refusal.value)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", 0),
        ("12345 --- !!!", 0),
        ("\x00\x01", 0),
        (TYPED.partition(" ")[2], 7),
        (TYPED + " sugar", 9),
        ("sugar " * 50_000, 50_000),
    ],
)
def test_a_guesser_cannot_have_too_few_or_too_many_words_taken(typed: str, found: int) -> None:
    with pytest.raises(WrongWordCountError) as refusal:
        parse_access_code(typed)
    assert refusal.value.found == found
    assert isinstance(refusal.value, InvalidError)


@given(st.text(st.characters(), max_size=200))
def test_no_typed_text_can_be_taken_for_anything_but_a_code_of_listed_words(typed: str) -> None:
    try:
        words = parse_access_code(typed).words
    except (UnknownWordsError, WrongWordCountError):
        return
    assert len(words) == WORDS_IN_CODE
    assert set(words) <= set(WORDS)


def test_a_guesser_cannot_have_pages_of_text_read_letter_by_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One such letter becomes eighteen when it is taken apart, each to be looked at."""
    assert parse_access_code(TYPED.replace(" ", " " * 1000)) == CODE
    monkeypatch.setattr(access_codes, "_tokens", pytest.fail)
    for typed in ("\ufdfa" * 70_000, "a " * 300_000):
        with pytest.raises(WrongWordCountError) as refusal:
            parse_access_code(typed)
        assert refusal.value.found == len(typed.split())
