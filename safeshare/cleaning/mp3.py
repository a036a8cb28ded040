"""MP3 files without tags: the frames of sound, one after the other, and nothing between them.

Frame heads are those of ISO/IEC 11172-3 2.4.1.3 and 13818-3. ID3v2 stands before the sound, ID3v1,
APE and Lyrics tags after it; whatever is no frame there is left out.
"""

from collections.abc import Callable
from typing import Final

from safeshare.cleaning.kinds import FileKind, Refusal, RefusedError

_LEAST_FRAMES: Final = 3
_ID3_HEAD: Final = 10
_FOOTER: Final = 0x10
_SOUGHT: Final = 64 * 1024
"""How far after the tag the first frame may lie: some encoders pad with zeros."""

# Kilobits a second of layer III, by the head's index; 0 is "free", which is not taken.
_RATES_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HERTZ: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_MARKS: Final = (b"Xing", b"Info")
_MARK_KEPT: Final = 120
"""The mark, its flags, both counts, the table of contents and the quality; the rest names the
encoder and is blanked.
"""


def cleaner(_kind: FileKind | None) -> Callable[[bytes], tuple[FileKind, bytes]]:
    """What cleans an MP3 file."""
    return lambda data: (FileKind.MP3, clean_sound(data))


def clean_sound(data: bytes) -> bytes:
    """The frames alone. RefusedError where there is no run of frames."""
    at = _first_frame(data, _after_tags(data))
    frames = bytearray()
    count = 0
    while length := _frame_length(data, at):
        if at + length > len(data):
            break
        frame = data[at : at + length]
        frames += _without_encoder(frame) if count == 0 else frame
        at, count = at + length, count + 1
    if count < _LEAST_FRAMES:
        raise RefusedError(Refusal.DAMAGED)
    return bytes(frames)


def _after_tags(data: bytes) -> int:
    at = 0
    while data[at : at + 3] == b"ID3" and len(data) >= at + _ID3_HEAD:
        size = 0
        for byte in data[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        footer = _ID3_HEAD if data[at + 5] & _FOOTER else 0
        at += _ID3_HEAD + size + footer
    return at


def _first_frame(data: bytes, start: int) -> int:
    for at in range(start, min(start + _SOUGHT, len(data) - 4)):
        length = _frame_length(data, at)
        if length and _frame_length(data, at + length):
            return at
    raise RefusedError(Refusal.DAMAGED)


def _frame_length(data: bytes, at: int) -> int:
    """Bytes of the layer III frame at a place; 0 where there is none."""
    if len(data) < at + 4 or data[at] != 0xFF or data[at + 1] & 0xE6 != 0xE2:
        return 0
    version, rate, hertz = data[at + 1] >> 3 & 3, data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version == 1 or rate in {0, 15} or hertz == 3:
        return 0
    bits = (_RATES_1 if version == 3 else _RATES_2)[rate] * 1000
    samples = 144 if version == 3 else 72
    return samples * bits // _HERTZ[version][hertz] + (data[at + 2] >> 1 & 1)


def _without_encoder(frame: bytes) -> bytes:
    for mark in _MARKS:
        found = frame.find(mark, 4, 48)
        if found > 0:
            end = min(found + _MARK_KEPT, len(frame))
            return frame[:end] + bytes(len(frame) - end)
    return frame
