"""Whom of our own people a reporter's words name, so that they can be kept out.

It errs towards keeping out: whoever is proposed wrongly is unticked with one click, and whoever is
missed could read what was said about them. A family name alone counts only after a title or a rank,
since many are everyday words. There is no table of nicknames.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

REACH = 3
"""How many words may lie between the parts of a name, as in "Smith (the tall one), John"."""

_MOST_PLACES = 200
"""So often is one word looked at; a text that repeats a name more often names it no better."""

_SHORTEST = 3
"""Letters or digits from which on a slip, a shortened name or a staff number tells something."""

_LONGEST_NUMBER_PARTS = 3

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
"""Letters that Unicode does not take apart into a letter and a mark."""

_QUOTES = re.compile("['’‘ʼʹ`´]")
_WORD = re.compile(r"[^\W_]+")

_PARTICLES = frozenset(
    _WORD.findall("al bin da de del den der di du el ibn la le mac mc o of st van von")
)
_TITLES = frozenset(
    _WORD.findall(
        "mr mrs ms miss mx dr doctor prof professor sir dame lady lord rev cllr councillor "
        "manager officer commander chief captain firefighter ff wm cm sm gm cfo dcfo acfo aco dco "
        "pc pcso ps dc ds di dci constable sergeant sgt detective inspector insp superintendent "
        "supt marshal paramedic nurse"
    )
)
"""Titles and ranks in front of a family name. The last word is enough: "watch manager Okafor"."""


class Likeness(StrEnum):
    """How a text names somebody, the surest first."""

    NUMBER = "number"
    NAME = "name"
    INITIALS = "initials"
    TITLE = "title"
    SPELLING = "spelling"


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody with an account, as far as a text can name them."""

    staff_id: UUID
    name: str
    staff_number: str | None = None


@dataclass(frozen=True, slots=True)
class _Text:
    """The words of a text in order, and where each of them stands."""

    words: Sequence[str]
    places: Mapping[str, Sequence[int]]
    numbers: frozenset[str]

    def near(self, place: int) -> Iterator[str]:
        """The words within reach of a place, itself left out."""
        first = max(0, place - REACH - 1)
        for at in range(first, min(len(self.words), place + REACH + 2)):
            if at != place:
                yield self.words[at]

    def before(self, place: int) -> str:
        """The word before a place, or nothing."""
        return self.words[place - 1] if place > 0 else ""


@dataclass(frozen=True, slots=True)
class _Name:
    """What can tell somebody: their staff number, the parts of their name without titles, and
    which of these are the family name.
    """

    number: str
    parts: Sequence[str]
    family: Sequence[str]


def people_named(text: str, people: Iterable[KnownPerson]) -> dict[UUID, Likeness]:
    """Who of these people the text seems to name, and how."""
    read = _read(text)
    found = {one.staff_id: _likeness(read, one) for one in people}
    return {staff_id: likeness for staff_id, likeness in found.items() if likeness is not None}


def words_of(text: str) -> list[str]:
    """The words without case, accents and apostrophes: O'Brien and obrien are one, and so are
    letters of another cut (compatibility caseless matching, The Unicode Standard, D146).
    """
    loose = text
    for _ in range(2):
        loose = unicodedata.normalize("NFKD", _QUOTES.sub("", loose).casefold())
    plain = "".join(one for one in loose if not unicodedata.combining(one))
    return _WORD.findall(plain.translate(_LETTERS))


def one_slip_apart(first: str, second: str) -> bool:
    """Whether one letter added, left out, exchanged or swapped with the next makes one of the
    other (Damerau 1964).
    """
    if abs(len(first) - len(second)) > 1 or first == second:
        return False
    start = next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )
    a, b = first[start:], second[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _read(text: str) -> _Text:
    words = words_of(text)
    places: dict[str, list[int]] = defaultdict(list)
    for at, word in enumerate(words):
        if len(places[word]) < _MOST_PLACES:
            places[word].append(at)
    numbers = {
        _number("".join(words[at : at + parts]))
        for parts in range(1, _LONGEST_NUMBER_PARTS + 1)
        for at in range(len(words) - parts + 1)
    }
    return _Text(words, places, frozenset(numbers))


def _number(written: str) -> str:
    """Leading noughts are often left out."""
    return written.lstrip("0") if written.isdigit() else written


@lru_cache(maxsize=8192)
def _name_of(name: str, staff_number: str | None) -> _Name:
    """Kept from one concern to the next: the names of our own people change seldom. What a reporter
    wrote is never kept.
    """
    parts = [one for one in words_of(name) if one not in _TITLES]
    chunks = [one for one in name.split() if words_of(one)]
    return _Name(
        number=_number("".join(words_of(staff_number or ""))),
        parts=parts,
        family=[one for one in words_of(chunks[-1]) if one in parts] if chunks else [],
    )


def _likeness(text: _Text, person: KnownPerson) -> Likeness | None:
    its = _name_of(person.name, person.staff_number)
    if len(its.number) >= _SHORTEST and its.number in text.numbers:
        return Likeness.NUMBER
    if len(its.parts) < 2:
        is_named = any(len(one) >= _SHORTEST and one in text.places for one in its.parts)
        return Likeness.NAME if is_named else None
    return (
        _full_name(text, its.parts)
        or _family_name(text, its.parts, its.family)
        or _spelt(text, its.parts)
    )


def _full_name(text: _Text, parts: Sequence[str]) -> Likeness | None:
    """Any two parts of the name near each other, in any order."""
    wanted = [one for one in parts if one not in _PARTICLES]
    for one in wanted:
        others = set(wanted) - {one}
        if any(others & set(text.near(place)) for place in text.places.get(one, ())):
            return Likeness.NAME
    return None


def _family_name(text: _Text, parts: Sequence[str], family: Sequence[str]) -> Likeness | None:
    """The family name with initials beside it, or after a title."""
    initials = "".join(one[0] for one in parts if one not in family)
    for name in family:
        for place in text.places.get(name, ()):
            if _has_initials(text, place, initials):
                return Likeness.INITIALS
            if text.before(place) in _TITLES:
                return Likeness.TITLE
    return None


def _has_initials(text: _Text, place: int, initials: str) -> bool:
    """As in: J. P. Smith, J Smith, JP Smith; and Smith, J."""
    before, at = "", place - 1
    while at >= 0 and len(text.words[at]) == 1:
        before = text.words[at] + before
        at -= 1
    after = text.words[place + 1] if place + 1 < len(text.words) else ""
    beside = {before[:1], text.before(place), after}
    return bool(initials) and not beside.isdisjoint({initials, initials[0]})


def _spelt(text: _Text, parts: Sequence[str]) -> Likeness | None:
    """Two parts near each other, one of them with a slip or shortened: "Rob", "Smyth"."""
    wanted = [one for one in parts if one not in _PARTICLES]
    for one in wanted:
        others = [other for other in wanted if other != one]
        for place in text.places.get(one, ()):
            if any(_alike(word, other) for word in text.near(place) for other in others):
                return Likeness.SPELLING
    return None


def _alike(word: str, name: str) -> bool:
    if min(len(word), len(name)) < _SHORTEST:
        return False
    return name.startswith(word) or word.startswith(name) or one_slip_apart(word, name)
