"""What handlers declare about a case."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from safeshare.db.base import Base


class Attestation(Base):
    """A holder's word, before any content, that they have no tie to the people or places named.

    Whoever has a tie holds the case no longer: that is no row, and why is sealed in the case.
    """

    __tablename__ = "attestation"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), primary_key=True)
    on: Mapped[date]
