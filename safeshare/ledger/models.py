"""The ledger's two tables.

Entries of staff, worker and operator carry an instant and go straight onto the *staff* chain. A
reporter's entry, and that of what the worker does at once because of a reporter, carries a date
alone and waits in `ledger_day`, which has no order; once a day the worker moves the past days,
shuffled, onto the *reporter* chain, which has no instant.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from safeshare.db.base import Base, Identified
from safeshare.db.columns import coded
from safeshare.ledger.events import Event


class Chain(StrEnum):
    """The chain an entry hangs on."""

    STAFF = "staff"
    REPORTER = "reporter"


class LedgerEntry(Base):
    """One link of a chain. `digests`: `table/row/column` to the SHA-256 of what was sealed."""

    __tablename__ = "ledger_entry"
    __table_args__ = (UniqueConstraint("chain", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[Chain] = mapped_column(coded(Chain, "chain"))
    position: Mapped[int]
    at: Mapped[datetime | None]
    on: Mapped[date]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    event: Mapped[Event] = mapped_column(coded(Event, "event", checked=False), index=True)
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    note: Mapped[dict[str, str]]
    digests: Mapped[dict[str, str]]
    previous: Mapped[bytes]
    entry_hash: Mapped[bytes]


class LedgerDay(Identified, Base):
    """A reporter's entry that waits for its day to end. No instant, no order."""

    __tablename__ = "ledger_day"

    on: Mapped[date] = mapped_column(index=True)
    event: Mapped[Event] = mapped_column(coded(Event, "event", checked=False))
    case_id: Mapped[UUID | None]
    note: Mapped[dict[str, str]]
    digests: Mapped[dict[str, str]]
