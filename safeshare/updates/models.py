"""Promises to a party of a case, what was told when they fell due, and where to nudge."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from safeshare.db.base import Base, Identified
from safeshare.db.columns import coded
from safeshare.kernel.sealed import Sealed
from safeshare.updates.rules import PromiseKind, PromiseState

_IS_OPEN = text("state IN ('missed', 'pending')")


class Promise(Identified, Base):
    """Something promised by a date. Falls due at 17:00 London on `due_on`.

    `missed_on` stays when a person answers late, so that the miss remains to be seen.
    """

    __tablename__ = "promise"
    __table_args__ = (
        Index("ix_promise_state_due_on", "state", "due_on"),
        Index("ix_promise_case_id", "case_id"),
        Index(
            "ix_promise_open",
            "case_id",
            "due_on",
            "kind",
            postgresql_where=_IS_OPEN,
            sqlite_where=_IS_OPEN,
        ),
    )

    case_id: Mapped[UUID]
    party_id: Mapped[UUID]
    kind: Mapped[PromiseKind] = mapped_column(coded(PromiseKind, "kind"))
    state: Mapped[PromiseState] = mapped_column(coded(PromiseState, "state"))
    due_on: Mapped[date]
    kept_on: Mapped[date | None]
    missed_on: Mapped[date | None]
    reminded_on: Mapped[date | None]


class Update(Identified, Base):
    """An automatic update in the mailbox: a kind and plain parameters, rendered when read.

    One promise has at most one, which makes the sweep exactly-once.
    """

    __tablename__ = "update"
    __table_args__ = (UniqueConstraint("promise_id"),)

    promise_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(index=True)
    party_id: Mapped[UUID]
    kind: Mapped[PromiseKind] = mapped_column(coded(PromiseKind, "kind"))
    on: Mapped[date]
    parameters: Mapped[dict[str, str]]


class NudgeAddress(Base):
    """Where to say "You have a message", sealed to the worker. Every party has a row, most of them
    empty, so that neither its presence nor its length tells anything.
    """

    __tablename__ = "nudge_address"

    party_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    address: Mapped[Sealed]
