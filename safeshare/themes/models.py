"""Parcels of a running period, facts of a past one, and frozen releases."""

from datetime import date
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from safeshare.db.base import Base, Identified
from safeshare.kernel.sealed import Sealed


class Parcel(Identified, Base):
    """How one case was coded, sealed to the worker at a fixed size. Deleted at the release."""

    __tablename__ = "parcel"

    period: Mapped[str]
    body: Mapped[Sealed]


class Fact(Identified, Base):
    """One counted thing of a past period. No field has a plain twin elsewhere."""

    __tablename__ = "fact"

    period: Mapped[str]
    theme: Mapped[str]
    episode: Mapped[UUID]


class Release(Identified, Base):
    """A frozen table of a period. Leaders see nothing else."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("period"),)

    period: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date]
    released_on: Mapped[date]
    table: Mapped[dict[str, object]]
