"""Codes that are printed once and kept on paper: staff recovery codes and officers' codes.

28 characters of an alphabet of 28 without look-alikes: 134 random bits, so that no stretching is
needed and a code works without the pepper, even after the loss of the key files.
"""

import secrets
from typing import Final

from safeshare.kernel.errors import WrongSecretError
from safeshare.kernel.identifiers import ALPHABET

_CHARACTERS: Final = 28
_GROUP: Final = 4


def new_printed_code() -> str:
    """A random code in groups of four, parted by hyphens."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(_CHARACTERS))
    return "-".join(text[n : n + _GROUP] for n in range(0, _CHARACTERS, _GROUP))


def secret_of(typed: str) -> bytes:
    """The secret bytes of a code as somebody typed it; WrongSecretError if it cannot be one."""
    text = "".join(char for char in typed.upper() if char.isalnum())
    if len(text) != _CHARACTERS or not set(text) <= set(ALPHABET):
        raise WrongSecretError("this is not a printed code")
    return text.encode("ascii")
