"""A JPEG inside a document without the segments that describe it, its points untouched.

Segments are those of ITU-T T.81 B.1.1.3. Application segments and comments go, but for APP0 (JFIF)
and APP14 (how Adobe stores colours), which a reader needs to draw it right.
"""

from typing import Final

_START_OF_SCAN: Final = 0xDA
_NEEDED: Final = frozenset({0xE0, 0xEE})
_DESCRIBING: Final = frozenset(range(0xE0, 0xF0)) | {0xFE}
_END: Final = b"\xff\xd9"


def without_descriptions(data: bytes) -> bytes | None:
    """The picture without them and without what follows its end; None where it is no JPEG."""
    if not data.startswith(b"\xff\xd8"):
        return None
    kept, at = bytearray(data[:2]), 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        mark = data[at + 1]
        if mark == _START_OF_SCAN:
            end = data.rfind(_END)
            return bytes(kept + data[at : end + 2]) if end > at else None
        length = 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if mark in _NEEDED or mark not in _DESCRIBING:
            kept += data[at : at + length]
        at += length
    return None
