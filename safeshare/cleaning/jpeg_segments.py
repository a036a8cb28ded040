"""A JPEG inside a document without the segments that describe it, its points untouched.

Segments are those of ITU-T T.81 B.1.1.3. Application segments and comments go, but for APP0 (JFIF)
and APP14 (how Adobe stores colours), which a reader needs to draw it right. They may stand between
the scans too; and after the picture a telephone may put a second one, or a film, with a description
of its own.
"""

import re
from typing import Final

_START_OF_SCAN: Final = 0xDA
_NEEDED: Final = frozenset({0xE0, 0xEE})
_DESCRIBING: Final = frozenset(range(0xE0, 0xF0)) | {0xFE}
_END: Final = b"\xff\xd9"
_FILLED: Final = b"\xff\xff"
_MARK: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the points of a scan: a mark other than a stuffed byte or a restart (B.1.1.5)."""


def without_descriptions(data: bytes) -> bytes | None:
    """The picture without them and without what follows its end; None where it is no JPEG."""
    if not data.startswith(b"\xff\xd8"):
        return None
    kept, at, has_points = bytearray(data[:2]), 2, False
    while data[at : at + 1] == b"\xff" and not data.startswith(_END, at):
        if data.startswith(_FILLED, at):
            at += 1
            continue
        mark, after = data[at + 1], _after(data, at)
        if after is None:
            return None
        if mark in _NEEDED or mark not in _DESCRIBING:
            kept += data[at:after]
        has_points |= mark == _START_OF_SCAN
        at = after
    return bytes(kept + _END) if has_points else None


def _after(data: bytes, at: int) -> int | None:
    """Where the next segment begins; a scan takes its points along. None where it is cut off."""
    after = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    if not at + 4 <= after <= len(data):
        return None
    if data[at + 1] != _START_OF_SCAN:
        return after
    found = _MARK.search(data, after)
    return found.start() if found else len(data)
