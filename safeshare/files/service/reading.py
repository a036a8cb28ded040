"""Reading a stored file chunk by chunk, after every chunk of it was seen to be whole; and sealing
it anew under another key.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from safeshare.files.models import FileChunk, FilePart
from safeshare.files.queries import get_chunk
from safeshare.files.rules import CHUNK_BYTES, manifest_of
from safeshare.files.service.spool import chunk_place
from safeshare.gate import Door
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Sealed, StreamKey


@dataclass(frozen=True, slots=True)
class Stream:
    """One part of a stored file with what opens it. `size` is its true size in bytes; `manifest`
    commits to its chunks as they were sealed.
    """

    file_id: UUID
    part: FilePart
    key: StreamKey = field(repr=False)
    manifest: bytes
    size: int
    chunks: int


@dataclass(frozen=True, slots=True)
class SealedAnew:
    """What opens a part of a file after it was sealed anew."""

    key: StreamKey = field(repr=False)
    manifest: bytes


def whole_content(door: Door, stream: Stream) -> Iterator[bytes]:
    """The bytes of a file, read and opened as they are asked for, also when the door has closed.

    Raises SealBrokenError at once where any chunk was changed, moved, cut off or taken away, or is
    not the one that was sealed when the file came, so that nobody is handed half a file.
    """
    if stream.size > stream.chunks * CHUNK_BYTES:
        raise SealBrokenError("a file is longer than its chunks")
    digests = []
    for position in range(stream.chunks):
        sealed = _read_apart(door, stream, position)
        _opened(door, stream, position, sealed)  # Only to see that it opens.
        digests.append(door.vault.digest(sealed))
    _insist_on(stream, digests)
    return _content(door, stream, digests)


def seal_anew(door: Door, session: Session, stream: Stream) -> SealedAnew:
    """Seal a part of a file under a new key of today's suite, in the same rows, a chunk at a time.
    Part of a use case, which keeps the new key in the same transaction.

    Raises SealBrokenError where any chunk is not as it was sealed.
    """
    sealer = door.vault.new_stream(chunk_place(stream.file_id, stream.part))
    before, after = [], []
    for position in range(stream.chunks):
        old = get_chunk(session, stream.file_id, stream.part, position)
        content = _opened(door, stream, position, old)
        new = sealer.seal(content, is_last=position == stream.chunks - 1)
        session.execute(
            update(FileChunk)
            .where(
                FileChunk.file_id == stream.file_id,
                FileChunk.part == stream.part,
                FileChunk.position == position,
            )
            .values(body=new)
        )
        before.append(door.vault.digest(old))
        after.append(door.vault.digest(new))
    _insist_on(stream, before)
    return SealedAnew(sealer.key, manifest_of(after))


def _content(door: Door, stream: Stream, digests: list[bytes]) -> Iterator[bytes]:
    left = stream.size
    for position, digest in enumerate(digests):
        sealed = _read_apart(door, stream, position)
        if door.vault.digest(sealed) != digest:
            raise SealBrokenError("a chunk of a file was changed while it was read")
        chunk = _opened(door, stream, position, sealed)
        if left > 0:
            yield chunk[:left]
        left -= CHUNK_BYTES


def _opened(door: Door, stream: Stream, position: int, sealed: Sealed) -> bytes:
    place, is_last = chunk_place(stream.file_id, stream.part), position == stream.chunks - 1
    return door.vault.open_chunk(stream.key, place, position, sealed, is_last=is_last)


def _read_apart(door: Door, stream: Stream, position: int) -> Sealed:
    with door.reading_apart() as session:
        return get_chunk(session, stream.file_id, stream.part, position)


def _insist_on(stream: Stream, digests: list[bytes]) -> None:
    if manifest_of(digests) != stream.manifest:
        raise SealBrokenError("a file is not the one that was sealed")
