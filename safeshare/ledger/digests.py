"""What was last written to each sealed row of a case, so that nothing older passes for it.

An entry carries, for each sealed row that its change touched, whether the row was `made`, `changed`
or `gone`, and the SHA-256 of all its columns. Entries of staff are in order; those of reporters are
known to the day only, and so may be before or after what staff did on the same date.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CompoundSelect,
    Integer,
    LargeBinary,
    String,
    Uuid,
    bindparam,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session, class_mapper

from safeshare.db.base import Base
from safeshare.db.columns import SealedBytes, UTCDateTime
from safeshare.db.plain import list_plain
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Sealed
from safeshare.ledger.macs import Mac, is_sound_day, is_sound_entry
from safeshare.ledger.models import Chain, LedgerDay, LedgerEntry


class Became(StrEnum):
    """What happened to a row."""

    MADE = "made"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Writing:
    """One writing of one row. `order` is None where only the day is known; `digest` where it is
    gone.
    """

    on: date
    order: int | None
    became: Became
    digest: str | None


Written = Mapping[str, Sequence[Writing]]
"""Each place to everything that was ever written there."""


def has_seals(row: Base) -> bool:
    """Whether a row has a sealed column."""
    return _shape(type(row)).is_sealed


def place_of(row: Base) -> str:
    """Under which name the ledger knows a row."""
    key = ":".join(_plain(getattr(row, name)) or "" for name in _shape(type(row)).key)
    return f"{row.__tablename__}/{key}"


def digest_of(row: Base) -> str:
    """SHA-256 over every column of a row: who wrote a message and when is bound to what it says.

    Empty columns are left out, so that a later release can add one without touching old rows.
    """
    plain = {name: _plain(getattr(row, name)) for name in _shape(type(row)).columns}
    said = {name: value for name, value in plain.items() if value is not None}
    return hashlib.sha256(_in_order(said).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Shape:
    columns: tuple[str, ...]
    key: tuple[str, ...]
    is_sealed: bool


@cache
def _shape(table: type[Base]) -> _Shape:
    mapper = class_mapper(table)
    return _Shape(
        columns=tuple(one.key for one in mapper.column_attrs),
        key=tuple(mapper.get_property_by_column(one).key for one in mapper.primary_key),
        is_sealed=any(isinstance(one.type, SealedBytes) for one in mapper.local_table.columns),
    )


_in_order = json.JSONEncoder(sort_keys=True).encode


def told(became: Became, row: Base) -> str:
    """What an entry says of a row."""
    return became.value if became is Became.GONE else f"{became.value}:{digest_of(row)}"


def in_one(before: str | None, after: str) -> str | None:
    """What an entry says of a row that one change touched twice; None where nothing is left."""
    if before is None:
        return after
    first, (last, _, digest) = before.partition(":")[0], after.partition(":")
    if first == Became.MADE:
        return None if last == Became.GONE else f"{Became.MADE.value}:{digest}"
    if last == Became.GONE:
        return after
    return f"{Became.CHANGED.value}:{digest}"


def acceptable(writings: Sequence[Writing]) -> frozenset[str]:
    """The digests of which one must be that of the row; empty where there may be no such row.

    Of staff the last writing counts. A reporter's of the same day may have come after it: one that
    changed the row always, one that made it only where it was gone on that day before.
    """
    made = sum(one.became is Became.MADE for one in writings)
    gone = sum(one.became is Became.GONE for one in writings)
    if not writings or made <= gone:
        return frozenset()
    day = max(one.on for one in writings)
    ordered = [one for one in writings if one.on == day and one.order is not None]
    loose = [one for one in writings if one.on == day and one.order is None]
    last = max(ordered, key=_order, default=None)
    possible = [one for one in loose if one.became is Became.CHANGED]
    if last is not None and last.became is not Became.GONE:
        possible.append(last)
    last_is_gone = last is not None and last.became is Became.GONE
    if not possible or last_is_gone or any(one.became is Became.GONE for one in loose):
        possible += [one for one in loose if one.became is Became.MADE]
    return frozenset(one.digest for one in possible if one.digest is not None)


def is_of_reporter_on(writings: Sequence[Writing], day: date, digest: str) -> bool:
    """Whether what stands there a reporter wrote on a day: at an hour that nobody is told."""
    return any(one.order is None and one.on == day and one.digest == digest for one in writings)


def list_written(session: Session, mac: Mac, case_ids: Collection[UUID]) -> dict[UUID, Written]:
    """Everything that was ever written to the sealed rows of each of these cases, in one statement.

    Raises SealBrokenError where an entry that says so is not as it was written.
    """
    found: dict[UUID, dict[str, list[Writing]]] = {one: {} for one in case_ids}
    for row in list_plain(session, _WRITTEN, {"case_ids": list(case_ids)}):
        sound = is_sound_entry(mac, row) if row.chain is not None else is_sound_day(mac, row)
        if not sound:
            raise SealBrokenError("an entry of the ledger is not as it was written")
        order = row.position if row.chain is Chain.STAFF else None
        for place, said in row.digests.items():
            became, _, digest = said.partition(":")
            writing = Writing(row.on, order, Became(became), digest or None)
            found[row.case_id].setdefault(place, []).append(writing)
    return {one: found[one] for one in case_ids}


def _order(writing: Writing) -> int:
    return writing.order or 0


def _written_statement() -> CompoundSelect[Any]:
    case_ids = bindparam("case_ids", type_=Uuid(), expanding=True)
    entry, day = LedgerEntry.__table__.c, LedgerDay.__table__.c
    chained = select(
        literal(None, Uuid()).label("id"),
        entry.chain,
        entry.position,
        entry.at,
        entry.on,
        entry.actor_kind,
        entry.actor_id,
        entry.event,
        entry.case_id,
        entry.note,
        entry.digests,
        entry.day_id,
        entry.previous,
        entry.mac,
    ).where(entry.case_id.in_(case_ids), entry.digests.is_not(None))
    waiting = select(
        day.id,
        literal(None, entry.chain.type),
        literal(None, Integer()),
        literal(None, UTCDateTime()),
        day.on,
        literal(None, String()),
        literal(None, Uuid()),
        day.event,
        day.case_id,
        day.note,
        day.digests,
        literal(None, Uuid()),
        literal(None, LargeBinary()),
        day.mac,
    ).where(day.case_id.in_(case_ids), day.digests.is_not(None))
    return union_all(chained, waiting)


_WRITTEN = _written_statement()
"""Built once: it is asked on every page with content."""


def _plain(value: object) -> str | None:
    """A value as text, the same before it is stored and after it was read."""
    if value is None:
        return None
    if isinstance(value, Sealed):
        return hashlib.sha256(value.blob).hexdigest()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dict | list):
        return _in_order(value)
    return str(value)


def newest_places(written: Written, table: str) -> Iterable[str]:
    """The places in a table at which there must be a row."""
    return (
        place
        for place, writings in written.items()
        if place.startswith(f"{table}/") and acceptable(writings)
    )


def taken_places(written: Written, table: str) -> Iterable[str]:
    """The places in a table from which a row was ever taken, also where one was put back since."""
    return (
        place
        for place, writings in written.items()
        if place.startswith(f"{table}/") and any(one.became is Became.GONE for one in writings)
    )
