"""DOCX, XLSX and PPTX files packed anew, without the parts and attributes that name people.

The format is ECMA-376 (Office Open XML): a ZIP file of parts, each with a file of relationships.
"""

import codecs
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from safeshare.cleaning.kinds import LARGEST_FILE, MIB, FileKind, Refusal, RefusedError
from safeshare.cleaning.office_parts import clean_part
from safeshare.cleaning.office_xml import (
    Relationships,
    clean_relationships,
    clean_types,
    read_types,
)
from safeshare.cleaning.pictures import cleaner as picture_cleaner
from safeshare.cleaning.pictures import redraw_inside

MOST_PARTS: Final = 5000
MOST_UNPACKED: Final = 150 * MIB
LARGEST_PART: Final = 48 * MIB

_TYPES: Final = "[Content_Types].xml"
_MAIN: Final = "application/vnd.openxmlformats-officedocument."
_KINDS: Final = {
    f"{_MAIN}wordprocessingml.document.main+xml": FileKind.DOCX,
    f"{_MAIN}spreadsheetml.sheet.main+xml": FileKind.XLSX,
    f"{_MAIN}presentationml.presentation.main+xml": FileKind.PPTX,
    f"{_MAIN}presentationml.slideshow.main+xml": FileKind.PPTX,
}
_FOLDERS: Final = {FileKind.DOCX: "word/", FileKind.XLSX: "xl/", FileKind.PPTX: "ppt/"}

_MACROS: Final = re.compile(r"vbaProject|vbaData|macrosheets/|activeX/|\.bin$", re.IGNORECASE)
_MACRO_TYPE: Final = re.compile(r"macroEnabled|vbaProject", re.IGNORECASE)
_DROPPED: Final = re.compile(
    r"^(docProps/|customXml/|customUI/|_xmlsignatures/|package/)"
    r"|/(embeddings|externalLinks|printerSettings|ctrlProps|persons|threadedComments|customXml"
    r"|webextensions|queryTables|revisions|tags|userCustomization)/"
    r"|/(people|commentsIds|commentsExtended|commentsExtensible|connections|webSettings|calcChain"
    r"|recipientData|documentTasks\d*|metadata|changesInfos/[^/]*)\.xml$",
    re.IGNORECASE,
)
_PICTURES: Final = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
_KEPT_AS_IT_IS: Final = frozenset({".emf", ".wmf", ".gif"})
_XML: Final = frozenset({".xml", ".vml"})
_RELATIONSHIPS: Final = ".rels"
_ENCRYPTED, _NEVER_AGE = 0x1, (1980, 1, 1, 0, 0, 0)


def cleaner(_kind: FileKind | None) -> Callable[[bytes], tuple[FileKind, bytes]]:
    """What cleans an Office file, the pictures within it too."""
    picture_cleaner(None)
    codecs.lookup("cp437")  # Names of parts are in it, and it would be loaded only then.
    return clean_office


def clean_office(data: bytes) -> tuple[FileKind, bytes]:
    """The kind of an Office file, and the file packed anew.

    Raises RefusedError where it is some other archive, is locked or damaged, unpacks to too much,
    or carries macros.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = _judged(package, len(data))
            kind = _kind_of(package, names)
            cleaned = _packed(dict(_parts(package, names, kind)))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
        raise RefusedError(Refusal.DAMAGED) from None
    if len(cleaned) > LARGEST_FILE:
        raise RefusedError(Refusal.TOO_LARGE)
    return kind, cleaned


def _judged(package: zipfile.ZipFile, size: int) -> list[str]:
    """The names of the parts. Refuses bombs, locks, doubles, and names that lead elsewhere."""
    parts = [one for one in package.infolist() if not one.filename.endswith("/")]
    names = [one.filename for one in parts]
    if any(one.flag_bits & _ENCRYPTED for one in parts):
        raise RefusedError(Refusal.LOCKED)
    too_much = sum(one.file_size for one in parts) > MOST_UNPACKED or len(parts) > MOST_PARTS
    if too_much or any(one.file_size > LARGEST_PART for one in parts):
        raise RefusedError(Refusal.TOO_COMPLEX)
    overlaps = sum(one.compress_size for one in parts) > size
    outside = any(one.header_offset < 0 for one in parts)
    if overlaps or outside or len({one.lower() for one in names}) < len(names):
        raise RefusedError(Refusal.DAMAGED)
    if any(one.startswith("/") or ".." in one.split("/") or "\\" in one for one in names):
        raise RefusedError(Refusal.DAMAGED)
    return names


def _kind_of(package: zipfile.ZipFile, names: list[str]) -> FileKind:
    if _TYPES not in names:
        raise RefusedError(Refusal.ARCHIVE)
    types = read_types(package.read(_TYPES))
    if any(_MACRO_TYPE.search(one) for one in types) or any(_is_macro(one) for one in names):
        raise RefusedError(Refusal.MACROS)
    kinds = {_KINDS[one] for one in types if one in _KINDS}
    if len(kinds) != 1:
        raise RefusedError(Refusal.ARCHIVE if not kinds else Refusal.SEVERAL_KINDS)
    return kinds.pop()


def _is_macro(name: str) -> bool:
    return bool(_MACROS.search(name)) and not _DROPPED.search(name)


def _parts(
    package: zipfile.ZipFile, names: list[str], kind: FileKind
) -> Iterator[tuple[str, bytes]]:
    """Every part that stays, cleaned. What has no known form stays behind."""
    kept = {one for one in names if _stays(one, kind)}
    links = {
        one: clean_relationships(package.read(one), _folder_of(one), kept)
        for one in sorted(kept)
        if one.endswith(_RELATIONSHIPS)
    }
    yield _TYPES, clean_types(package.read(_TYPES), kept)
    for name in sorted(kept - {_TYPES}):
        if name in links:
            yield name, links[name].written
            continue
        yield name, _cleaned(name, package.read(name), _links_of(name, links))


def _stays(name: str, kind: FileKind) -> bool:
    if name in {_TYPES, "_rels/.rels"}:
        return True
    if _DROPPED.search(name) or not name.startswith(_FOLDERS[kind]):
        return False
    ending = posixpath.splitext(name)[1].lower()
    is_known = ending in _XML | {_RELATIONSHIPS} | _PICTURES.keys() | _KEPT_AS_IT_IS
    return is_known and not _DROPPED.search(_source_of(name))


def _source_of(name: str) -> str:
    """The part that a file of relationships belongs to; other parts belong to themselves."""
    if not name.endswith(_RELATIONSHIPS):
        return name
    folder, file = posixpath.split(name)
    return posixpath.join(posixpath.dirname(folder), file.removesuffix(_RELATIONSHIPS))


def _folder_of(relationships: str) -> str:
    return posixpath.dirname(_source_of(relationships))


def _links_of(name: str, links: Mapping[str, Relationships]) -> Relationships:
    folder, file = posixpath.split(name)
    return links.get(posixpath.join(folder, "_rels", file + _RELATIONSHIPS), Relationships.none())


def _cleaned(name: str, part: bytes, links: Relationships) -> bytes:
    ending = posixpath.splitext(name)[1].lower()
    if ending in _XML:
        return clean_part(part, links)
    if ending in _PICTURES:
        return redraw_inside(part, _PICTURES[ending])
    return part


def _packed(parts: Mapping[str, bytes]) -> bytes:
    """A new ZIP file: no times, no comments, no extra fields, the list of types first."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, _NEVER_AGE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            package.writestr(entry, part)
    return kept.getvalue()
