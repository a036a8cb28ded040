"""Which passphrases are good enough to wrap a private key with.

Length, a list of phrases that guessers try first, and an estimate of how many guesses the rest
would take, as NIST SP 800-63B section 3.1.1.2 advises: no rule about capitals or signs, and no
change unless there is a reason.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path

SHORTEST = 15
"""Characters. NIST SP 800-63B section 3.1.1.2, for a secret that must stand alone: a thief of the
database and the key files has nothing else to overcome."""

LONGEST = 500
"""Characters that are stretched. More would only cost time."""

JUDGED = 72
"""Characters that the estimate looks at: its time grows with the square of the length."""

LEAST_GUESSES_LOG10 = 11.0
"""Ten to this power of guesses, at a quarter of a second of one machine each, are 790 years."""

LEAST_REMAINDER_LOG10 = 8.0
"""The same for what is left once the words that anybody can guess are taken out."""

_COMMON_FILE = Path(__file__).with_name("common_passphrases.txt")
_WORD = re.compile(r"\w+")
_SHORTEST_WORD = 3
_LEET = str.maketrans("013457@$!", "oieastasi")
_FIELD = frozenset(
    {
        *("safeshare", "concern", "concerns", "passphrase", "password", "secret", "access"),
        *("account", "login", "welcome", "service", "rescue", "fire", "police", "station"),
        *("watch", "brigade", "crew", "officer", "firefighter", "constable"),
    }
)


class Weakness(StrEnum):
    """Why a passphrase is not good enough."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    GUESSABLE_WORDS = "guessable_words"
    TOO_EASY = "too_easy"


def weakness_of(passphrase: str, about: Iterable[str]) -> Weakness | None:
    """Why this passphrase is too weak; None where it is good enough.

    `about` is what anybody can know: the person's names, job title and address, and the name of
    the organisation.
    """
    text = unicodedata.normalize("NFKC", passphrase)
    if len(text) > LONGEST:
        return Weakness.TOO_LONG
    if min(len(text), len(passphrase)) < SHORTEST:
        return Weakness.TOO_SHORT
    if is_common(text):
        return Weakness.COMMON
    words = guessable_words(about)
    if _guesses_log10(text, words) < LEAST_GUESSES_LOG10:
        return Weakness.TOO_EASY
    spellings = (text.casefold(), text.casefold().translate(_LEET))
    if any(_rest_is_easy(spelling, words) for spelling in spellings):
        return Weakness.GUESSABLE_WORDS
    return None


def is_common(passphrase: str) -> bool:
    """Whether it is on the list of phrases that guessers try first, however it is dressed up.

    Case, blanks, signs, the usual figures for letters and figures at either end make no difference.
    """
    stripped = passphrase.strip("0123456789 .,!?-_")
    spellings = {_bare(passphrase), _bare(stripped), _leet(passphrase), _leet(stripped)}
    return not spellings.isdisjoint(_common())


def guessable_words(about: Iterable[str]) -> frozenset[str]:
    """The words of what anybody can know, and those of the field."""
    found = {word.casefold() for text in about for word in _WORD.findall(text.replace("_", " "))}
    return _FIELD | {word for word in found if len(word) >= _SHORTEST_WORD}


def _rest_is_easy(text: str, words: Collection[str]) -> bool:
    """Whether little is left once the guessable words are cut out, the longest first."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    return _guesses_log10(" ".join(text.split()), ()) < LEAST_REMAINDER_LOG10


def _guesses_log10(text: str, words: Collection[str]) -> float:
    # zxcvbn reads its lists of words when it is imported, which only web processes need.
    from zxcvbn import zxcvbn

    if not text:
        return 0.0
    return float(zxcvbn(text[:JUDGED], user_inputs=sorted(words))["guesses_log10"])


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in folded if char.isalnum())


def _leet(text: str) -> str:
    return _bare(text.translate(_LEET))


@cache
def _common() -> frozenset[str]:
    lines = _COMMON_FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(_bare(line) for line in lines if line and not line.startswith("#"))
