"""What a thief of the database learns, read from the database alone and without any key.

How each column is kept stands in `docs/data-at-rest.md`, which a test compares with the tables.
This module reads that page, so that what is published and what is printed cannot part. A column
that the page does not name is printed in plain, whatever it holds: nothing can hide by being new.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    cast,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from safeshare.db.session import Database
from safeshare.kernel.errors import MisconfiguredError, NotFoundError
from safeshare.tables import METADATA

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "data-at-rest.md"
MOST_SHOWN: Final = 12
"""Different values of a column that the summary shows; there may be many more."""

_PLAIN: Final = "plain"
_HEADING = re.compile(r"## `(\w+)`")
_LINE = re.compile(r"\| `(\w+)` \| ([^|]+) \| [^|]+ \|")
_NAMES: Final = {"staff_member": "display_name", "queue": "name", "location": "name"}
"""Where a thief looks up whom or what an id means."""

Ways = Mapping[str, Mapping[str, str]]


def read_ways(page: str) -> dict[str, dict[str, str]]:
    """Table to column to how it is kept, such as "plain" or "sealed: compartment key"."""
    found: dict[str, dict[str, str]] = {}
    table = ""
    for line in page.splitlines():
        if heading := _HEADING.fullmatch(line):
            table = heading[1]
            found[table] = {}
        elif row := _LINE.fullmatch(line):
            found[table][row[1]] = row[2].strip()
    return found


def exposure_of_service(database: Database, *, every_row: bool) -> Iterator[str]:
    """Lines about every table: each column, how it is kept, and what stands in it.

    Raises MisconfiguredError where there is no database of ours.
    """
    with _thief(database) as thief:
        for table in thief.tables:
            yield from thief.summary(table)
            if every_row:
                yield from thief.rows(table, None)


def exposure_of_case(database: Database, reference: str) -> Iterator[str]:
    """Lines about every row that leads to one case, in however many steps.

    Raises NotFoundError where no case has the reference, MisconfiguredError as above.
    """
    with _thief(database) as thief:
        ids = thief.ids_of_case(reference)
        without = []
        for table in thief.tables:
            lines = list(thief.rows(table, _naming(table, ids)))
            yield from lines
            if not lines:
                without.append(table.name)
        yield f"No row leads to this case in: {', '.join(without)}"


class _Thief:
    """Somebody with a copy of the database and the published page."""

    def __init__(self, session: Session, ways: Ways) -> None:
        self._session = session
        self._ways = ways

    @cached_property
    def tables(self) -> list[Table]:
        """Every table that is really there, with the program's types where it knows them."""
        there = MetaData()
        there.reflect(bind=self._session.connection())
        if "case" not in there.tables:
            raise MisconfiguredError("This is no database of SafeShare, or it is empty.")
        return [_typed(there.tables[name]) for name in sorted(there.tables)]

    @cached_property
    def names(self) -> dict[str, str]:
        """What ids mean: people, queues and places."""
        found: dict[str, str] = {}
        for table in self.tables:
            if name := _NAMES.get(table.name):
                rows = self._session.execute(select(table.c.id, table.c[name]))
                found |= {str(row[0]): str(row[1]) for row in rows}
        return found

    def ids_of_case(self, reference: str) -> set[UUID]:
        """The ids of a case and of all that hangs on it: rows that name one lead to the case."""
        case = METADATA.tables["case"]
        wanted = reference.strip().upper()
        first = self._session.scalar(select(case.c.id).where(case.c.reference == wanted))
        if first is None:
            raise NotFoundError(f"No case has the reference {reference}.")
        found, newest = {first}, {first}
        while newest:
            newest = set(self._ids_beside(newest)) - found
            found |= newest
        return found

    def _ids_beside(self, ids: set[UUID]) -> Iterator[UUID]:
        for table in self.tables:
            if isinstance(getattr(table.c.get("id"), "type", None), Uuid):
                yield from self._session.scalars(select(table.c.id).where(_naming(table, ids)))

    def summary(self, table: Table) -> Iterator[str]:
        """The columns of a table, each with its different values or its lengths."""
        seen: dict[str, Counter[str]] = {column.name: Counter() for column in table.columns}
        for row in self._read(table, None):
            for name, shown in row.items():
                seen[name][shown] += 1
        number = next(iter(seen.values())).total()
        yield f"\n{table.name}: {number:,} row{'' if number == 1 else 's'}"
        yield from _aligned((name, self._summed(table, name, seen[name])) for name in seen)

    def rows(self, table: Table, which: ColumnElement[bool] | None) -> Iterator[str]:
        """Every row of a table, or those that fit, column by column."""
        for number, row in enumerate(self._read(table, which), start=1):
            yield f"\n{table.name}, row {number}"
            yield from _aligned(row.items())

    def _read(self, table: Table, which: ColumnElement[bool] | None) -> Iterator[dict[str, str]]:
        columns = [self._shown(table, column) for column in table.columns]
        query = select(*columns).order_by(*table.primary_key.columns)
        if which is not None:
            query = query.where(which)
        for row in self._session.execute(query.execution_options(yield_per=500)):
            yield {
                column.name: self._said(table, column.name, value)
                for column, value in zip(table.columns, row, strict=True)
            }

    def _way(self, table: Table, column: str) -> str:
        return self._ways.get(table.name, {}).get(column, _PLAIN)

    def _shown(self, table: Table, column: Column[Any]) -> ColumnElement[Any]:
        """The column itself where it is plain, else only how long its value is."""
        if self._way(table, column.name) == _PLAIN:
            return column
        is_bytes = isinstance(column.type, LargeBinary | String)
        is_bytes = is_bytes or isinstance(getattr(column.type, "impl", None), LargeBinary)
        return func.length(column if is_bytes else cast(column, Text)).label(column.name)

    def _said(self, table: Table, column: str, value: object) -> str:
        way = self._way(table, column)
        if value is None:
            return "empty"
        if way == _PLAIN:
            return self._plain(value)
        kind, _, means = way.partition(": ")
        return f"{kind}, {value:,} bytes" + (f", by {means}" if means else "")

    def _plain(self, value: object) -> str:
        if isinstance(value, bytes):
            return f"the bytes {value.hex()}"
        if isinstance(value, dict | list):
            return json.dumps(value, sort_keys=True, default=str)
        if isinstance(value, date):
            return value.isoformat()
        said = " ".join(str(value).split())
        return f"{said} ({self.names[said]})" if said in self.names else said

    def _summed(self, table: Table, column: str, seen: Counter[str]) -> str:
        if not seen:
            return f"{self._way(table, column)}; there is nothing"
        if len(seen) > MOST_SHOWN:
            some = "; ".join(list(seen)[:3])
            said = f"{len(seen):,} different values, such as {some}"
        else:
            said = "; ".join(f"{shown} ({number:,})" for shown, number in sorted(seen.items()))
        return f"{_PLAIN}: {said}" if self._way(table, column) == _PLAIN else said


@contextmanager
def _thief(database: Database) -> Iterator[_Thief]:
    path = database.engine.url.database
    if database.is_sqlite and not (path and Path(path).exists()):
        raise MisconfiguredError(f"There is no database at {path}.")
    with database.snapshot() as session:
        yield _Thief(session, read_ways(PAGE.read_text(encoding="utf-8")))


def _typed(found: Table) -> Table:
    """The columns that are there, typed as in the program where it has the same."""
    known = METADATA.tables.get(found.name)
    columns: list[Column[Any]] = []
    for column in found.columns:
        like = known.columns.get(column.name) if known is not None else None
        kind = column.type if like is None else like.type
        columns.append(Column(column.name, kind, primary_key=column.primary_key))
    return Table(found.name, MetaData(), *columns)


def _naming(table: Table, ids: Iterable[UUID]) -> ColumnElement[bool]:
    """Which rows of a table name one of these ids, in a column of its own or within a note."""
    wanted = list(ids)
    named: list[ColumnElement[bool]] = []
    for column in table.columns:
        if isinstance(column.type, Uuid):
            named.append(column.in_(wanted))
        elif isinstance(column.type, JSON):
            named += [cast(column, Text).contains(str(one)) for one in wanted]
    return or_(false(), *named)


def _aligned(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, said in pairs:
        yield f"  {name:<16} {said}"
