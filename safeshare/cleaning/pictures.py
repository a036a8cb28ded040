"""Pictures drawn anew from their points alone: no EXIF, GPS, XMP, comment, thumbnail or trailer.

What the picture shows is left as it is; nobody can clean that by program.
"""

import io
import struct
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Final

from PIL import Image, ImageOps

from safeshare.cleaning.kinds import LARGEST_FILE, FileKind, Refusal, RefusedError

MOST_POINTS: Final = 50_000_000
"""The best telephones' cameras make 48 million; each takes 3 or 4 bytes, twice while turned."""

_QUALITY: Final = 90
_BROKEN: Final = (OSError, SyntaxError, ValueError, EOFError, struct.error)
"""What Pillow and its decoders raise over a file that is no picture, or is cut off."""

_LOADED_LATE: Final = (
    "MpoImagePlugin",
    "TiffImagePlugin",
)
"""What Pillow itself would load only while it reads a picture."""

_DECODERS: Final = {
    FileKind.JPEG: ("JPEG",),
    FileKind.PNG: ("PNG",),
    FileKind.HEIC: ("HEIF",),
}


def cleaner(kind: FileKind | None) -> Callable[[bytes], tuple[FileKind, bytes]]:
    """What cleans a picture of a kind, with its decoder loaded while files may still be opened.

    Raises RefusedError for a HEIC picture where the optional decoder is not installed.
    """
    Image.preinit()
    for name in _LOADED_LATE:
        import_module(f"PIL.{name}")
    wanted = kind or FileKind.JPEG
    if wanted is FileKind.HEIC:
        try:
            import_module("pillow_heif").register_heif_opener(thumbnails=False)
        except ImportError:
            raise RefusedError(Refusal.NO_HEIC) from None
    return lambda data: clean_picture(data, wanted)


def clean_picture(data: bytes, kind: FileKind) -> tuple[FileKind, bytes]:
    """The picture the right way up, as PNG where it was one, else as JPEG.

    Raises RefusedError where it is damaged, has too many points, or grows beyond the largest file.
    """
    opened = _opened(data, _DECODERS[kind])
    if opened.width * opened.height > MOST_POINTS or not opened.width * opened.height:
        raise RefusedError(Refusal.TOO_COMPLEX)
    _load(opened)
    _turn_upright(opened)
    cleaned = _saved(_plain(opened, is_png=kind is FileKind.PNG), is_png=kind is FileKind.PNG)
    if len(cleaned) > LARGEST_FILE:
        raise RefusedError(Refusal.TOO_LARGE)
    return (FileKind.PNG if kind is FileKind.PNG else FileKind.JPEG), cleaned


def redraw_inside(data: bytes, form: str) -> bytes:
    """A picture from inside a document, in the same format (JPEG or PNG)."""
    kind = FileKind.JPEG if form == "JPEG" else FileKind.PNG
    return clean_picture(data, kind)[1]


def _opened(data: bytes, formats: tuple[str, ...]) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=formats)
    except Image.DecompressionBombError:
        raise RefusedError(Refusal.TOO_COMPLEX) from None
    except _BROKEN:
        raise RefusedError(Refusal.DAMAGED) from None


def _load(picture: Image.Image) -> None:
    try:
        picture.load()
    except _BROKEN:
        raise RefusedError(Refusal.DAMAGED) from None


def _turn_upright(picture: Image.Image) -> None:
    """Turn it as its notes say. Where they are broken, whoever took it sees it unturned too."""
    with suppress(*_BROKEN):
        ImageOps.exif_transpose(picture, in_place=True)


def _plain(picture: Image.Image, *, is_png: bool) -> Image.Image:
    """The points in a mode without palette; whatever came with them stays behind."""
    has_alpha = "A" in picture.mode or "transparency" in picture.info
    wanted = "RGBA" if is_png and has_alpha else "RGB"
    if picture.mode in {"L", "1"} and not has_alpha:
        wanted = "L"
    drawn = picture if picture.mode == wanted else picture.convert(wanted)
    drawn.info = {}
    return drawn


def _saved(picture: Image.Image, *, is_png: bool) -> bytes:
    kept = io.BytesIO()
    if is_png:
        picture.save(kept, "PNG", compress_level=6)
    else:
        picture.save(kept, "JPEG", quality=_QUALITY)
    return kept.getvalue()
