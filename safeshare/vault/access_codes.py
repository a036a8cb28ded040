"""Access codes: eight words that are a reporter's only secret (blueprint section 4).

Typing forgives what does not weaken the code: case, punctuation, spaces, one slip a word, and a
word cut to its first three letters. Whatever is still not a word of the list is refused before
anything is stretched.
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Iterator
from string import ascii_lowercase
from typing import Final

from safeshare.kernel.errors import InvalidError, UnknownWordsError, WrongWordCountError
from safeshare.kernel.keys import PartyKeys
from safeshare.kernel.sealed import AccessCode
from safeshare.vault import hpke
from safeshare.vault.binding import bind
from safeshare.vault.derivation import derive
from safeshare.vault.permits import Lane
from safeshare.vault.stretching import Stretcher
from safeshare.vault.wordlist import WORDS

WORDS_IN_CODE: Final = 8
"""Eight words of 1,296: 82.7 bits."""

_PREFIX: Final = 3
_LONGEST_TYPED: Final = 2000
"""Characters without blanks. Reading a long text letter by letter would cost half a second, for
which a stranger can ask again and again.
"""


def _letters(word: str) -> str:
    return word.replace("-", "")


def _slips(text: str) -> Iterator[str]:
    """Every text that one letter too few, too many or wrong, or two swapped, makes of this one."""
    for cut in range(len(text) + 1):
        left, right = text[:cut], text[cut:]
        yield left + right[1:]
        yield left + right[1:2] + right[:1] + right[2:]
        for letter in ascii_lowercase:
            yield left + letter + right
            yield left + letter + right[1:]


_KNOWN: Final = frozenset(WORDS)
_BY_LETTERS: Final = {_letters(word): word for word in WORDS}
_BY_PREFIX: Final = {letters[:_PREFIX]: word for letters, word in _BY_LETTERS.items()}
_LONGEST_WORD: Final = max(map(len, _BY_LETTERS))
_HYPHENATED: Final = {_letters(word) for word in WORDS if "-" in word}
_PARTED: Final = _HYPHENATED.union(*map(_slips, _HYPHENATED))
_LONGEST_HALF: Final = max(map(len, _HYPHENATED))


def new_access_code() -> AccessCode:
    """Eight words drawn by the system's random source."""
    return AccessCode(tuple(secrets.choice(WORDS) for _ in range(WORDS_IN_CODE)))


def parse_access_code(typed: str) -> AccessCode:
    """Read a typed code, without stretching.

    Raises WrongWordCountError, or UnknownWordsError with the positions of the words that are
    neither on the list nor one slip from exactly one word of it.
    """
    _refuse_pages(typed.split())
    tokens = _tokens(typed)
    if len(tokens) != WORDS_IN_CODE:
        raise WrongWordCountError(len(tokens))
    words = [_recognised(token) for token in tokens]
    known = tuple(word for word in words if word is not None)
    if len(known) < WORDS_IN_CODE:
        raise UnknownWordsError(tuple(n for n, word in enumerate(words, start=1) if word is None))
    return AccessCode(known)


def party_keys(
    code: AccessCode, stretcher: Stretcher, salt: bytes, lane: Lane, suite: int = hpke.HYBRID
) -> PartyKeys:
    """Stretch a code once and derive from it the lookup value and the party's keys: one of each
    suite, that of `suite` first.

    The salt is the installation's: a code comes without a name, so it cannot have one of its own.
    Only the hash of the lookup value is stored, so that a stolen row cannot be looked up with.
    """
    if len(code.words) != WORDS_IN_CODE or not _KNOWN.issuperset(code.words):
        raise InvalidError("this is not an access code", field="code")
    root = stretcher.stretch_code(" ".join(code.words), salt, bind("access code"), lane)
    lookup = derive(root, "access code lookup")
    suites = sorted(hpke.SUITES, key=lambda one: one != suite)
    private_key = hpke.ring_of(
        *(hpke.private_key_of(root, one, "access code key") for one in suites)
    )
    return PartyKeys(
        lookup_hash=hashlib.sha256(lookup).digest(),
        public_key=hpke.public_half(private_key),
        private_key=private_key,
    )


def _refuse_pages(parts: list[str]) -> None:
    """Raise what `parse_access_code` would, where it would take long to find out."""
    if sum(map(len, parts)) <= _LONGEST_TYPED:
        return
    if len(parts) != WORDS_IN_CODE:
        raise WrongWordCountError(len(parts))
    longest = _LONGEST_TYPED // WORDS_IN_CODE
    raise UnknownWordsError(tuple(n for n, one in enumerate(parts, start=1) if len(one) > longest))


def _tokens(typed: str) -> list[str]:
    """The runs of letters in what was typed; digits (a numbered list), hyphens and so on part."""
    text = unicodedata.normalize("NFKC", typed).casefold()
    visible = (char for char in text if unicodedata.category(char) not in {"Cf", "Mn"})
    parted = "".join(char if char.isalpha() else " " for char in visible)
    return _rejoined(parted.split())


def _rejoined(tokens: list[str]) -> list[str]:
    """Put the one hyphenated word of the list together again, even with a slip in it.

    No two other words, whole, cut or slipped, are short enough to be taken for its halves.
    """
    whole: list[str] = []
    for token in tokens:
        if whole and len(whole[-1]) < _LONGEST_HALF and whole[-1] + token in _PARTED:
            whole[-1] += token
        else:
            whole.append(token)
    return whole


def _recognised(token: str) -> str | None:
    """The word that was meant, or None if that is not plain."""
    if token in _BY_LETTERS:
        return _BY_LETTERS[token]
    if len(token) == _PREFIX and token in _BY_PREFIX:
        return _BY_PREFIX[token]
    if len(token) > _LONGEST_WORD + 1:
        return None
    meant = {_BY_LETTERS[text] for text in _slips(token) if text in _BY_LETTERS}
    return meant.pop() if len(meant) == 1 else None
