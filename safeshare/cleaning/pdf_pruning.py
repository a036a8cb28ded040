"""Cuts a PDF down to what its grammar lists, from the catalog on."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pikepdf

from safeshare.cleaning.paths import names_a_file
from safeshare.cleaning.pdf_grammar import (
    DESCRIBED,
    EACH,
    GRAMMAR,
    LEAF,
    PLAIN,
    STREAM,
    STREAMS,
    WORDS,
)
from safeshare.cleaning.pdf_streams import clean_stream, name_of

_WITH_STRINGS: Final = frozenset({WORDS, DESCRIBED, "colour", "destination"})
"""A string may be a table of colours, and the name of a destination."""

_WITHOUT_HOLES: Final = frozenset({"note", "layer"})
"""Kinds whose lists readers expect to be whole; in all others the place of each value counts."""

_STAYS_INSIDE: Final = "/GoTo"
"""The one action that is kept: to another page. A link to a site would tell it who reads."""

_NOTES: Final = frozenset(
    {
        *("/Text", "/Link", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine"),
        *("/Highlight", "/Underline", "/Squiggly", "/StrikeOut", "/Caret", "/Stamp", "/Ink"),
        *("/Watermark", "/Widget"),
    }
)
_FIELD: Final = "/Widget"
_HIDDEN: Final = 0x2
"""The flag of a note that is neither shown nor printed (12.5.3)."""

_DRAWINGS: Final = frozenset({"/Form", "/Image"})
_COUNTED: Final = frozenset({"/Length"})
"""What qpdf itself keeps true of a stream."""

_PROFILE: Final = "/ICCBased"
_DEVICES: Final = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}


def prune(document: Any) -> None:
    """Leave of a document what the grammar lists.

    Raises RefusedError where a picture in it cannot be read, PdfError where something else cannot.
    """
    _Pruner({page.obj.objgen for page in document.pages}).prune(document.Root)


class _Pruner:
    """Goes through a document by its keys; through each object once for each kind it is led to as.

    An object that two ways lead to as two kinds keeps only what both of them list.
    """

    def __init__(self, pages: set[tuple[int, int]]) -> None:
        self._pages = pages
        self._waiting: list[tuple[Any, str]] = []
        self._seen: set[tuple[tuple[int, int], str]] = set()

    def prune(self, root: Any) -> None:
        """Everything from here on."""
        self._waiting.append((root, "catalog"))
        while self._waiting:
            held, kind = self._waiting.pop()
            if held.is_indirect:
                if (held.objgen, kind) in self._seen:
                    continue
                self._seen.add((held.objgen, kind))
            if isinstance(held, pikepdf.Array):
                self._prune_list(held, kind)
            else:
                self._prune_keys(held, kind)

    def _prune_list(self, held: Any, kind: str) -> None:
        inside = LEAF if kind == "destination" else kind
        for at in reversed(range(len(held))):
            value = held[at]
            kept = self._kept(value, inside)
            if kept is None and kind in _WITHOUT_HOLES:
                del held[at]
            elif kept is not value:
                held[at] = kept

    def _prune_keys(self, held: Any, kind: str) -> None:
        is_stream = isinstance(held, pikepdf.Stream)
        kind_of = _kinds_of(kind, is_stream=is_stream)
        for key in set(held.keys()) - _COUNTED:
            value = held[key]
            kept = self._kept(value, kind_of(key))
            if kept is None:
                del held[key]
            elif kept is not value:
                held[key] = kept
        if is_stream:
            clean_stream(held, kind)

    def _kept(self, value: Any, kind: str | None) -> Any:
        """The value, or what stands for it, or None. What is inside it waits for its turn."""
        if kind is None:
            return None
        if isinstance(value, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream):
            value = _JUDGES.get(kind, _as_it_is)(value)
            return value if value is None or self._goes_on(value, kind) else None
        if isinstance(value, pikepdf.String):
            is_path = kind == DESCRIBED and names_a_file(str(value))
            return value if kind in _WITH_STRINGS and not is_path else None
        return value

    def _goes_on(self, value: Any, kind: str) -> bool:
        """Whether something that holds more may stay."""
        if kind == LEAF:
            return value.is_indirect and value.objgen in self._pages
        if kind == "element" and self._is_of_a_lost_page(value):
            return False
        if isinstance(value, pikepdf.Stream) and kind not in STREAMS:
            return False
        if kind in {PLAIN, WORDS, DESCRIBED} and not isinstance(value, pikepdf.Array):
            return False
        if not isinstance(value, pikepdf.Name):
            self._waiting.append((value, kind))
        return True

    def _is_of_a_lost_page(self, element: Any) -> bool:
        if not isinstance(element, pikepdf.Dictionary) or "/Pg" not in element:
            return False
        return self._kept(element["/Pg"], LEAF) is None


def _kinds_of(kind: str, *, is_stream: bool) -> Callable[[str], str | None]:
    """What the value of each key is. How a button is drawn may be one picture, or one for each of
    its states.
    """
    if kind == "drawn":
        kind = "drawing" if is_stream else EACH + "drawing"
    if kind.startswith(EACH):
        return lambda _key: kind.removeprefix(EACH)
    return {**GRAMMAR[kind], **(STREAM if is_stream else {})}.get


def _as_it_is(value: Any) -> Any:
    return value


def _action(action: Any) -> Any:
    is_still = isinstance(action, pikepdf.Dictionary) and name_of(action.get("/S")) == _STAYS_INSIDE
    return action if is_still else None


def _note(note: Any) -> Any:
    """Drop notes that carry files, sounds or films or that are never shown, and who wrote the
    others. In a field of a form /T is the field's own name, and a field need not have a place.
    """
    if not isinstance(note, pikepdf.Dictionary):
        return note
    subtype = name_of(note.get("/Subtype"))
    flags: Any = note.get("/F")
    is_hidden = isinstance(flags, int) and flags & _HIDDEN
    if is_hidden or (subtype and subtype not in _NOTES):
        return None
    if subtype not in {"", _FIELD} and "/T" in note:
        del note["/T"]
    return note


def _drawing(drawing: Any) -> Any:
    """A picture or a form, and no program in PostScript."""
    if not isinstance(drawing, pikepdf.Stream):
        return drawing
    return drawing if name_of(drawing.get("/Subtype")) in _DRAWINGS | {""} else None


def _colour(colour: Any) -> Any:
    """Plain colours for those of a profile, which tells of a camera or screen, and a day."""
    if not isinstance(colour, pikepdf.Array) or not len(colour) or colour[0] != _PROFILE:
        return colour
    profile = colour[1] if len(colour) > 1 else None
    if not isinstance(profile, pikepdf.Stream) or profile.get("/N") not in _DEVICES:
        return None
    return pikepdf.Name(_DEVICES[int(profile["/N"])])


_JUDGES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "action": _action,
    "note": _note,
    "drawing": _drawing,
    "drawn": _drawing,
    "colour": _colour,
}
