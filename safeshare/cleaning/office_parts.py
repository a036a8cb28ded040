"""What a part of an Office document keeps: its words, and not who wrote or changed them when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from safeshare.cleaning.office_xml import Relationships, Writer, parse
from safeshare.cleaning.paths import names_a_file

_NOBODY: Final = "-"
_LINKS: Final = "relationships"

_DROPPED_ELEMENTS: Final = frozenset(
    {
        "absPath",
        "attachedTemplate",
        "creationId",
        "calculatedColumnFormula",
        "connection",
        "controls",
        "customSheetViews",
        "customWorkbookViews",
        "dataBinding",
        "docId",
        "docVars",
        "documentProtection",
        "externalData",
        "externalReferences",
        "fileSharing",
        "fileVersion",
        "hlinkClick",
        "hlinkHover",
        "hlinkMouseOver",
        "hyperlinks",
        "mailMerge",
        "modId",
        "modifyVerifier",
        "oleObjects",
        "permEnd",
        "permStart",
        "protectedRanges",
        "revisionPtr",
        "rsids",
        "sheetProtection",
        "totalsRowFormula",
        "userProtectedRanges",
        "webVideoPr",
        "workbookProtection",
        "writeProtection",
    }
)
"""Protections go because they keep what a password or an account can be found from."""

_EARLIER: Final = frozenset(
    {
        "cellDel",
        "cellIns",
        "cellMerge",
        "conflictDel",
        "del",
        "delInstrText",
        "delText",
        "moveFrom",
        "numberingChange",
        "pPrChange",
        "rPrChange",
        "sectPrChange",
        "tblGridChange",
        "tblPrChange",
        "tblPrExChange",
        "tcPrChange",
        "trPrChange",
    }
)
"""What a letter was before its tracked changes, which count as accepted."""

_MARKS: Final = re.compile(r"(customXml)?(Ins|Del|MoveFrom|MoveTo|moveFrom|moveTo)Range(Start|End)")
"""Where tracked changes begin and end, with names of those who made them."""

_WRAPPERS: Final = frozenset({"conflictIns", "customXml", "ins", "moveTo"})
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
        "durableId",
        "modId",
        "paraId",
        "providerId",
        "refreshedBy",
        "refreshedDate",
        "refreshedDateIso",
        "securityDescriptor",
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
_SCENARIO: Final = "scenario"
_OF_A_SCENARIO: Final = frozenset({"user", "comment"})
_PICTURES: Final = frozenset({"cNvPr", "docPr", "fill", "imagedata", "shape"})
_DESCRIBING: Final = frozenset({"alt", "descr", "name", "title"})
"""Attributes of pictures, in which programs write what file they were, and where."""

_RUN, _PROPERTIES, _HIDDEN = "r", "rPr", "vanish"
_OF_A_HIDDEN_RUN: Final = frozenset({_PROPERTIES, "fldChar"})
"""The rest of a run that is formatted as hidden goes. Fields must end where they began."""

_MOST_NAMES: Final = 1024
"""A drawing has a million elements, and a few dozen names: each is judged once."""

_OFF: Final = frozenset({"0", "false", "off"})
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


def clean_part(part: bytes, relationships: Relationships) -> bytes:
    """One part of the document without names, times, session numbers and links outward."""
    cleaner = _PartCleaner(relationships)
    parse(part, start=cleaner.start, end=cleaner.end, text=cleaner.text)
    return cleaner.writer.written()


class _PartCleaner:
    """What is done to each element of a part of the document."""

    def __init__(self, relationships: Relationships) -> None:
        self.writer = Writer()
        self._links = relationships.links
        self._lost = relationships.gone - relationships.links
        self._linking: set[str] = set()
        self._open: list[str] = []
        self._hidden_run = 0  # How deep a run lies that is formatted as hidden; 0 for none.

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._note_prefixes(attributes)
        local = _local(name)
        drop = self._goes(local) or self._leads_nowhere(attributes)
        self._open.append(local)
        if local in _WRAPPERS:
            return
        self._note_hiding(local, attributes)
        self.writer.start(name, self._kept(local, attributes), drop=drop)

    def end(self, name: str) -> None:
        if len(self._open) == self._hidden_run:
            self._hidden_run = 0
        if self._open.pop() not in _WRAPPERS:
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

    def _goes(self, local: str) -> bool:
        """Whether an element that begins here is left out with everything in it."""
        if self._hidden_run and len(self._open) == self._hidden_run:
            return local not in _OF_A_HIDDEN_RUN
        if local == "f" and self._inside() == _CELL:
            return True
        return _is_listed(local)

    def _note_hiding(self, local: str, attributes: Mapping[str, str]) -> None:
        """Note that the run that is open hides its text: its properties come before all else."""
        if local == _HIDDEN and self._open[-3:-1] == [_RUN, _PROPERTIES]:
            told = [value for key, value in attributes.items() if _local(key) == "val"]
            if not _OFF.intersection(told):
                self._hidden_run = len(self._open) - 2

    def _inside(self) -> str:
        return self._open[-1] if self._open else ""

    def _note_prefixes(self, attributes: Mapping[str, str]) -> None:
        """The prefixes, by default `r`, under which attributes name relationships."""
        for key, value in attributes.items():
            if key.startswith("xmlns:") and value.endswith(f"/{_LINKS}"):
                self._linking.add(key.removeprefix("xmlns:"))

    def _leads_nowhere(self, attributes: Mapping[str, str]) -> bool:
        if not self._lost:
            return False
        return any(
            value in self._lost and _prefix(key) in self._linking
            for key, value in attributes.items()
        )

    def _kept(self, element: str, attributes: Mapping[str, str]) -> dict[str, str]:
        """The attributes that stay, without names."""
        kept = {}
        for key, value in attributes.items():
            judged = _judged(element, key)
            is_link = _prefix(key) in self._linking
            if value in self._links if is_link else judged.goes:
                continue
            kept[key] = judged.cleaned(value)
        return kept


@dataclass(frozen=True, slots=True)
class _Attribute:
    """What becomes of an attribute that leads to no other part."""

    goes: bool
    names: bool
    is_code: bool
    describes: bool

    def cleaned(self, value: str) -> str:
        """The value, as far as it stays."""
        if self.names:
            return _NOBODY
        if self.is_code:
            return _field_code(value)
        return "" if self.describes and names_a_file(value) else value


@lru_cache(maxsize=_MOST_NAMES)
def _judged(element: str, key: str) -> _Attribute:
    local = _local(key)
    of_a_scenario = element == _SCENARIO and local in _OF_A_SCENARIO
    return _Attribute(
        goes=of_a_scenario or local.startswith("rsid") or local in _DROPPED_ATTRIBUTES,
        names=local in _NAMING_ATTRIBUTES or local in _NAMED.get(element, ()),
        is_code=local == _FIELD_CODE,
        describes=element in _PICTURES and local in _DESCRIBING,
    )


@lru_cache(maxsize=_MOST_NAMES)
def _is_listed(element: str) -> bool:
    return element in _DROPPED_ELEMENTS or element in _EARLIER or bool(_MARKS.fullmatch(element))


def _field_code(code: str) -> str:
    return code if _KEPT_CODE.fullmatch(code) else " "


@lru_cache(maxsize=_MOST_NAMES)
def _local(name: str) -> str:
    return name.rpartition(":")[2]


@lru_cache(maxsize=_MOST_NAMES)
def _prefix(name: str) -> str | None:
    prefix, colon, _rest = name.partition(":")
    return prefix if colon else None
