"""Knows the place of a file on somebody's disk, which often holds their name."""

import re
from typing import Final

_PATH: Final = re.compile(r"\b[A-Za-z]:[\\/]|\\\\\w|file:/|/(Users|home|Volumes)/", re.IGNORECASE)
_FILE: Final = re.compile(
    r"[^\s.]\.(jpe?g|png|gif|heic|hei[fv]|tiff?|bmp|webp|emf|wmf|svg|pdf|docx?|xlsx?|pptx?|mp[34]|mov)\s*$",
    re.IGNORECASE,
)


def names_a_file(words: str) -> bool:
    """Whether words are the name of a file, or hold a path or an address of one."""
    return bool(_PATH.search(words) or _FILE.search(words))
