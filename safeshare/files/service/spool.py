"""A file on its way: sealed chunk by chunk into a nameless temporary file.

The disk sees ciphertext only, and no name leads to it. In memory there is less than one chunk and
the key. The very same sealed chunks are stored afterwards.
"""

import tempfile
from collections.abc import Iterator
from typing import IO, Final, Protocol
from uuid import UUID

from safeshare.cleaning.kinds import LARGEST_FILE
from safeshare.files.models import FileChunk, FilePart
from safeshare.files.rules import CHUNK_BYTES, chunks_for
from safeshare.kernel.sealed import Place, Sealed, StreamKey

_SEALED_BYTES: Final = 1 + CHUNK_BYTES + 16
"""A suite byte, the chunk and its tag."""


def chunk_place(file_id: UUID, part: FilePart) -> Place:
    """Where the chunks of one part of a file live."""
    return Place(FileChunk.__tablename__, str(file_id), part.value)


class Sealer(Protocol):
    """What seals one stream, as the vault makes it."""

    @property
    def key(self) -> StreamKey:
        """The key that was made for it."""

    def seal(self, chunk: bytes, *, is_last: bool) -> Sealed:
        """Seal the next chunk."""


class Streams(Protocol):
    """The vault, as far as files need it."""

    def new_stream(self, place: Place) -> Sealer:
        """What seals the chunks of one part of a file."""

    def open_chunk(
        self, key: StreamKey, place: Place, position: int, sealed: Sealed, *, is_last: bool
    ) -> bytes:
        """Open one chunk."""


class SealedSpool:
    """Takes bytes as a file does; gives them back, plain or sealed, chunk by chunk.

    What is written beyond the largest file is dropped, and `is_too_large` says so.
    """

    def __init__(self, vault: Streams, file_id: UUID, part: FilePart) -> None:
        self.file_id = file_id
        self.size = 0
        self._place = chunk_place(file_id, part)
        self._vault = vault
        self._sealer = vault.new_stream(self._place)
        self._rest = bytearray()
        self._file = _nameless_file()
        self._written = 0

    @property
    def key(self) -> StreamKey:
        """The key of this part alone."""
        return self._sealer.key

    @property
    def is_too_large(self) -> bool:
        """Whether more came than a file may have."""
        return self.size > LARGEST_FILE

    def write(self, data: bytes) -> int:
        """Take the next bytes. A chunk is sealed once more than it has come."""
        self.size += len(data)
        if self.is_too_large:
            self._rest.clear()
            self._file.truncate(0)
            self._written = 0
            return len(data)
        self._rest += data
        while len(self._rest) > CHUNK_BYTES:
            self._seal(bytes(self._rest[:CHUNK_BYTES]))
            del self._rest[:CHUNK_BYTES]
        return len(data)

    def content(self) -> Iterator[bytes]:
        """The plain bytes, a chunk at a time. May be asked again."""
        for position in range(self._written):
            sealed = self._stored(position)
            yield self._vault.open_chunk(self.key, self._place, position, sealed, is_last=False)
        yield bytes(self._rest)

    def sealed(self, chunks: int) -> Iterator[Sealed]:
        """So many sealed chunks, the file in the first of them and zeros after it. Once only."""
        for position in range(self._written):
            yield self._stored(position)
        for position in range(self._written, chunks):
            chunk = bytes(self._rest).ljust(CHUNK_BYTES, b"\x00")
            self._rest.clear()
            yield self._sealer.seal(chunk, is_last=position == chunks - 1)

    def least_chunks(self) -> int:
        """The step of sizes that holds what came."""
        return chunks_for(self.size)

    def seek(self, _offset: int, _whence: int = 0) -> int:
        """Asked for by whoever parses a form when the file has come. There is nothing to do."""
        return 0

    def close(self) -> None:
        """Let go of the temporary file."""
        self._rest.clear()
        self._file.close()

    def _seal(self, chunk: bytes) -> None:
        self._file.write(self._sealer.seal(chunk, is_last=False).blob)
        self._written += 1

    def _stored(self, position: int) -> Sealed:
        self._file.seek(position * _SEALED_BYTES)
        return Sealed(self._file.read(_SEALED_BYTES))


def _nameless_file() -> IO[bytes]:
    """A temporary file that has no name and is gone when it is closed, or the process ends."""
    return tempfile.TemporaryFile()
