"""The hand-written material that stories are told from, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from safeshare.kernel.parsed import Parsed, table_at, tables_at, text_at, texts_at

_DATA = Path(__file__).resolve().parent / "data"

_FAMILIES = {
    "hurt": ("BUL", "HAR", "BAN", "VIC", "SXH", "RAC", "MIS", "HOM", "SOC"),
    "unfair": ("PRO", "DIS", "ABL", "LED", "OTH"),
    "low": ("WEL",),
    "harm": ("CHI", "ADU", "DOM", "SXA"),
}
"""Which sentences can stand beside which theme; the others are about something done wrong."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One kind of thing that happens, in blocks that can be put together in many ways.

    `voice` is "me" or "other"; `speaker` limits the reporter's first names where the text tells
    something of them; `about` are the form's codes of people who otherwise deal with concerns.
    """

    theme: str
    also: tuple[str, ...]
    family: str
    voice: str
    stakes: tuple[str, ...]
    speaker: str | None
    settings: tuple[str, ...]
    relationship: str | None
    who: str | None
    about: tuple[str, ...]
    risk: str | None
    start: tuple[str, ...]
    then: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a reporter works, and the words for it there."""

    words: Mapping[str, str]
    relationships: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A handler's question, and an answer to it. Without `voice` it suits every reporter."""

    family: str
    voice: str | None
    ask: str
    answer: str


@cache
def source(name: str) -> Parsed:
    """One of the files in `data`, parsed."""
    with (_DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def situations() -> tuple[Situation, ...]:
    """Every situation, in the order of the files."""
    files = sorted(path.stem for path in (_DATA / "situations").glob("*.toml"))
    return tuple(
        _situation(table)
        for name in files
        for table in tables_at(source(f"situations/{name}"), "situation")
    )


def _situation(table: Parsed) -> Situation:
    theme, voice = text_at(table, "theme"), text_at(table, "voice")
    return Situation(
        theme=theme,
        also=texts_at(table, "also"),
        family=text_at(table, "family", _family_of(theme)),
        voice=voice,
        stakes=texts_at(table, "stakes") or (("me",) if voice == "me" else ("saw", "someone_else")),
        speaker=table.get("speaker"),
        settings=texts_at(table, "settings"),
        relationship=table.get("relationship"),
        who=table.get("who"),
        about=texts_at(table, "about"),
        risk=table.get("risk"),
        start=texts_at(table, "start"),
        then=tuple(tuple(choices) for choices in table["then"]),
    )


def _family_of(theme: str) -> str:
    return next((family for family, themes in _FAMILIES.items() if theme in themes), "wrong")


@cache
def settings() -> Mapping[str, Setting]:
    """Where reporters work, by key."""
    tables = table_at(source("slots"), "setting")
    return {
        key: Setting(
            words={word: text for word, text in table.items() if isinstance(text, str)},
            relationships=texts_at(table, "relationships"),
        )
        for key, table in tables.items()
    }


@cache
def questions() -> tuple[Question, ...]:
    """What handlers ask before they decide how to go on."""
    return tuple(
        Question(text_at(q, "for"), q.get("voice"), text_at(q, "ask"), text_at(q, "answer"))
        for q in tables_at(source("messages"), "question")
    )


@cache
def texts(file: str, *path: str) -> tuple[str, ...]:
    """A list of texts by its path within a file; empty where there is none."""
    table = source(file)
    for key in path[:-1]:
        table = table_at(table, key)
    return texts_at(table, path[-1])
