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

_HYPERLINK: Final = "/hyperlink"
_MARKED: Final = re.compile(r"""[&<>"'\n\r\t]""")
"""What has to be written otherwise. Most values and texts hold none of it."""


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

    parse(part, start=note)
    return frozenset(found)


def clean_types(part: bytes, kept: Collection[str]) -> bytes:
    """The list of content types, for the parts that stay."""
    writer = Writer()

    def start(name: str, attributes: dict[str, str]) -> None:
        target = attributes.get("PartName", "").lstrip("/")
        writer.start(name, attributes, drop=bool(target) and target not in kept)

    parse(part, start=start, end=writer.end, text=writer.text)
    return writer.written()


def clean_relationships(part: bytes, folder: str, kept: Collection[str]) -> Relationships:
    """The relationships of one part that lead to parts that stay. `folder` is the part's own."""
    writer, gone, links = Writer(), set(), set()

    def start(name: str, attributes: dict[str, str]) -> None:
        stays = "Target" not in attributes or _leads_to_a_part(attributes, folder, kept)
        if not stays:
            gone.add(attributes.get("Id", ""))
            if attributes.get("Type", "").endswith(_HYPERLINK):
                links.add(attributes.get("Id", ""))
        writer.start(name, attributes, drop=not stays)

    parse(part, start=start, end=writer.end, text=writer.text)
    return Relationships(writer.written(), frozenset(gone), frozenset(links))


def _leads_to_a_part(attributes: Mapping[str, str], folder: str, kept: Collection[str]) -> bool:
    if attributes.get("TargetMode", "") == "External":
        return False
    target = attributes["Target"].partition("#")[0]
    path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
    return posixpath.normpath(path) in kept


class Writer:
    """Writes XML as it is read, and leaves out whole elements."""

    def __init__(self) -> None:
        self._out = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n']
        self._dropping = 0

    def start(self, name: str, attributes: Mapping[str, str], *, drop: bool = False) -> None:
        """An element begins; where it is dropped, all that is in it is dropped too."""
        if drop or self._dropping:
            self._dropping += 1
            return
        told = "".join([f" {key}={_quoted(value)}" for key, value in attributes.items()])
        self._out.append(f"<{name}{told}>")

    def end(self, name: str) -> None:
        """An element ends."""
        if self._dropping:
            self._dropping -= 1
            return
        self._out.append(f"</{name}>")

    def text(self, text: str) -> None:
        """Words stand in the element that is open."""
        if not self._dropping:
            self._out.append(escape(text) if _MARKED.search(text) else text)

    def written(self) -> bytes:
        """The whole part."""
        return "".join(self._out).encode("utf-8")


def _quoted(value: str) -> str:
    return quoteattr(value) if _MARKED.search(value) else f'"{value}"'


def _refuse_type(*_declared: object) -> None:
    raise RefusedError(Refusal.DAMAGED)


def _nothing(*_told: object) -> None:
    """What is not asked for is passed over."""


def parse(
    part: bytes,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] = _nothing,
    text: Callable[[str], None] = _nothing,
) -> None:
    """Read a part, and tell of each element and text. RefusedError where it is not well formed."""
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
