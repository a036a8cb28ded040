"""File names. What somebody called a file may tell who they are, so readers get another name."""

import re
import unicodedata
from typing import Final

from safeshare.cleaning.kinds import FileKind

_ENDINGS: Final = {FileKind.JPEG: "jpg", FileKind.HEIC: "jpg"}
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_MEDIA_TYPES: Final = {
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.HEIC: "image/jpeg",
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: f"{_OFFICE}wordprocessingml.document",
    FileKind.XLSX: f"{_OFFICE}spreadsheetml.sheet",
    FileKind.PPTX: f"{_OFFICE}presentationml.presentation",
    FileKind.TXT: "text/plain; charset=utf-8",
    FileKind.MP4: "video/mp4",
    FileKind.M4A: "audio/mp4",
    FileKind.MP3: "audio/mpeg",
}
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*]+')
_LONGEST: Final = 150
"""Bytes of a name that is kept, so that it fits the sealed record of one size."""


def neutral_name(position: int, kind: FileKind) -> str:
    """The name under which a reader gets the clean copy, such as `file-2.pdf`."""
    return f"file-{position}.{_ENDINGS.get(kind, kind.value)}"


def original_name(position: int) -> str:
    """The name of an original. Its ending is nobody's, so that nothing opens it by a click."""
    return f"file-{position}-original.bin"


def media_type(kind: FileKind | None) -> str:
    """The media type of a clean copy (IANA); of an original, that it is only bytes."""
    return _MEDIA_TYPES[kind] if kind else "application/octet-stream"


def is_picture(kind: FileKind) -> bool:
    """Whether a page may show the clean copy: it was drawn anew from its points."""
    return media_type(kind).startswith("image/")


def given_name(typed: str | None) -> str:
    """What somebody called a file, without folders and control characters, cut to 150 bytes.

    Shown to themselves only, and to whoever opens the original with a reason. May be empty.
    """
    last = re.split(r"[\\/]", typed or "")[-1]
    plain = "".join(one for one in last if unicodedata.category(one) not in {"Cf", "Cs", "Co"})
    tidy = _FORBIDDEN.sub(" ", plain).strip(" .")
    return tidy.encode("utf-8")[:_LONGEST].decode("utf-8", "ignore")
