"""The tree of themes: groups that leaders see, and themes that handlers code with."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from safeshare.kernel.errors import InvalidError, MisconfiguredError
from safeshare.kernel.parsed import Parsed, refuse_twice, tables_at, text_at

MOST_GROUPS = 7
"""More groups would leave most cells of a six-weekly release too small to show (blueprint 7)."""

MOST_THEMES_OF_A_CASE = 6
"""A parcel has one fixed size; this many themes fit, and more would say little."""

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,31}")


@dataclass(frozen=True, slots=True)
class Theme:
    """What a case can be coded with."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """A published group of themes. Its code is also a category of the form."""

    code: str
    label: str
    themes: tuple[Theme, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tree. `group_of` gives the group code of a theme code."""

    groups: tuple[Group, ...]
    group_of: Mapping[str, str]


def load_vocabulary(parsed: Parsed) -> Vocabulary:
    """The tree of a parsed `vocabulary.toml`.

    Raises:
        MisconfiguredError: there are no groups or more than seven, one is empty, a code is not
            one or stands twice.
    """
    groups = tuple(_group(table) for table in tables_at(parsed, "group"))
    if not 1 <= len(groups) <= MOST_GROUPS or not all(group.themes for group in groups):
        raise MisconfiguredError(f"there must be one to {MOST_GROUPS} groups, each with themes")
    refuse_twice(tuple(group.code for group in groups), "group")
    refuse_twice(tuple(theme.code for group in groups for theme in group.themes), "theme")
    group_of = {theme.code: group.code for group in groups for theme in group.themes}
    return Vocabulary(groups, MappingProxyType(group_of))


def _group(table: Parsed) -> Group:
    themes = tuple(Theme(_code(one), text_at(one, "label")) for one in tables_at(table, "themes"))
    return Group(_code(table), text_at(table, "label"), themes)


def _code(table: Parsed) -> str:
    code = text_at(table, "code")
    if not _CODE.fullmatch(code):
        raise MisconfiguredError(f"'{code}' is not a code: letters, digits and _ only")
    return code


def coded_themes(vocabulary: Vocabulary, chosen: Collection[str]) -> tuple[str, ...]:
    """The themes of a case as they are kept: sorted, each once.

    Raises:
        InvalidError: none is chosen, too many are, or one is not in the vocabulary.
    """
    themes = tuple(sorted(set(chosen)))
    if not themes:
        raise InvalidError("theme_missing", field="themes")
    if len(themes) > MOST_THEMES_OF_A_CASE:
        raise InvalidError("too_many_themes", field="themes")
    if not set(themes) <= set(vocabulary.group_of):
        raise InvalidError("unknown_theme", field="themes")
    return themes
