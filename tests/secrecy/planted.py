"""The secrets of one story: random, so that finding any part of one is no accident."""

import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.cast import PASSPHRASE, Stage
from tests.secrecy.needles import forms, needles

TWO_WORDS = 16
"""A word of the list may stand anywhere, such as in the catalogue of a database. So many characters
of an access code are more than any one word has.
"""

_LETTERS = string.ascii_lowercase + string.digits


def random_text(letters: int) -> str:
    """Letters and digits that stand nowhere else."""
    return "".join(secrets.choice(_LETTERS) for _ in range(letters))


def random_sentence() -> str:
    """Something typed: with blanks, accents, signs that HTML and addresses escape, and a break."""
    return f"{random_text(24)} & {random_text(12)} né “{random_text(24)}”\n{random_text(30)}+1"


@dataclass
class Planted:
    """Everything that is typed or made in a story and must be found nowhere afterwards.

    `address` is the one thing that the mail server must be told.
    """

    texts: dict[str, str] = field(default_factory=dict, repr=False)
    raw: list[bytes] = field(default_factory=list, repr=False)
    whole: list[str] = field(default_factory=list, repr=False)
    codes: list[str] = field(default_factory=list, repr=False)
    address: str = field(
        default_factory=lambda: f"{random_text(24)}@{random_text(16)}.example", repr=False
    )

    def sentence(self, name: str) -> str:
        """The secret of this name, a new one at first."""
        return self.texts.setdefault(name, random_sentence())

    def word(self, name: str) -> str:
        """The same for a small field: one line of letters and digits."""
        return self.texts.setdefault(name, random_text(28))

    def plant_code(self, words: Sequence[str]) -> None:
        """Count an access code among the secrets, however its words are joined."""
        for between in (" ", "", "-", ",", "\n", '", "', '","'):
            self.codes.append(between.join(words))

    def plant_keys(self, stage: Stage) -> None:
        """Count the cast's own secrets in: keys, phones' secrets, printed codes, passphrase."""
        self.whole.append(PASSPHRASE)
        for name, one in stage.enrolled.items():
            self.raw.append(one.private_key.raw)
            self.texts[f"six digits of {name}"] = one.totp_secret
            self.texts[f"recovery code of {name}"] = one.recovery_code
            self.texts |= {f"{name}, {code}": code for code in one.backup_codes}
        for officer in stage.officers:
            self.texts[f"code of {officer.name}"] = officer.printed_code

    def needles(self, *, mail: bool = False) -> set[bytes]:
        """What to look for; where `mail` went, the address may be."""
        wanted = set().union(*(needles(text) for text in self.texts.values()))
        wanted |= {core for key in self.raw for core in needles(key)}
        for code in self.codes:
            wanted |= needles(code, TWO_WORDS)
        wanted |= {form for text in self.whole for form in forms(text)}
        return wanted if mail else wanted | needles(self.address)
