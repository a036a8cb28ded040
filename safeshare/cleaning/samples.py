"""Which bytes of an MP4 file belong to a track, by its sample tables (ISO/IEC 14496-12 8.7)."""

import struct
from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from safeshare.cleaning.kinds import Refusal, RefusedError

_MOST_SAMPLES: Final = 2_000_000


class Span(Protocol):
    """Where a box's content lies."""

    @property
    def body(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""


def sample_ranges(film: bytearray, boxes: Mapping[bytes, Span]) -> list[tuple[int, int]]:
    """The first byte of each chunk of a track, and the one after its last.

    Raises RefusedError where the tables lack something, disagree, or lead out of the file.
    """
    try:
        sizes = _sizes(film, boxes)
        offsets = _offsets(film, boxes)
        runs = _numbers(film, boxes[b"stsc"], 8, 3)
        return list(_ranges(sizes, offsets, runs, len(film)))
    except (KeyError, struct.error, IndexError):
        raise RefusedError(Refusal.DAMAGED) from None


def _ranges(
    sizes: "Sizes", offsets: tuple[int, ...], runs: tuple[int, ...], length: int
) -> Iterator[tuple[int, int]]:
    sample = 0
    for number, per_chunk in enumerate(_per_chunk(runs, len(offsets))):
        first = offsets[number]
        after = first + sizes.total(sample, sample + per_chunk)
        if after > length:
            raise RefusedError(Refusal.DAMAGED)
        sample += per_chunk
        yield first, after


def _per_chunk(runs: tuple[int, ...], chunks: int) -> Iterator[int]:
    """How many samples each chunk holds. A run says from which chunk on, and how many."""
    starts, counts = runs[0::3], runs[1::3]
    for at, count in enumerate(counts):
        following = starts[at + 1] if at + 1 < len(starts) else chunks + 1
        for _ in range(starts[at], min(following, chunks + 1)):
            yield count


class Sizes:
    """The sizes of a track's samples: one for all, or a table."""

    def __init__(self, same: int, count: int, table: tuple[int, ...]) -> None:
        if count > _MOST_SAMPLES:
            raise RefusedError(Refusal.TOO_COMPLEX)
        self._same, self._count, self._table = same, count, table

    def total(self, first: int, after: int) -> int:
        """Bytes of the samples from one number up to another."""
        after = min(after, self._count)
        if self._same:
            return self._same * max(after - first, 0)
        return sum(self._table[first:after])


def _sizes(film: bytearray, boxes: Mapping[bytes, Span]) -> Sizes:
    if b"stsz" not in boxes:
        raise RefusedError(Refusal.OTHER_FILM)  # `stz2`, which no telephone writes.
    box = boxes[b"stsz"]
    same, count = struct.unpack_from(">II", film, box.body + 4)
    return Sizes(same, count, () if same else _table(film, box, 12, count, "I"))


def _offsets(film: bytearray, boxes: Mapping[bytes, Span]) -> tuple[int, ...]:
    if b"co64" in boxes:
        box = boxes[b"co64"]
        (count,) = struct.unpack_from(">I", film, box.body + 4)
        return _table(film, box, 8, count, "Q")
    return _numbers(film, boxes[b"stco"], 8, 1)


def _numbers(film: bytearray, box: Span, skipped: int, columns: int) -> tuple[int, ...]:
    (count,) = struct.unpack_from(">I", film, box.body + 4)
    return _table(film, box, skipped, count * columns, "I")


def _table(film: bytearray, box: Span, skipped: int, count: int, form: str) -> tuple[int, ...]:
    width = 8 if form == "Q" else 4
    if box.body + skipped + count * width > box.end:
        raise RefusedError(Refusal.DAMAGED)
    return struct.unpack_from(f">{count}{form}", film, box.body + skipped)
