"""The words of access codes: the EFF short list 2.0, CC BY 3.0 (see CREDIT.md beside this file).

1,296 words, 10.3 bits each; no two share their first three letters, and none can be mistaken for
another by a single slip.
"""

from pathlib import Path
from typing import Final

from safeshare.kernel.errors import MisconfiguredError

_LENGTH: Final = 1296


def _read_words() -> tuple[str, ...]:
    path = Path(__file__).with_name("eff_short_wordlist_2_0.txt")
    words = tuple(path.read_text(encoding="ascii").split())
    if len(set(words)) != _LENGTH:  # A shorter list would quietly weaken every code.
        raise MisconfiguredError("the word list of access codes is not complete")
    return words


WORDS: Final = _read_words()
