"""Stored files: how many chunks each has, and the sealed chunks themselves."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from safeshare.db.base import Base, Identified
from safeshare.db.columns import coded
from safeshare.kernel.sealed import Sealed


class FilePart(StrEnum):
    """What is stored of a file: the copy that people read, and what was sent."""

    CLEAN = "clean"
    ORIGINAL = "original"


class StoredFile(Identified, Base):
    """A file in both parts, each of `chunks` chunks. Who may open it is told by who has its keys.

    `turns_left` counts down, once in half an hour, to the end of a file that was not sent: a number
    instead of an instant, because a reporter's time of day is never stored. None once it was sent.
    """

    __tablename__ = "stored_file"

    chunks: Mapped[int]
    turns_left: Mapped[int | None] = mapped_column(index=True)


class FileChunk(Base):
    """One mebibyte of one part of a file, sealed under that part's own key."""

    __tablename__ = "file_chunk"

    file_id: Mapped[UUID] = mapped_column(
        ForeignKey("stored_file.id", ondelete="CASCADE"), primary_key=True
    )
    part: Mapped[FilePart] = mapped_column(coded(FilePart, "part"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[Sealed]
