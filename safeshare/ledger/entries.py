"""Writing to the ledger. Called by the gate alone."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Integer,
    bindparam,
    delete,
    exists,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Session

from safeshare.kernel.actors import Actor, Reporter, Staff, Stranger
from safeshare.kernel.identifiers import new_id
from safeshare.ledger.events import WITHOUT_TIME, Event
from safeshare.ledger.macs import Mac, day_mac, entry_mac, is_sound_day
from safeshare.ledger.models import Chain, LedgerDay, LedgerEntry

GENESIS = bytes(32)
"""The `previous` of a chain's first entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written down. `note` holds codes and counts, never content or a name.

    `digests` says what became of sealed rows, as `safeshare.ledger.digests` writes it.
    """

    event: Event
    case_id: UUID | None = None
    note: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a note that could be a text or an address. ValueError, without repeating it."""
        wrong = [name for name, value in self.note.items() if not _CODES.fullmatch(value)]
        if wrong:
            raise ValueError(f"the note {wrong[0]} of {self.event} is no code, count or id")


_CODES = re.compile(r"[A-Za-z0-9_:./+ -]{0,200}")
"""What a note may hold. Neither a line of a text nor an e-mail address fits into it."""


@dataclass(frozen=True, slots=True)
class End:
    """The last link of a chain."""

    position: int = 0
    mac: bytes = GENESIS


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of the past days' entries. `spoiled` were not as they were written, and stay."""

    moved: int
    spoiled: int


def is_timeless(actor: Actor, entries: Sequence[Entry]) -> bool:
    """Whether the time of day must never be stored: a reporter's, or what follows it at once."""
    return isinstance(actor, Stranger | Reporter) or all(
        entry.event in WITHOUT_TIME for entry in entries
    )


def append_timed(
    connection: Connection,
    mac: Mac,
    actor: Actor,
    entries: Sequence[Entry],
    at: datetime,
    *,
    on: date,
    after: End,
) -> End:
    """Hang entries on the staff chain `after` its last link. Returns its new end. The caller holds
    the ledger's lock.
    """
    rows = [_timed_row(actor, entry, at, on) for entry in entries]
    return _extend(connection, mac, rows, after)


def append_if_last(
    connection: Connection,
    mac: Mac,
    actor: Actor,
    entry: Entry,
    at: datetime,
    *,
    on: date,
    after: End,
    is_free: ColumnElement[bool],
) -> End | None:
    """Hang one entry on the staff chain where `after` is its last link and the chain `is_free`, all
    in one statement. None, and nothing is written, where either is not so, or was not any more when
    it was this entry's turn.
    """
    row = _timed_row(actor, entry, at, on)
    end = _link(mac, row, after)
    said = {one: getattr(row, one) for one in _COLUMNS[LedgerEntry]}
    found = connection.execute(
        _if_last(is_free), {**said, "last": after.position, "after": after.mac}
    )
    return end if found.rowcount == 1 else None


def append_timeless(connection: Connection, mac: Mac, entries: Sequence[Entry], on: date) -> None:
    """Lay a reporter's entries among the others of that day, in no order."""
    rows = [
        LedgerDay(
            id=new_id(),
            on=on,
            event=entry.event,
            case_id=entry.case_id,
            note=dict(entry.note),
            digests=dict(entry.digests) or None,
        )
        for entry in entries
    ]
    for row in rows:
        row.mac = day_mac(mac, row)
    _insert(connection, LedgerDay, rows)


def collect_days(session: Session, mac: Mac, before: date) -> Collected:
    """Move the entries of the days before `before`, shuffled a day, onto the reporter chain.

    What is not as it was written, or was moved before, stays where it is for `verify` to name. The
    caller holds the ledger's lock.
    """
    waiting = list(session.scalars(select(LedgerDay).where(LedgerDay.on < before)))
    moved_before = list_moved(session, (row.id for row in waiting))
    sound = [row for row in waiting if row.id not in moved_before and is_sound_day(mac, row)]
    secrets.SystemRandom().shuffle(sound)
    sound.sort(key=lambda row: row.on)
    rows = [_moved(row) for row in sound]
    connection = session.connection()
    _extend(connection, mac, rows, find_end(connection, Chain.REPORTER))
    ids = [row.id for row in sound]
    for start in range(0, len(ids), _AT_ONCE):
        session.execute(delete(LedgerDay).where(LedgerDay.id.in_(ids[start : start + _AT_ONCE])))
    return Collected(len(sound), len(waiting) - len(sound))


def list_moved(session: Session, day_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these rows of `ledger_day` hang on the reporter chain."""
    ids, found = list(day_ids), set[UUID]()
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        hanging = select(LedgerEntry.day_id).where(LedgerEntry.day_id.in_(some))
        found.update(one for one in session.scalars(hanging) if one is not None)
    return found


def find_end(connection: Connection, chain: Chain) -> End:
    """The last link of a chain."""
    newest = connection.execute(_END, {"chain": chain}).one_or_none()
    return End() if newest is None else End(newest[0], newest[1])


_END = (
    select(LedgerEntry.position, LedgerEntry.mac)
    .where(LedgerEntry.chain == bindparam("chain"))
    .order_by(LedgerEntry.position.desc())
    .limit(1)
)
"""Built once: every entry of staff asks it."""


def find_mac(connection: Connection, chain: Chain, position: int) -> bytes | None:
    """The MAC of the link at a position; that of no link at 0, and None where there is none."""
    if position == 0:
        return GENESIS
    return connection.scalar(
        select(LedgerEntry.mac).where(LedgerEntry.chain == chain, LedgerEntry.position == position)
    )


_AT_ONCE = 500
"""How many ids one statement names."""


def _moved(row: LedgerDay) -> LedgerEntry:
    return LedgerEntry(
        chain=Chain.REPORTER,
        at=None,
        on=row.on,
        actor_kind="worker" if row.event in WITHOUT_TIME else "reporter",
        actor_id=None,
        event=row.event,
        case_id=row.case_id,
        note=row.note,
        digests=row.digests,
        day_id=row.id,
    )


def _timed_row(actor: Actor, entry: Entry, at: datetime, on: date) -> LedgerEntry:
    return LedgerEntry(
        chain=Chain.STAFF,
        at=at,
        on=on,
        actor_kind=_kind(actor),
        actor_id=actor.staff_id if isinstance(actor, Staff) else None,
        event=entry.event,
        case_id=entry.case_id,
        note=dict(entry.note),
        digests=dict(entry.digests) or None,
        day_id=None,
    )


def _extend(connection: Connection, mac: Mac, rows: Sequence[LedgerEntry], end: End) -> End:
    for row in rows:
        end = _link(mac, row, end)
    _insert(connection, LedgerEntry, rows)
    return end


def _link(mac: Mac, row: LedgerEntry, after: End) -> End:
    """Make a row the link after another. Returns the end that it is."""
    row.position, row.previous = after.position + 1, after.mac
    row.mac = entry_mac(mac, row)
    return End(row.position, row.mac)


def _insert(
    connection: Connection,
    table: type[LedgerEntry | LedgerDay],
    rows: Sequence[LedgerEntry | LedgerDay],
) -> None:
    """Write rows by one plain statement. Nobody changes them again, so no session watches them."""
    said = [{one: getattr(row, one) for one in _COLUMNS[table]} for row in rows]
    if said:
        connection.execute(_INSERTS[table], said)


_INSERTS = {table: insert(table) for table in (LedgerEntry, LedgerDay)}
_COLUMNS = {table: tuple(table.__table__.columns.keys()) for table in (LedgerEntry, LedgerDay)}


@cache
def _if_last(is_free: ColumnElement[bool]) -> Insert:
    row = [bindparam(one.key, type_=one.type) for one in LedgerEntry.__table__.columns]
    last, of_staff = bindparam("last", type_=Integer), LedgerEntry.chain == Chain.STAFF
    is_there = exists().where(
        of_staff, LedgerEntry.position == last, LedgerEntry.mac == bindparam("after")
    )
    has_next = exists().where(of_staff, LedgerEntry.position > last)
    said = select(*row).where(is_free, is_there, ~has_next)
    taken = text("ON CONFLICT DO NOTHING")  # The last words of the whole statement.
    statement = insert(LedgerEntry).from_select(_COLUMNS[LedgerEntry], said.suffix_with(taken))
    return statement.execution_options(preserve_rowcount=True)


def _kind(actor: Actor) -> str:
    return type(actor).__name__.lower()
