"""MP4 and M4A files: picture and sound stay, everything else is blanked where it stands.

The boxes are those of ISO/IEC 14496-12. What is no part of a picture or sound track becomes a
`free` box of zeros of the same size, so that no offset changes. In the media itself every byte that
no kept track names is zeroed: tracks of positions, and what was hidden between samples, go with it.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from safeshare.cleaning.kinds import FileKind, Refusal, RefusedError
from safeshare.cleaning.samples import sample_ranges

_CONTAINERS: Final = frozenset({b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf"})
_KEPT: Final = _CONTAINERS | {
    b"mvhd",
    b"tkhd",
    b"mdhd",
    b"hdlr",
    b"elst",
    b"vmhd",
    b"smhd",
    b"dref",
    b"stsd",
    b"stts",
    b"ctts",
    b"cslg",
    b"stss",
    b"stsz",
    b"stz2",
    b"stsc",
    b"stco",
    b"co64",
    b"sdtp",
    b"sgpd",
    b"sbgp",
    b"iods",
}
_WITH_TIMES: Final = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_PICTURE, _SOUND = b"vide", b"soun"
_MOST_BOXES: Final = 20_000
_HANDLER_NAME_AT: Final = 24
_COMPRESSOR_AT: Final = 42
_COMPRESSOR_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its type, where it begins, where its content begins, and where it ends."""

    kind: bytes
    start: int
    body: int
    end: int


def cleaner(_kind: FileKind | None) -> Callable[[bytes], tuple[FileKind, bytes]]:
    """What cleans an MP4 or M4A file."""
    return clean_film


def clean_film(data: bytes) -> tuple[FileKind, bytes]:
    """The cleaned file, and whether it holds pictures (MP4) or only sound (M4A).

    Raises RefusedError where it is cut off, not in one piece, or holds neither.
    """
    film = bytearray(data)
    tops = list(_boxes(film, 0, len(film)))
    moov = [box for box in tops if box.kind == b"moov"]
    if any(box.kind == b"moof" for box in tops):
        raise RefusedError(Refusal.OTHER_FILM)
    if len(moov) != 1 or tops[0].kind != b"ftyp":
        raise RefusedError(Refusal.DAMAGED)
    for box in tops:
        if box.kind not in {b"ftyp", b"moov", b"mdat"}:
            _blank(film, box)
    handlers, ranges = _clean_moov(film, moov[0])
    if not handlers:
        raise RefusedError(Refusal.DAMAGED)
    for box in tops:
        if box.kind == b"mdat":
            _blank_between(film, box.body, box.end, ranges)
    return (FileKind.MP4 if _PICTURE in handlers else FileKind.M4A), bytes(film)


def _clean_moov(film: bytearray, moov: Box) -> tuple[set[bytes], list[tuple[int, int]]]:
    handlers: set[bytes] = set()
    ranges: list[tuple[int, int]] = []
    for box in _boxes(film, moov.body, moov.end):
        handler = _handler(film, box) if box.kind == b"trak" else b""
        if handler in {_PICTURE, _SOUND}:
            handlers.add(handler)
            _clean_inside(film, box)
            ranges += sample_ranges(film, _within(film, box))
        elif box.kind == b"trak" or box.kind not in _KEPT:
            _blank(film, box)
        else:
            _clean_one(film, box)
    return handlers, sorted(ranges)


def _clean_inside(film: bytearray, parent: Box) -> None:
    for box in _boxes(film, parent.body, parent.end):
        if box.kind not in _KEPT:
            _blank(film, box)
        elif box.kind in _CONTAINERS:
            _clean_inside(film, box)
        else:
            _clean_one(film, box)


def _clean_one(film: bytearray, box: Box) -> None:
    if box.kind in _WITH_TIMES:
        width = 16 if film[box.body : box.body + 1] == b"\x01" else 8
        _zero(film, box.body + 4, min(box.body + 4 + width, box.end))
    elif box.kind == b"hdlr":
        _zero(film, box.body + _HANDLER_NAME_AT, box.end)
    elif box.kind == b"stsd":
        _clean_descriptions(film, box)
    elif box.kind == b"dref":
        for entry in _boxes(film, box.body + 8, box.end):
            _zero(film, entry.body + 4, entry.end)  # The address of media that lie elsewhere.


def _clean_descriptions(film: bytearray, stsd: Box) -> None:
    """The name of the program that made a picture track, in each of its sample entries."""
    for entry in _boxes(film, stsd.body + 8, stsd.end):
        is_picture = entry.end - entry.body >= _COMPRESSOR_AT + _COMPRESSOR_BYTES
        if is_picture and entry.kind in {b"avc1", b"avc3", b"hvc1", b"hev1", b"mp4v", b"av01"}:
            name = entry.body + _COMPRESSOR_AT
            _zero(film, name, name + _COMPRESSOR_BYTES)


def _within(film: bytearray, parent: Box) -> dict[bytes, Box]:
    """Every box of a track by its type, down through the containers."""
    found: dict[bytes, Box] = {}
    for box in _boxes(film, parent.body, parent.end):
        found[box.kind] = box
        if box.kind in _CONTAINERS:
            found |= _within(film, box)
    return found


def _handler(film: bytearray, track: Box) -> bytes:
    """What a track is: the type that its `hdlr` box names."""
    hdlr = _within(film, track).get(b"hdlr")
    return bytes(film[hdlr.body + 8 : hdlr.body + 12]) if hdlr else b""


def _boxes(film: bytearray, at: int, end: int) -> Iterator[Box]:
    """The boxes between two places, which they fill exactly. RefusedError where they do not."""
    count = 0
    while at < end:
        count += 1
        size, kind, head = _head(film, at, end)
        if size < head or at + size > end or count > _MOST_BOXES:
            raise RefusedError(Refusal.DAMAGED)
        yield Box(kind, at, at + head, at + size)
        at += size


def _head(film: bytearray, at: int, end: int) -> tuple[int, bytes, int]:
    if at + 8 > end:
        raise RefusedError(Refusal.DAMAGED)
    size, kind = struct.unpack_from(">I4s", film, at)
    if size == 1 and at + 16 <= end:
        return struct.unpack_from(">Q", film, at + 8)[0], kind, 16
    return (end - at if size == 0 else size), kind, 8


def _blank(film: bytearray, box: Box) -> None:
    film[box.start + 4 : box.start + 8] = b"free"
    _zero(film, box.body, box.end)


def _blank_between(film: bytearray, at: int, end: int, ranges: list[tuple[int, int]]) -> None:
    for first, after in ranges:
        if first > at:
            _zero(film, at, min(first, end))
        at = max(at, after)
        if at >= end:
            return
    _zero(film, at, end)


def _zero(film: bytearray, first: int, after: int) -> None:
    if after > first:
        film[first:after] = bytes(after - first)
