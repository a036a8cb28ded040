"""Finding stored files and their chunks."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from safeshare.files.models import FileChunk, FilePart, StoredFile
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Sealed


def get_chunk(session: Session, file_id: UUID, part: FilePart, position: int) -> Sealed:
    """One chunk of a file. Each is there while the file is: SealBrokenError where it is not."""
    chunk = session.scalar(
        select(FileChunk.body).where(
            FileChunk.file_id == file_id, FileChunk.part == part, FileChunk.position == position
        )
    )
    if chunk is None:
        raise SealBrokenError("a chunk of a file is gone")
    return chunk


def count_unsent_chunks(session: Session) -> int:
    """How many chunks wait in drafts and unsent messages of everybody together."""
    total = select(func.sum(StoredFile.chunks)).where(StoredFile.turns_left.is_not(None))
    return len(FilePart) * (session.scalar(total) or 0)


def is_unsent(file_ids: Collection[UUID]) -> ColumnElement[bool]:
    """The condition that a file is one of these, and was not sent."""
    return and_(StoredFile.id.in_(file_ids), StoredFile.turns_left.is_not(None))
