"""Mail that was promised in the same transaction as its cause."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from safeshare.db.base import Base, Identified
from safeshare.db.columns import coded
from safeshare.outbox.rules import MailKind, MailState


class OutgoingMail(Identified, Base):
    """One mail. `recipient_id` is a party for a nudge, a member of staff otherwise; the address is
    looked up, or unsealed, only while sending.
    """

    __tablename__ = "outgoing_mail"

    kind: Mapped[MailKind] = mapped_column(coded(MailKind, "kind"))
    recipient_id: Mapped[UUID]
    state: Mapped[MailState] = mapped_column(coded(MailState, "state"), index=True)
    due_on: Mapped[date]
    attempts: Mapped[int] = mapped_column(default=0)
