"""Says what a file is by its first and last bytes: a short list, and nothing that fits two.

The signatures are those of the formats' own specifications: JPEG ITU-T T.81 B.1.1, PNG W3C 5.2,
PDF ISO 32000-2 7.5.2, ZIP APPNOTE 4.3, ISO base media ISO/IEC 14496-12 4.3, HEIF ISO/IEC 23008-12,
MPEG audio ISO/IEC 11172-3 2.4.1.3.
"""

from typing import Final

from safeshare.cleaning.kinds import LARGEST_FILE, FileKind, Refusal, RefusedError

ZIP: Final = b"PK\x03\x04"
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_END_BYTES: Final = 22
_LONGEST_COMMENT: Final = 0xFFFF
_HEAD: Final = 1024

_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_MP4_BRANDS: Final = frozenset(
    {b"isom", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VP", b"mmp4", b"3gp4", b"3gp5", b"3gp6"}
    | {b"iso%d" % number for number in range(2, 10)}
)
_AUDIO_BRANDS: Final = frozenset({b"M4A ", b"M4B "})

# What the first bytes say of kinds that are not taken, so that the page can say what to do.
_OTHERS: Final = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Refusal.OLD_OFFICE),
    (b"GIF8", Refusal.OTHER_PICTURE),
    (b"RIFF", Refusal.OTHER_PICTURE),
    (b"BM", Refusal.OTHER_PICTURE),
    (b"II*\x00", Refusal.OTHER_PICTURE),
    (b"MM\x00*", Refusal.OTHER_PICTURE),
    (b"\x1aE\xdf\xa3", Refusal.OTHER_FILM),
    (b"OggS", Refusal.OTHER_FILM),
    (b"fLaC", Refusal.OTHER_FILM),
    (b"#!AMR", Refusal.OTHER_FILM),
    (b"Rar!", Refusal.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Refusal.ARCHIVE),
    (b"\x1f\x8b", Refusal.ARCHIVE),
    (b"PK", Refusal.ARCHIVE),
    (b"MZ", Refusal.PROGRAM),
    (b"\x7fELF", Refusal.PROGRAM),
    (b"#!", Refusal.PROGRAM),
    (b"{\\rtf", Refusal.OLD_OFFICE),
    (b"%!PS", Refusal.WEB_PAGE),
)
_MARKUP: Final = (b"<html", b"<script", b"<!doctype", b"<svg", b"<iframe")
_HIDDEN_ARCHIVES: Final = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_TAR, _TAR_AT = b"ustar", 257
_DISC, _DISC_AT = b"CD001", 32769


def sniff(data: bytes) -> FileKind | None:
    """The kind of a file, None for an Office file whose parts must be asked.

    Raises RefusedError for an empty or too large one, for every other kind, and for a file that a
    reader of a second kind would take as well (a polyglot).
    """
    if not data:
        raise RefusedError(Refusal.EMPTY)
    if len(data) > LARGEST_FILE:
        raise RefusedError(Refusal.TOO_LARGE)
    kind = _by_signature(data)
    _refuse_polyglot(data, kind)
    return kind


def _by_signature(data: bytes) -> FileKind | None:
    if data.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if data.startswith((b"%PDF-1.", b"%PDF-2.")):
        return FileKind.PDF
    if data.startswith(ZIP):
        return None
    if data[4:8] == b"ftyp":
        return _by_brand(data)
    return _sound_or_text(data)


def _sound_or_text(data: bytes) -> FileKind:
    if data.startswith(b"ID3") or _is_sound_frame(data):
        return FileKind.MP3
    for signature, refusal in _OTHERS:
        if data.startswith(signature) and not (refusal is _AMBIGUOUS and _is_plain(data)):
            raise RefusedError(refusal)
    if not _is_plain(data):
        raise RefusedError(Refusal.UNKNOWN)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise RefusedError(Refusal.WEB_PAGE)
    return FileKind.TXT


_AMBIGUOUS: Final = Refusal.OTHER_PICTURE
"""A text may begin with the letters of a picture's signature, such as BM or RIFF."""


def _by_brand(data: bytes) -> FileKind:
    brand = data[8:12]
    if brand in _AUDIO_BRANDS:
        return FileKind.M4A
    if brand in _MP4_BRANDS:
        return FileKind.MP4
    size = int.from_bytes(data[:4], "big")
    brands = {data[at : at + 4] for at in range(16, min(size, 128), 4)} | {brand}
    if brands & _HEIC_BRANDS and brand in _HEIC_BRANDS | {b"mif1", b"msf1"}:
        return FileKind.HEIC
    raise RefusedError(Refusal.OTHER_PICTURE if brand == b"avif" else Refusal.OTHER_FILM)


def _is_sound_frame(data: bytes) -> bool:
    """The eleven set bits of a frame's head, layer III. UTF-16's mark FF FE would be layer I."""
    return len(data) > 3 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2


def _is_plain(data: bytes) -> bool:
    """Whether the beginning can be a text: UTF-16 by its mark, or no control characters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 32 and byte not in b"\t\n\r\f" for byte in data[:_HEAD])


def _refuse_polyglot(data: bytes, kind: FileKind | None) -> None:
    head = data[:_HEAD].lower()
    found = (
        (kind is not FileKind.PDF and b"%pdf-" in head)
        or (kind is not None and _ends_as_zip(data))
        or any(mark in head for mark in _MARKUP)
        or any(mark in data for mark in _HIDDEN_ARCHIVES)
        or data[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR
        or data[_DISC_AT : _DISC_AT + len(_DISC)] == _DISC
    )
    if found:
        raise RefusedError(Refusal.SEVERAL_KINDS)


def _ends_as_zip(data: bytes) -> bool:
    """Whether a ZIP's end record closes the file, whatever stands before it (APPNOTE 4.3.16)."""
    tail = data[-(_ZIP_END_BYTES + _LONGEST_COMMENT) :]
    at = tail.rfind(_ZIP_END)
    while at >= 0:
        end = at + _ZIP_END_BYTES
        if end + int.from_bytes(tail[end - 2 : end], "little") == len(tail):
            return True
        at = tail.rfind(_ZIP_END, 0, at)
    return False
