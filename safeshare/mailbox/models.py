"""Messages between a party and the holders."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from safeshare.db.base import Base, Identified
from safeshare.db.columns import coded
from safeshare.kernel.sealed import Sealed


class Author(StrEnum):
    """Which side wrote a message."""

    PARTY = "party"
    STAFF = "staff"


class Message(Identified, Base):
    """One sealed message. `position` counts within the conversation; there is no instant."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("case_id", "party_id", "position"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    position: Mapped[int]
    author: Mapped[Author] = mapped_column(coded(Author, "author"))
    staff_id: Mapped[UUID | None]
    on: Mapped[date]
    key_number: Mapped[int]
    body: Mapped[Sealed]
