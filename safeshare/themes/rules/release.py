"""What of a period's counts leaders may see.

`DisclosureControl` is the seam: the simple rule here judges each cell by itself. It stands between
the counts and the table, and a release is built by whichever control is handed in.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from safeshare.themes.rules.vocabulary import Vocabulary

FEWEST_SHOWN = 5
"""Counts under this are withheld, zero among them: zero against "1 to 4" would tell a small team
that somebody spoke up."""

ROUNDED_TO = 5

WITHHELD = None
"""The one marker for every withheld cell, whatever the reason."""


@dataclass(frozen=True, slots=True)
class Counts:
    """True counts of distinct cases. Never leaves the worker."""

    total: int
    groups: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Table:
    """What may be shown: `None` is withheld. Rows stand in the order of the vocabulary."""

    total: int | None
    groups: tuple[tuple[str, int | None], ...]

    @property
    def shows_something(self) -> bool:
        """Whether any cell is shown. A period that shows nothing is joined to the next."""
        return self.total is not None or any(shown is not None for _, shown in self.groups)


DisclosureControl = Callable[[Counts], Table]
"""Turns true counts into what may be shown."""


def count_cases(vocabulary: Vocabulary, facts: Iterable[tuple[object, str]]) -> Counts:
    """Counts each case (first of the pair) once in total and once in each group of its themes.

    Every group has a count, zero included. A theme that has left the vocabulary counts in total
    only.
    """
    episodes: set[object] = set()
    in_groups: dict[str, set[object]] = {group.code: set() for group in vocabulary.groups}
    for episode, theme in facts:
        episodes.add(episode)
        group = vocabulary.group_of.get(theme)
        if group is not None:
            in_groups[group].add(episode)
    return Counts(len(episodes), {group: len(found) for group, found in in_groups.items()})


def shown(count: int) -> int | None:
    """A count as leaders may see it: withheld under 5, else rounded half-up to 5."""
    if count < FEWEST_SHOWN:
        return WITHHELD
    return (2 * count + ROUNDED_TO) // (2 * ROUNDED_TO) * ROUNDED_TO


def cell_by_cell(counts: Counts) -> Table:
    """The simple control: each cell by itself, the total rounded on its own."""
    groups = tuple((code, shown(count)) for code, count in counts.groups.items())
    return Table(shown(counts.total), groups)


def stored_table(table: Table) -> dict[str, Any]:
    """The table as plain JSON for the frozen release."""
    return {"total": table.total, "groups": [[code, cell] for code, cell in table.groups]}


def table_stored(plain: Mapping[str, Any]) -> Table:
    """The table of a frozen release."""
    return Table(plain["total"], tuple((code, cell) for code, cell in plain["groups"]))
