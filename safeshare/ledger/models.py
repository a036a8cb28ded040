"""The ledger's two tables.

Entries of staff, worker and operator carry an instant and go straight onto the *staff* chain. A
reporter's entry, and that of what the worker does at once because of a reporter, carries a date
alone and waits in `ledger_day`, which has no order; once a day the worker moves the past days,
shuffled, onto the *reporter* chain, which has no instant.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from safeshare.db.base import Base, Identified
from safeshare.db.columns import coded
from safeshare.ledger.events import Event


class Chain(StrEnum):
    """The chain an entry hangs on."""

    STAFF = "staff"
    REPORTER = "reporter"


class LedgerEntry(Base):
    """One link of a chain. `digests`: `table/row` to what was written there and its SHA-256; null
    where nothing sealed was. On the reporter chain `day_id` is the row of `ledger_day` that it was.
    """

    __tablename__ = "ledger_entry"

    chain: Mapped[Chain] = mapped_column(coded(Chain, "chain"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime | None]
    on: Mapped[date] = mapped_column(index=True)
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    event: Mapped[Event] = mapped_column(coded(Event, "event", checked=False), index=True)
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    note: Mapped[dict[str, str]]
    digests: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    day_id: Mapped[UUID | None] = mapped_column(unique=True)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerDay(Identified, Base):
    """A reporter's entry that waits for its day to end. No instant, no order."""

    __tablename__ = "ledger_day"

    on: Mapped[date] = mapped_column(index=True)
    event: Mapped[Event] = mapped_column(coded(Event, "event", checked=False))
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    note: Mapped[dict[str, str]]
    digests: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    mac: Mapped[bytes] = mapped_column(LargeBinary)
