"""File names. What somebody called a file may tell who they are, so readers get another name."""

import re
import unicodedata
from typing import Final

from safeshare.cleaning.kinds import FileKind

_ENDINGS: Final = {FileKind.JPEG: "jpg", FileKind.HEIC: "jpg"}
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*]+')
_LONGEST: Final = 150
"""Bytes of a name that is kept, so that it fits the sealed record of one size."""


def neutral_name(position: int, kind: FileKind) -> str:
    """The name under which a reader gets the clean copy, such as `file-2.pdf`."""
    return f"file-{position}.{_ENDINGS.get(kind, kind.value)}"


def given_name(typed: str | None) -> str:
    """What somebody called a file, without folders and control characters, cut to 150 bytes.

    Shown to themselves only, and to whoever opens the original with a reason. May be empty.
    """
    last = re.split(r"[\\/]", typed or "")[-1]
    plain = "".join(one for one in last if unicodedata.category(one) not in {"Cf", "Cs", "Co"})
    tidy = _FORBIDDEN.sub(" ", plain).strip(" .")
    return tidy.encode("utf-8")[:_LONGEST].decode("utf-8", "ignore")
