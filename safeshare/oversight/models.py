"""The caseload as it was last counted for showing."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from safeshare.db.base import Base


class CaseloadFigure(Base):
    """One figure of a queue: the count on which what is shown rests, and when it was taken.

    `checked_on` is the last night on which it was looked at, whether or not it moved.
    """

    __tablename__ = "caseload_figure"

    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id"), primary_key=True)
    figure: Mapped[str] = mapped_column(primary_key=True)
    counted: Mapped[int]
    counted_on: Mapped[date]
    checked_on: Mapped[date]
