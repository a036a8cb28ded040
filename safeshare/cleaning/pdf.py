"""PDF files without what says who made them and without what acts on its own (ISO 32000-2).

The file is written anew from what a list of known keys reaches, so that deleted pages, earlier
revisions, whatever lies between objects and whatever nobody foresaw are gone.
"""

import io
import warnings
from collections.abc import Callable
from typing import Any, Final

import pikepdf

from safeshare.cleaning.kinds import LARGEST_FILE, FileKind, Refusal, RefusedError
from safeshare.cleaning.pdf_pruning import prune

MOST_PAGES: Final = 2000
MOST_OBJECTS: Final = 100_000

_END: Final = b"%%EOF"
_TAIL: Final = 1024
"""Within so many bytes of its end a whole file says that it ends: readers ask no more."""

_TRAILER_KEPT: Final = frozenset({"/Root", "/Size"})
"""Not `/Info` with the author, nor `/ID`, by which two copies of a document can be told as one."""


def cleaner(_kind: FileKind | None) -> Callable[[bytes], tuple[FileKind, bytes]]:
    """What cleans a PDF."""
    return lambda data: (FileKind.PDF, clean_pdf(data))


def clean_pdf(data: bytes) -> bytes:
    """The cleaned document.

    Raises RefusedError where it is damaged, locked with a password, or has too many pages.
    """
    if _END not in data[-_TAIL:]:
        raise RefusedError(Refusal.DAMAGED)
    try:
        with (
            warnings.catch_warnings(),
            pikepdf.open(io.BytesIO(data), suppress_warnings=True) as document,
        ):
            warnings.simplefilter("ignore", pikepdf.PikepdfWarning)  # Of odd forms: they are kept.
            _refuse_too_much(document)
            _clean(document)
            kept = io.BytesIO()
            document.save(
                kept,
                deterministic_id=True,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                normalize_content=False,
                recompress_flate=False,
            )
    except pikepdf.PasswordError:
        raise RefusedError(Refusal.LOCKED) from None
    except (pikepdf.PdfError, pikepdf.QpdfRuntimeError):
        raise RefusedError(Refusal.DAMAGED) from None
    if kept.tell() > LARGEST_FILE:
        raise RefusedError(Refusal.TOO_LARGE)
    return kept.getvalue()


def _refuse_too_much(document: Any) -> None:
    if document.is_encrypted:
        raise RefusedError(Refusal.LOCKED)
    if len(document.objects) > MOST_OBJECTS or len(document.pages) > MOST_PAGES:
        raise RefusedError(Refusal.TOO_COMPLEX)
    if len(document.pages) == 0:
        raise RefusedError(Refusal.DAMAGED)


def _clean(document: Any) -> None:
    for key in list(document.trailer.keys()):
        if key not in _TRAILER_KEPT:
            del document.trailer[key]
    prune(document)
