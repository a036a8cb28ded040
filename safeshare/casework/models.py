"""What handlers declare about a case."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from safeshare.db.base import Base


class Attestation(Base):
    """A holder's word, before any content, on whether they have a tie to the people or places
    named. `has_tie` keeps them out of the content for good, though they hold a key.
    """

    __tablename__ = "attestation"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), primary_key=True)
    has_tie: Mapped[bool] = mapped_column(default=False)
    on: Mapped[date]
