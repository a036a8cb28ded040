"""Sound and films for the tests, made from nothing, with secrets where real programs put them."""

import random
import struct

SECRET = "Evelyn-Wintergreen"
"""A name that no clean copy may hold."""


def mp3(frames: int = 20, *, tags: bool = True) -> bytes:
    """Silence of 128 kbit/s at 44.1 kHz, between an ID3v2 and an ID3v1 tag."""
    sound = (b"\xff\xfb\x90\x00" + bytes(413)) * frames
    if not tags:
        return sound
    told = b"TPE1" + struct.pack(">I", len(SECRET)) + b"\x00\x00" + SECRET.encode()
    head = b"ID3\x03\x00\x00" + bytes([0, 0, len(told) >> 7, len(told) & 0x7F])
    return head + told + sound + b"TAG" + SECRET.encode().ljust(125, b"\x00")


def box(kind: bytes, *content: bytes) -> bytes:
    """One box of an MP4 file."""
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def mp4(*, sound_only: bool = False, brand: bytes = b"isom") -> bytes:
    """A film with a picture track, a track of positions, and notes; all media in one `mdat`."""
    head = box(b"ftyp", brand, bytes(4), b"mp42")
    place = f"+51.5-0.1/{SECRET}".encode()
    media = (b"picture!" * 4, SECRET.encode().ljust(40, b"."))
    at = len(head) + len(_moov(0, place, sound_only=sound_only)) + 8
    moov = _moov(at, place, sound_only=sound_only)
    return head + moov + box(b"mdat", *media) + box(b"uuid", SECRET.encode())


def _moov(at: int, place: bytes, *, sound_only: bool) -> bytes:
    handler = b"soun" if sound_only else b"vide"
    return box(
        b"moov",
        box(b"mvhd", bytes(4), struct.pack(">II", 3_800_000_000, 3_800_000_000), bytes(88)),
        _track(handler, at, 32),
        _track(b"meta", at + 32, 40),
        box(b"udta", box(b"\xa9xyz", place)),
    )


def _track(handler: bytes, at: int, size: int) -> bytes:
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 0)),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
        box(b"stsz", struct.pack(">III", 0, size, 1)),
        box(b"stco", struct.pack(">III", 0, 1, at)),
    )
    head = box(b"tkhd", bytes(4), struct.pack(">II", 3_800_000_000, 3_800_000_000), bytes(72))
    name = box(b"hdlr", bytes(8), handler, bytes(12), SECRET.encode() + b"\x00")
    return box(b"trak", head, box(b"mdia", name, box(b"minf", table)))


def film(size: int) -> bytes:
    """A film of one picture track of about so many bytes, that do not repeat."""
    media = random.Random(1).randbytes(size)  # noqa: S311 - it keeps no secret
    head = box(b"ftyp", b"isom", bytes(4), b"mp42")
    at = len(head) + len(_one_track(0, size)) + 8
    return head + _one_track(at, size) + box(b"mdat", media)


def _one_track(at: int, size: int) -> bytes:
    return box(b"moov", box(b"mvhd", bytes(100)), _track(b"vide", at, size))
