"""Writing to the ledger and checking its chains. Called by the gate alone."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from safeshare.kernel.actors import Actor, Reporter, Staff, Stranger
from safeshare.ledger.events import WITHOUT_TIME, Event
from safeshare.ledger.models import Chain, LedgerDay, LedgerEntry

GENESIS = bytes(32)
"""The `previous` of a chain's first entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written down. `note` holds codes and counts, never content or a name."""

    event: Event
    case_id: UUID | None = None
    note: Mapping[str, str] = field(default_factory=dict)


def is_timeless(actor: Actor, entries: Sequence[Entry]) -> bool:
    """Whether the time of day must never be stored: a reporter's, or what follows it at once."""
    return isinstance(actor, Stranger | Reporter) or all(
        entry.event in WITHOUT_TIME for entry in entries
    )


def append_timed(
    session: Session,
    actor: Actor,
    entries: Sequence[Entry],
    digests: Mapping[str, str],
    at: datetime,
    on: date,
) -> None:
    """Hang entries on the staff chain. The caller holds the ledger's lock."""
    _extend(
        session,
        Chain.STAFF,
        [
            LedgerEntry(
                chain=Chain.STAFF,
                at=at,
                on=on,
                actor_kind=_kind(actor),
                actor_id=actor.staff_id if isinstance(actor, Staff) else None,
                event=entry.event,
                case_id=entry.case_id,
                note=dict(entry.note),
                digests=dict(digests) if index == 0 else {},
            )
            for index, entry in enumerate(entries)
        ],
    )


def append_timeless(
    session: Session, entries: Sequence[Entry], digests: Mapping[str, str], on: date
) -> None:
    """Lay a reporter's entries among the others of that day, in no order."""
    session.add_all(
        LedgerDay(
            on=on,
            event=entry.event,
            case_id=entry.case_id,
            note=dict(entry.note),
            digests=dict(digests) if index == 0 else {},
        )
        for index, entry in enumerate(entries)
    )
    session.flush()


def collect_days(session: Session, before: date) -> int:
    """Move the entries of the days before `before`, shuffled a day, onto the reporter chain.

    Returns how many were moved. The caller holds the ledger's lock.
    """
    waiting = list(session.scalars(select(LedgerDay).where(LedgerDay.on < before)))
    secrets.SystemRandom().shuffle(waiting)
    waiting.sort(key=lambda row: row.on)
    _extend(
        session,
        Chain.REPORTER,
        [
            LedgerEntry(
                chain=Chain.REPORTER,
                at=None,
                on=row.on,
                actor_kind="worker" if row.event in WITHOUT_TIME else "reporter",
                actor_id=None,
                event=row.event,
                case_id=row.case_id,
                note=row.note,
                digests=row.digests,
            )
            for row in waiting
        ],
    )
    session.execute(delete(LedgerDay).where(LedgerDay.on < before))
    return len(waiting)


def first_broken_position(session: Session, chain: Chain) -> int | None:
    """The position of the first entry that does not follow from the one before; None if sound."""
    previous = GENESIS
    query = select(LedgerEntry).where(LedgerEntry.chain == chain).order_by(LedgerEntry.position)
    with closing(session.scalars(query.execution_options(yield_per=500))) as rows:
        for position, row in enumerate(rows, start=1):
            sound = row.position == position and row.previous == previous
            if not sound or row.entry_hash != _hash(row):
                return position
            previous = row.entry_hash
    return None


def _extend(session: Session, chain: Chain, rows: Sequence[LedgerEntry]) -> None:
    newest = session.execute(
        select(LedgerEntry.position, LedgerEntry.entry_hash)
        .where(LedgerEntry.chain == chain)
        .order_by(LedgerEntry.position.desc())
        .limit(1)
    ).one_or_none()
    position, previous = (0, GENESIS) if newest is None else (newest[0], newest[1])
    for row in rows:
        position += 1
        row.position, row.previous = position, previous
        row.entry_hash = previous = _hash(row)
    session.add_all(rows)
    session.flush()


def _hash(row: LedgerEntry) -> bytes:
    """SHA-256 over the canonical JSON of everything the row says, the previous hash included."""
    said = {
        "chain": row.chain,
        "position": row.position,
        "at": row.at.isoformat() if row.at else None,
        "on": row.on.isoformat(),
        "actor_kind": row.actor_kind,
        "actor_id": str(row.actor_id) if row.actor_id else None,
        "event": row.event,
        "case_id": str(row.case_id) if row.case_id else None,
        "note": row.note,
        "digests": row.digests,
        "previous": row.previous.hex(),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).digest()


def _kind(actor: Actor) -> str:
    return type(actor).__name__.lower()
