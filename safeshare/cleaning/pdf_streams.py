"""What stands in the streams of a PDF beside what is drawn: comments, and notes in photographs."""

import re
import zlib
from typing import Any, Final

import pikepdf

from safeshare.cleaning.jpeg_segments import without_descriptions
from safeshare.cleaning.kinds import LARGEST_FILE, Refusal, RefusedError

_JPEG: Final = frozenset({"/DCTDecode", "/DCT"})
_DEFLATED: Final = frozenset({"/FlateDecode", "/Fl"})

_DRAWN_BY_WORDS: Final = frozenset({"content", "pattern", "drawing", "drawn"})
_CALCULATED: Final = 4
"""The type of a function that is a program in PostScript (7.10.5)."""
_IMAGE: Final = "/Image"

_TOLD: Final = frozenset({b"/ActualText", b"/Alt", b"/E", b"/Lang"})
"""The properties that a reader needs as words, to read the page aloud."""
_STRING: Final = rb"\((?:[^()\\]|\\.)*\)"
_SHOWN: Final = re.compile(_STRING, re.DOTALL)
_HARMLESS: Final = re.compile(
    rb"<<(?:[^<>()%]|(?:"
    + b"|".join(sorted(_TOLD))
    + rb")\s*(?:"
    + _STRING
    + rb"|<[0-9A-Fa-f\s]*>))*>>",
    re.DOTALL,
)
"""A list of a marked part's properties that holds no other string than these."""
_INLINE_IMAGE: Final = re.compile(rb"\bID\b")

_RUN: Final = rb"(?:[^(%B]++|B(?!I\b)|\((?:[^()\\]++|\\.)*+\))"
"""What is drawn, up to where a comment begins, a picture, or a string that has brackets in it."""
_COMMENT: Final = rb"%[^\r\n]*+"
_PLAIN: Final = re.compile(rb"(?:" + _RUN + rb"|" + _COMMENT + rb")*+", re.DOTALL)
_DRAWN: Final = re.compile(rb"(" + _RUN + rb"*+)(?:" + _COMMENT + rb")?+", re.DOTALL)

_NO_TOKEN: Final = pikepdf.Token(pikepdf.TokenType.space, b"")


def clean_stream(held: Any, kind: str) -> None:
    """Take out of a stream what nobody is shown.

    Raises RefusedError where a picture is packed so that it cannot be read, PdfError where
    something else cannot.
    """
    packing = _filters(held)
    if packing and packing[-1] in _JPEG:
        _clean_photograph(held, packing[:-1])
    elif kind in _DRAWN_BY_WORDS and held.get("/Subtype") != _IMAGE:
        _clean_words(held, b"%", b"<<")
    elif kind == "encoding" or held.get("/FunctionType") == _CALCULATED:
        _clean_words(held, b"%")


def _clean_photograph(held: Any, packing: list[str]) -> None:
    """A photograph in a PDF is a whole JPEG, and may say where it was taken."""
    drawn = without_descriptions(_unpacked(held.read_raw_bytes(), packing))
    if drawn is None:
        raise RefusedError(Refusal.DAMAGED)
    held.write(drawn, filter=pikepdf.Name("/DCTDecode"))


def _filters(held: Any) -> list[str]:
    named = held.get("/Filter")
    if isinstance(named, pikepdf.Array):
        return [name_of(one) for one in named]
    return [name_of(named)] if named is not None else []


def name_of(value: Any) -> str:
    """A name of the format; nothing for a value that is none. It need not be UTF-8."""
    return value.unparse().decode("latin-1") if isinstance(value, pikepdf.Name) else ""


def _unpacked(data: bytes, packing: list[str]) -> bytes:
    """What was packed once more over the picture. No program but a hider's packs it otherwise."""
    for one in packing:
        if one not in _DEFLATED:
            raise RefusedError(Refusal.DAMAGED)
        try:
            data = zlib.decompressobj().decompress(data, LARGEST_FILE)
        except zlib.error:
            raise RefusedError(Refusal.DAMAGED) from None
    return data


def _clean_words(held: Any, *signs: bytes) -> None:
    """Drop comments, and strings in lists of properties but those that are read aloud.

    Most streams have neither, and are left as they are packed. Programs that draw plans write a
    comment for each layer, and these go at once: to go through a stream token by token takes a
    second for each million bytes.
    """
    words = held.read_bytes()
    if not _has(signs, words):
        return
    if _PLAIN.fullmatch(words):
        words = b"".join(_DRAWN.findall(words))
        held.write(words)
        if not _has(signs, words):
            return
    page = pikepdf.Page(pikepdf.Dictionary(Type=pikepdf.Name.Page, Contents=held))
    held.write(page.get_filtered_contents(_Shown(has_properties=len(signs) > 1)))


def _has(signs: tuple[bytes, ...], words: bytes) -> bool:
    left = _unshown(words)
    return any(sign in left for sign in signs)


def _unshown(words: bytes) -> bytes:
    """The words without what is surely no comment and no hidden string. Points of a picture may
    look like a string's beginning, so that nothing is sure beside them.
    """
    left = _HARMLESS.sub(b"", words)
    return left if _INLINE_IMAGE.search(words) else _SHOWN.sub(b"", left)


class _Shown(pikepdf.TokenFilter):
    """Passes on what is drawn."""

    def __init__(self, *, has_properties: bool) -> None:
        super().__init__()
        self._has_properties = has_properties
        self._depth, self._key = 0, b""

    def handle_token(self, token: pikepdf.Token = _NO_TOKEN) -> pikepdf.Token | None:
        """The token, an empty string in its place, or nothing for a comment."""
        match token.type_:
            case pikepdf.TokenType.comment:
                return None
            case pikepdf.TokenType.dict_open:
                self._depth += 1
            case pikepdf.TokenType.dict_close:
                self._depth -= 1
            case pikepdf.TokenType.name_:
                self._key = token.raw_value
            case pikepdf.TokenType.string if self._is_hidden():
                return pikepdf.Token(pikepdf.TokenType.string, b"")
        return token

    def _is_hidden(self) -> bool:
        return self._has_properties and self._depth > 0 and self._key not in _TOLD
