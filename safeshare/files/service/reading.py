"""Reading a stored file chunk by chunk, after every chunk of it was seen to be whole."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from safeshare.files.models import FilePart
from safeshare.files.queries import get_chunk
from safeshare.files.rules import CHUNK_BYTES
from safeshare.files.service.spool import chunk_place
from safeshare.gate import Door
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import StreamKey


@dataclass(frozen=True, slots=True)
class Stream:
    """One part of a stored file with what opens it. `size` is its true size in bytes."""

    file_id: UUID
    part: FilePart
    key: StreamKey = field(repr=False)
    size: int
    chunks: int


def whole_content(door: Door, stream: Stream) -> Iterator[bytes]:
    """The bytes of a file, read and opened as they are asked for, also when the door has closed.

    Raises SealBrokenError at once where any chunk was changed, moved, cut off or taken away, so
    that nobody is handed half a file.
    """
    for _chunk in _opened(door, stream):
        pass  # Only to see that each opens.
    return _opened(door, stream)


def _opened(door: Door, stream: Stream) -> Iterator[bytes]:
    place, left = chunk_place(stream.file_id, stream.part), stream.size
    if left > stream.chunks * CHUNK_BYTES:
        raise SealBrokenError("a file is longer than its chunks")
    for position in range(stream.chunks):
        with door.reading_apart() as session:
            sealed = get_chunk(session, stream.file_id, stream.part, position)
        is_last = position == stream.chunks - 1
        chunk = door.vault.open_chunk(stream.key, place, position, sealed, is_last=is_last)
        if left > 0:
            yield chunk[:left]
        left -= CHUNK_BYTES
