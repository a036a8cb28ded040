"""Finding every change, deletion, insertion, reordering and truncation of the ledger."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from safeshare.ledger.entries import GENESIS, find_end, list_moved
from safeshare.ledger.head import Head, is_on_chain, list_missing
from safeshare.ledger.macs import Mac, is_sound_day, is_sound_entry
from safeshare.ledger.models import Chain, LedgerDay, LedgerEntry


class FaultKind(StrEnum):
    """What is wrong, as a code; the command says it in words."""

    CHANGED = "changed"
    GONE = "gone"
    TWICE = "twice"
    DOES_NOT_FOLLOW = "does_not_follow"
    CUT_OFF = "cut_off"
    REPLACED = "replaced"
    WAITING_CHANGED = "waiting_changed"
    WAITING_GONE = "waiting_gone"
    WAITING_PUT_BACK = "waiting_put_back"
    NO_HEAD = "no_head"
    HEAD_BROKEN = "head_broken"
    HEAD_HELD_BACK = "head_held_back"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `first` to `last` are positions on the chain; `entry` is the row of
    an entry that waits, or waited, for its day.
    """

    kind: FaultKind
    chain: Chain | None = None
    first: int = 0
    last: int = 0
    entry: UUID | None = None


def list_faults(session: Session, mac: Mac, head: Head | None) -> list[Fault]:
    """Everything that is wrong with both chains, with what waits, and against the head."""
    found = [fault for chain in Chain for fault in _faults_of(session, mac, chain)]
    found += _faults_of_days(session, mac)
    found += [Fault(FaultKind.NO_HEAD)] if head is None else _faults_of_head(session, head)
    return found


def _faults_of(session: Session, mac: Mac, chain: Chain) -> Iterator[Fault]:
    columns = LedgerEntry.__table__.columns
    query = select(*columns).where(columns.chain == chain).order_by(columns.position)
    expected, previous = 1, GENESIS
    with closing(session.execute(query.execution_options(yield_per=500))) as rows:
        for row in rows:
            if row.position > expected:
                yield Fault(FaultKind.GONE, chain, expected, row.position - 1)
            elif row.position < expected:
                yield Fault(FaultKind.TWICE, chain, row.position, row.position)
            if not is_sound_entry(mac, row):
                yield Fault(FaultKind.CHANGED, chain, row.position, row.position)
            elif row.position == expected and row.previous != previous:
                yield Fault(FaultKind.DOES_NOT_FOLLOW, chain, row.position, row.position)
            expected, previous = row.position + 1, row.mac


def _faults_of_days(session: Session, mac: Mac) -> Iterator[Fault]:
    rows = session.scalars(select(LedgerDay)).all()
    moved = list_moved(session, (row.id for row in rows))
    for row in rows:
        if not is_sound_day(mac, row):
            yield Fault(FaultKind.WAITING_CHANGED, entry=row.id)
        elif row.id in moved:
            yield Fault(FaultKind.WAITING_PUT_BACK, entry=row.id)


def _faults_of_head(session: Session, head: Head) -> Iterator[Fault]:
    found, connection = False, session.connection()
    for chain, end in head.ends.items():
        newest = find_end(connection, chain).position
        if newest < end.position:
            found = True
            yield Fault(FaultKind.CUT_OFF, chain, newest + 1, end.position)
        elif not is_on_chain(connection, chain, end):
            found = True
            yield Fault(FaultKind.REPLACED, chain, end.position, end.position)
    for missing in sorted(list_missing(session, head)):
        found = True
        yield Fault(FaultKind.WAITING_GONE, entry=missing)
    if head.is_held_back and not found:
        yield Fault(FaultKind.HEAD_HELD_BACK)
