"""Messages between a party and the holders, and what is asked about the party's name and wishes."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from safeshare.db.base import Base, Identified
from safeshare.db.columns import coded
from safeshare.kernel.sealed import Sealed
from safeshare.mailbox.rules import RequestKind, RequestState


class Author(StrEnum):
    """Which side wrote a message. Recovery officers write when they have given a case to people."""

    PARTY = "party"
    STAFF = "staff"
    OFFICERS = "officers"


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


class Request(Identified, Base):
    """Something that one person may not decide alone: who sees the name, or whether a concern of
    somebody who wants support only is looked into.

    What is asked of the reporter is a message, `message_id`; why it is necessary stands in the case
    sheet. The reporter's answer is sealed beside their account, so that this row alone is no
    consent. `for_overseer` is the reason sealed to the case's overseer, who has no key to the case.
    `mac` says who asked for what and which second person agreed.
    """

    __tablename__ = "request"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[RequestKind] = mapped_column(coded(RequestKind, "kind"))
    state: Mapped[RequestState] = mapped_column(coded(RequestState, "state"))
    asked_by: Mapped[UUID]
    is_outside: Mapped[bool] = mapped_column(default=False)
    asked_on: Mapped[date]
    closes_on: Mapped[date]
    message_id: Mapped[UUID | None]
    agreed_by: Mapped[UUID | None]
    closed_on: Mapped[date | None]
    for_overseer: Mapped[Sealed | None]
    mac: Mapped[bytes] = mapped_column(LargeBinary)
