"""The kinds of file that are taken, the limits, and why a file is refused."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from safeshare.kernel.errors import InvalidError

MIB: Final = 1024 * 1024
LARGEST_FILE: Final = 25 * MIB
"""Bytes of one file, as it was sent and as it is after cleaning."""


class FileKind(StrEnum):
    """What a file is by its content. Its name is never asked."""

    JPEG = "jpeg"
    PNG = "png"
    HEIC = "heic"
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    TXT = "txt"
    MP4 = "mp4"
    M4A = "m4a"
    MP3 = "mp3"


KINDS: Final = tuple(FileKind)
"""In a fixed order: the child says which by its number."""


class Refusal(IntEnum):
    """Why a file was not taken. The child ends with this number as its exit code."""

    EMPTY = 10
    TOO_LARGE = 11
    UNKNOWN = 12
    SEVERAL_KINDS = 13
    DAMAGED = 14
    TOO_COMPLEX = 15
    LOCKED = 16
    MACROS = 17
    NO_HEIC = 18
    OLD_OFFICE = 19
    OTHER_PICTURE = 20
    OTHER_FILM = 21
    ARCHIVE = 22
    WEB_PAGE = 23
    PROGRAM = 24
    VIRUS = 30
    UNCHECKED = 31


class RefusedError(InvalidError):
    """A file is not taken. Carries nothing of its content."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.name.lower(), field="files")
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use: bytes of address space, seconds of processor time, and of waiting."""

    memory: int = 512 * MIB
    cpu_seconds: int = 20
    wall_seconds: float = 40.0
