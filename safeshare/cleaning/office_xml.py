"""The XML inside Office files, read and written again without what names people.

Names keep their prefixes, since other attributes of the format refer to prefixes as text. A
document type declaration is refused: Office writes none, and entities could swell without end.
"""

import posixpath
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from safeshare.cleaning.kinds import Refusal, RefusedError

_NOBODY: Final = "-"
_HYPERLINK: Final = "/hyperlink"
_LINKS: Final = "relationships"

_DROPPED_ELEMENTS: Final = frozenset(
    {
        "absPath",
        "attachedTemplate",
        "calculatedColumnFormula",
        "connection",
        "controls",
        "customXml",
        "dataBinding",
        "docVars",
        "externalData",
        "externalReferences",
        "fileSharing",
        "hlinkClick",
        "hlinkHover",
        "hlinkMouseOver",
        "hyperlinks",
        "mailMerge",
        "oleObjects",
        "revisionPtr",
        "rsids",
        "totalsRowFormula",
        "userProtectedRanges",
        "webVideoPr",
    }
)
_KEEPS_CHILDREN: Final = frozenset({"customXml"})
"""Elements that only wrap the text: they go, and what stands in them stays."""

_DROPPED_ATTRIBUTES: Final = frozenset(
    {
        "althref",
        "cNvPrId",
        "creationId",
        "date",
        "dateTime",
        "dateUtc",
        "dt",
        "docLocation",
        "href",
        "lastModifiedBy",
        "modId",
        "paraId",
        "providerId",
        "src",
        "textId",
        "uid",
        "userId",
        "userName",
    }
)
_NAMING_ATTRIBUTES: Final = frozenset({"author", "initials"})
_NAMED: Final = {"cmAuthor": ("name", "initials"), "author": ("name", "initials")}
_NAMING_TEXTS: Final = frozenset({"author"})
_FIELD_CODES: Final = frozenset({"instrText", "delInstrText"})
_FIELD_CODE: Final = "instr"
_KEPT_CODE: Final = re.compile(
    r"\s*((PAGE|NUMPAGES|SECTIONPAGES)\s*(\\\*\s*MERGEFORMAT\s*)?)?", re.IGNORECASE
)
"""All else goes, whatever it says: a code may be spread over many elements. Its result stays."""

_FORMULAS: Final = frozenset({"definedName", "f", "formula", "formula1", "formula2"})
_CELL: Final = "c"
_CHARTED: Final = frozenset({"numRef", "strRef", "multiLvlStrRef"})
_CALL: Final = "("
_NOTHING: Final = "0"
"""What a formula becomes that calls anything: some functions ask an address when a sheet is opened.
Those of cells go altogether, and their values stay.
"""


@dataclass(frozen=True, slots=True)
class Relationships:
    """A part's relationships after cleaning. `gone` are the ids that lead nowhere any more, and
    `links` those of them that led to an address that somebody can click.
    """

    written: bytes
    gone: frozenset[str]
    links: frozenset[str]

    @classmethod
    def none(cls) -> "Relationships":
        """Of a part without any."""
        return cls(b"", frozenset(), frozenset())


def read_types(part: bytes) -> frozenset[str]:
    """Every content type that a package names."""
    found: set[str] = set()

    def note(_name: str, attributes: dict[str, str]) -> None:
        found.add(attributes.get("ContentType", ""))

    _parse(part, start=note)
    return frozenset(found)


def clean_types(part: bytes, kept: Collection[str]) -> bytes:
    """The list of content types, for the parts that stay."""
    writer = _Writer()

    def start(name: str, attributes: dict[str, str]) -> None:
        target = attributes.get("PartName", "").lstrip("/")
        writer.start(name, attributes, drop=bool(target) and target not in kept)

    _parse(part, start=start, end=writer.end, text=writer.text)
    return writer.written()


def clean_relationships(part: bytes, folder: str, kept: Collection[str]) -> Relationships:
    """The relationships of one part that lead to parts that stay. `folder` is the part's own."""
    writer, gone, links = _Writer(), set(), set()

    def start(name: str, attributes: dict[str, str]) -> None:
        stays = "Target" not in attributes or _leads_to_a_part(attributes, folder, kept)
        if not stays:
            gone.add(attributes.get("Id", ""))
            if attributes.get("Type", "").endswith(_HYPERLINK):
                links.add(attributes.get("Id", ""))
        writer.start(name, attributes, drop=not stays)

    _parse(part, start=start, end=writer.end, text=writer.text)
    return Relationships(writer.written(), frozenset(gone), frozenset(links))


def clean_part(part: bytes, relationships: Relationships) -> bytes:
    """One part of the document without names, times, session numbers and links outward."""
    cleaner = _PartCleaner(relationships)
    _parse(part, start=cleaner.start, end=cleaner.end, text=cleaner.text)
    return cleaner.writer.written()


def _leads_to_a_part(attributes: Mapping[str, str], folder: str, kept: Collection[str]) -> bool:
    if attributes.get("TargetMode", "") == "External":
        return False
    target = attributes["Target"].partition("#")[0]
    path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
    return posixpath.normpath(path) in kept


class _Writer:
    """Writes XML as it is read, and leaves out whole elements."""

    def __init__(self) -> None:
        self._out = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n']
        self._dropping = 0

    def start(self, name: str, attributes: Mapping[str, str], *, drop: bool = False) -> None:
        if drop or self._dropping:
            self._dropping += 1
            return
        told = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
        self._out.append(f"<{name}{told}>")

    def end(self, name: str) -> None:
        if self._dropping:
            self._dropping -= 1
            return
        self._out.append(f"</{name}>")

    def text(self, text: str) -> None:
        if not self._dropping:
            self._out.append(escape(text))

    def written(self) -> bytes:
        """The whole part."""
        return "".join(self._out).encode("utf-8")


class _PartCleaner:
    """What is done to each element of a part of the document."""

    def __init__(self, relationships: Relationships) -> None:
        self.writer = _Writer()
        self._gone, self._links = relationships.gone, relationships.links
        self._linking: set[str] = set()
        self._open: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._note_prefixes(attributes)
        local, parent = _local(name), self._inside()
        self._open.append(local)
        if local in _DROPPED_ELEMENTS and local in _KEEPS_CHILDREN:
            return
        led = self._led_by(attributes)
        is_formula = local == "f" and parent == _CELL
        drop = local in _DROPPED_ELEMENTS or is_formula or bool(led & (self._gone - self._links))
        kept = {
            key: _field_code(value) if _local(key) == _FIELD_CODE else value
            for key, value in attributes.items()
            if not self._is_dropped(key, value)
        }
        self.writer.start(name, _unnamed(local, kept), drop=drop)

    def end(self, name: str) -> None:
        local = self._open.pop()
        if local in _DROPPED_ELEMENTS and local in _KEEPS_CHILDREN:
            return
        self.writer.end(name)

    def text(self, text: str) -> None:
        inside = self._inside()
        if inside in _NAMING_TEXTS and text.strip():
            text = _NOBODY
        elif inside in _FIELD_CODES:
            text = _field_code(text)
        elif inside in _FORMULAS and _CALL in text and not _CHARTED & set(self._open[-2:]):
            text = _NOTHING
        self.writer.text(text)

    def _inside(self) -> str:
        return self._open[-1] if self._open else ""

    def _note_prefixes(self, attributes: Mapping[str, str]) -> None:
        """The prefixes, by default `r`, under which attributes name relationships."""
        for key, value in attributes.items():
            if key.startswith("xmlns:") and value.endswith(f"/{_LINKS}"):
                self._linking.add(key.removeprefix("xmlns:"))

    def _led_by(self, attributes: Mapping[str, str]) -> set[str]:
        return {value for key, value in attributes.items() if self._is_link(key)}

    def _is_link(self, key: str) -> bool:
        prefix, colon, _rest = key.partition(":")
        return bool(colon) and prefix in self._linking

    def _is_dropped(self, key: str, value: str) -> bool:
        local = _local(key)
        if self._is_link(key):
            return value in self._links
        return local.startswith("rsid") or (local in _DROPPED_ATTRIBUTES and key != "name")


def _unnamed(local: str, attributes: dict[str, str]) -> dict[str, str]:
    naming = _NAMING_ATTRIBUTES | frozenset(_NAMED.get(local, ()))
    return {key: _NOBODY if _local(key) in naming else value for key, value in attributes.items()}


def _field_code(code: str) -> str:
    return code if _KEPT_CODE.fullmatch(code) else " "


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_type(*_declared: object) -> None:
    raise RefusedError(Refusal.DAMAGED)


def _nothing(*_told: object) -> None:
    """What is not asked for is passed over."""


def _parse(
    part: bytes,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] = _nothing,
    text: Callable[[str], None] = _nothing,
) -> None:
    reader = expat.ParserCreate()
    reader.buffer_text = True
    reader.StartElementHandler = start
    reader.EndElementHandler = end
    reader.CharacterDataHandler = text
    reader.StartDoctypeDeclHandler = _refuse_type
    try:
        reader.Parse(part, True)
    except expat.ExpatError:
        raise RefusedError(Refusal.DAMAGED) from None
