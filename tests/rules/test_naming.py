"""Whom a reporter's words name: every way of writing a name that we promise to know."""

import string
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from safeshare.concerns.rules.naming import (
    KnownPerson,
    Likeness,
    one_slip_apart,
    people_named,
    words_of,
)

WHO = UUID(int=7)


def likeness(text: str, name: str, staff_number: str | None = None) -> Likeness | None:
    """How a text names somebody of this name and number."""
    return people_named(text, [KnownPerson(WHO, name, staff_number)]).get(WHO)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("John Smith", "John Smith", Likeness.NAME),
        ("it was JOHN SMITH again", "John Smith", Likeness.NAME),
        ("Smith, John", "John Smith", Likeness.NAME),
        ("john paul smith", "John Smith", Likeness.NAME),
        ("John (he is the tall) Smith", "John Smith", None),
        ("John, the tall Smith", "John Smith", Likeness.NAME),
        ("Zoë Müller", "Zoe Muller", Likeness.NAME),
        ("Zoe Muller", "Zoë Müller", Likeness.NAME),
        ("Soren Ostergard", "Søren Østergård", Likeness.NAME),
        ("Pat O'Brien", "Pat O’Brien", Likeness.NAME),
        ("pat obrien", "Pat O'Brien", Likeness.NAME),
        ("Anna Jones", "Anna Smith-Jones", Likeness.NAME),
        ("Anna Smith", "Anna Smith-Jones", Likeness.NAME),
        ("maria cruz", "Maria de la Cruz", Likeness.NAME),
        ("the cup de la region", "Maria de la Cruz", None),
        ("J. Smith", "John Smith", Likeness.INITIALS),
        ("J.P. Smith", "John Smith", Likeness.INITIALS),
        ("JP Smith", "John Paul Smith", Likeness.INITIALS),
        ("Smith J", "John Smith", Likeness.INITIALS),
        ("K. Smith", "John Smith", None),
        ("Watch Manager Okafor", "Ada Okafor", Likeness.TITLE),
        ("Mrs Okafor and her friend", "Ada Okafor", Likeness.TITLE),
        ("we met on the hill", "Mark Hill", None),
        ("Jon Smith", "John Smith", Likeness.SPELLING),
        ("John Smyth", "John Smith", Likeness.SPELLING),
        ("Jonh Smith", "John Smith", Likeness.SPELLING),
        ("Rob Smith", "Robert Smith", Likeness.SPELLING),
        ("Peter Jones", "John Smith", None),
        ("Robin", "Robin", Likeness.NAME),
        ("Dr Ada Okafor", "Dr Ada Okafor", Likeness.NAME),
        ("Dr Jones", "Dr Ada Okafor", None),
        ("", "John Smith", None),
        ("John Smith", "", None),
    ],
)
def test_a_reporter_can_name_somebody_in_many_ways(
    text: str, name: str, expected: Likeness | None
) -> None:
    assert likeness(text, name) == expected


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("number 40123", "40123", Likeness.NUMBER),
        ("FF-40123 on red watch", "ff40123", Likeness.NUMBER),
        ("ff 40123", "FF-40123", Likeness.NUMBER),
        ("staff no. 123", "00123", Likeness.NUMBER),
        ("401234", "40123", None),
        ("room 12", "12", None),
        ("nothing", None, None),
    ],
)
def test_a_reporter_can_name_somebody_by_their_staff_number(
    text: str, number: str | None, expected: Likeness | None
) -> None:
    assert likeness(text, "Ada Okafor", number) == expected


LETTERS = st.text(string.ascii_lowercase, min_size=4, max_size=12)
NAMES = st.tuples(LETTERS, LETTERS).filter(lambda pair: pair[0] != pair[1])


@given(NAMES, st.lists(LETTERS, max_size=8), st.lists(LETTERS, max_size=8))
def test_a_full_name_cannot_be_hidden_by_what_stands_around_it(
    name: tuple[str, str], before: list[str], after: list[str]
) -> None:
    given_name, family = name
    for written in (f"{given_name} {family}", f"{family.upper()}, {given_name.title()}"):
        text = " ".join([*before, written, *after])
        assert likeness(text, f"{given_name} {family}") is not None


@given(NAMES, st.data())
def test_one_slip_in_one_part_cannot_hide_a_name(
    name: tuple[str, str], data: st.DataObject
) -> None:
    given_name, family = name
    at = data.draw(st.integers(0, len(family) - 1))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    slipped = data.draw(
        st.sampled_from(
            [
                family[:at] + family[at + 1 :],
                family[:at] + letter + family[at:],
                family[:at] + letter + family[at + 1 :],
                family[:at] + family[at + 1 : at + 2] + family[at : at + 1] + family[at + 2 :],
            ]
        ).filter(lambda word: len(word) >= 4)
        if len(family) > 4
        else st.just(family)
    )
    assert likeness(f"{given_name} {slipped}", f"{given_name} {family}") is not None
    assert slipped == family or one_slip_apart(slipped, family)


@given(st.text(max_size=300), st.text(max_size=40), st.none() | st.text(max_size=12))
def test_no_text_and_no_account_can_make_the_rule_fail(
    text: str, name: str, number: str | None
) -> None:
    found = likeness(text, name, number)
    assert found is None or bool(words_of(text))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("O\u00b4Brien", ["obrien"]),
        ("O\u02bcBrien", ["obrien"]),
        ("\U0001d400da", ["ada"]),
        ("\uff2fkafor", ["okafor"]),
        ("\u0149", ["n"]),
    ],
)
def test_letters_of_another_cut_are_read_as_the_plain_ones(written: str, read: list[str]) -> None:
    assert words_of(written) == read


@given(st.text(max_size=200))
@example("\U0001d400")
def test_words_read_again_stay_the_same(text: str) -> None:
    words = words_of(text)
    assert words_of(" ".join(words)) == words


def test_a_very_long_text_is_read_in_a_moment() -> None:
    people = [KnownPerson(UUID(int=one), f"Given{one} Smith") for one in range(500)]
    text = "smith and again " * 3000 + "given7 smith"
    assert UUID(int=7) in people_named(text, people)
