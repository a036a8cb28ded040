"""PDF files without what says who made them and without what acts on its own (ISO 32000-2).

The file is written anew from what its pages reach, so that deleted pages, earlier revisions and
whatever lies between objects are gone.
"""

import io
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final

import pikepdf

from safeshare.cleaning.jpeg_segments import without_descriptions
from safeshare.cleaning.kinds import LARGEST_FILE, FileKind, Refusal, RefusedError

MOST_PAGES: Final = 2000
MOST_OBJECTS: Final = 100_000

_END: Final = b"%%EOF"
_TAIL: Final = 1024
"""Within so many bytes of its end a whole file says that it ends: readers ask no more."""

_ROOT_KEPT: Final = frozenset(
    {
        "/Type",
        "/Pages",
        "/PageLabels",
        "/Lang",
        "/MarkInfo",
        "/StructTreeRoot",
        "/Dests",
        "/Outlines",
        "/AcroForm",
        "/PageMode",
        "/PageLayout",
        "/ViewerPreferences",
        "/OCProperties",
        "/Version",
    }
)
_NEVER: Final = frozenset(
    {
        "/Metadata",
        "/PieceInfo",
        "/LastModified",
        "/Thumb",
        "/AA",
        "/OpenAction",
        "/JS",
        "/AF",
        "/EF",
        "/RF",
        "/XFA",
        "/LastModifiedBy",
        "/SpiderInfo",
        "/WebCapture",
    }
)
_OF_AN_ANNOTATION: Final = ("/M", "/CreationDate", "/NM", "/RC", "/Subj", "/Popup", "/IRT")
_ACTIVE: Final = frozenset(
    {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/Popup", "/TrapNet"}
)
_FORM_FIELD: Final = "/Widget"
_JPEG: Final = frozenset({"/DCTDecode", "/DCT"})
_DEFLATED: Final = frozenset({"/FlateDecode", "/Fl"})
_STAYS_INSIDE: Final = "/GoTo"
"""The one action that is kept: to another page. A link to a site would tell it who reads."""


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
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as document:
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
    except pikepdf.PdfError:
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
    if "/Info" in document.trailer:
        del document.trailer["/Info"]
    for key in list(document.Root.keys()):
        if key not in _ROOT_KEPT:
            del document.Root[key]
    for page in document.pages:
        _clean_page(page.obj)
    for held in _dictionaries(document):
        _clean_dictionary(held)


def _clean_page(page: Any) -> None:
    """Drop notes that carry files, sounds or films; the authors of the others go below."""
    if "/Annots" not in page:
        return
    notes = page["/Annots"]
    if not isinstance(notes, pikepdf.Array):
        del page["/Annots"]
        return
    kept = [one for one in notes if _is_still(one)]
    page["/Annots"] = pikepdf.Array(kept)


def _is_still(note: Any) -> bool:
    return isinstance(note, pikepdf.Dictionary) and str(note.get("/Subtype", "")) not in _ACTIVE


def _dictionaries(document: Any) -> Iterator[Any]:
    """Every dictionary: those that are objects of their own, and those that lie within them."""
    for held in document.objects:
        waiting = [held]
        while waiting:
            one = waiting.pop()
            if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
                yield one
                waiting += [value for value in _values(one) if not value.is_indirect]
            elif isinstance(one, pikepdf.Array):
                waiting += [value for value in one if _is_inside(value)]


def _values(held: Any) -> Iterator[Any]:
    for key in list(held.keys()):
        value = held.get(key)
        if _is_inside(value):
            yield value


def _is_inside(value: Any) -> bool:
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


def _clean_dictionary(held: Any) -> None:
    keys = set(held.keys())
    for key in keys & _NEVER:
        del held[key]
    if "/A" in keys and _acts(held["/A"]):
        del held["/A"]
    if "/S" in keys and str(held.get("/Type", "")) == "/Action" and _acts(held):
        for key in keys - _NEVER:
            del held[key]
    elif "/Subtype" in keys and "/Rect" in keys:
        _clean_note(held)
    elif "/Filter" in keys:
        _clean_picture(held)


def _acts(action: Any) -> bool:
    if not isinstance(action, pikepdf.Dictionary):
        return True
    if str(action.get("/S", "")) == _STAYS_INSIDE:
        if "/Next" in action:
            del action["/Next"]
        return False
    return "/S" in action


def _clean_note(note: Any) -> None:
    for key in _OF_AN_ANNOTATION:
        if key in note:
            del note[key]
    # In a note /T is who wrote it; in a field of a form it is the field's own name.
    if str(note["/Subtype"]) != _FORM_FIELD and "/T" in note:
        del note["/T"]


def _clean_picture(held: Any) -> None:
    """A photograph in a PDF is a whole JPEG, and may say where it was taken. RefusedError where it
    is packed so that it cannot be read.
    """
    chain = _filters(held)
    if not isinstance(held, pikepdf.Stream) or not chain or chain[-1] not in _JPEG:
        return
    drawn = without_descriptions(_unpacked(held.read_raw_bytes(), chain[:-1]))
    if drawn is None:
        raise RefusedError(Refusal.DAMAGED)
    held.write(drawn, filter=pikepdf.Name("/DCTDecode"))


def _filters(held: Any) -> list[str]:
    named = held.get("/Filter")
    return [str(one) for one in named] if isinstance(named, pikepdf.Array) else [str(named)]


def _unpacked(data: bytes, packing: list[str]) -> bytes:
    """What was packed once more over the picture. No program but a hider's packs it otherwise."""
    for one in packing:
        if one not in _DEFLATED:
            raise RefusedError(Refusal.DAMAGED)
        data = zlib.decompressobj().decompress(data, LARGEST_FILE)
    return data
