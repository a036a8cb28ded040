"""Files that wait to be sent: taken, kept with a draft, given up, and thrown away in time.

Their rows are outside the ledger, as drafts are. Their keys are in the sender's sealed session and
nowhere else, so that a row alone opens nothing.
"""

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Final
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from safeshare.cleaning.kinds import FileKind, Refusal, RefusedError
from safeshare.cleaning.process import cleaning
from safeshare.files.models import FileChunk, FilePart, StoredFile
from safeshare.files.queries import count_unsent_chunks, is_unsent
from safeshare.files.rules import given_name, manifest_of
from safeshare.files.service.scanning import Scanner
from safeshare.files.service.spool import SealedSpool
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import BusyError, StaleError
from safeshare.kernel.sealed import StreamKey
from safeshare.policy.actions import Action

TURN_SECONDS: Final = 30 * 60
_TURNS: Final = 5
"""A file that is not sent is gone after four turns at the least: two hours."""

_MOST_UNSENT: Final = 4096
"""Chunks, of a mebibyte each, that may wait in everybody's drafts together."""

_LONGEST_WAIT: Final = 60.0


@dataclass(frozen=True, slots=True)
class FileDesk:
    """What one process has to take files with: a scanner, and so many children at once."""

    scanner: Scanner
    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(2))

    @contextmanager
    def place(self) -> Iterator[None]:
        """Wait for a turn to clean a file. BusyError where there is none in a minute."""
        if not self.places.acquire(timeout=_LONGEST_WAIT):
            raise BusyError("too many files are being cleaned at once")
        try:
            yield
        finally:
            self.places.release()


@dataclass(frozen=True, slots=True)
class TakeFile:
    """A file that has come whole. `name` is what its sender calls it."""

    spool: SealedSpool
    name: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class TakenFile:
    """What a draft keeps of a file. Sizes in bytes: as it was sent, and after cleaning. The
    manifests commit to the sealed chunks of each part.
    """

    id: UUID
    name: str = field(repr=False)
    kind: FileKind
    size: int
    clean_size: int
    chunks: int
    key: StreamKey = field(repr=False)
    original_key: StreamKey = field(repr=False)
    manifest: bytes
    original_manifest: bytes


@use_case(Action.FILE_TAKE)
def take_file(door: Door, command: TakeFile) -> TakenFile:
    """Check, clean and store one file, so that its sender can send it within two hours.

    Raises RefusedError where the file is not taken, BusyError where too many are waiting.
    """
    original, desk = command.spool, door.rule(FileDesk)
    if original.is_too_large:
        raise RefusedError(Refusal.TOO_LARGE)
    if count_unsent_chunks(door.read) > _MOST_UNSENT:
        raise BusyError("too many files wait to be sent")
    door.stop_reading()
    with closing(SealedSpool(door.vault, original.file_id, FilePart.CLEAN)) as clean:
        with desk.place():
            kind = _cleaned(desk, original, clean)
        chunks = max(original.least_chunks(), clean.least_chunks())
        with door.change() as session:
            session.add(StoredFile(id=original.file_id, chunks=chunks, turns_left=_TURNS))
            session.flush()
            manifest = _store(door, session, clean, FilePart.CLEAN, chunks)
            original_manifest = _store(door, session, original, FilePart.ORIGINAL, chunks)
    return TakenFile(
        id=original.file_id,
        name=given_name(command.name),
        kind=kind,
        size=original.size,
        clean_size=clean.size,
        chunks=chunks,
        key=clean.key,
        original_key=original.key,
        manifest=manifest,
        original_manifest=original_manifest,
    )


@use_case(Action.FILE_TAKE)
def find_waiting(door: Door, file_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these files still wait to be sent. They wait two hours more from now."""
    if not file_ids:
        return frozenset()
    waiting = frozenset(door.read.scalars(select(StoredFile.id).where(is_unsent(file_ids))))
    with door.change() as session:
        session.execute(update(StoredFile).where(is_unsent(waiting)).values(turns_left=_TURNS))
    return waiting


@use_case(Action.FILE_TAKE)
def drop_files(door: Door, file_ids: Collection[UUID]) -> None:
    """Throw files away that were not sent."""
    with door.change() as session:
        session.execute(delete(StoredFile).where(is_unsent(file_ids)))


@use_case(Action.WORK_FILES)
def age_unsent_files(door: Door, _command: None) -> None:
    """Count one turn down for every file that waits, and throw away those that waited too long."""
    with door.change() as session:
        session.execute(delete(StoredFile).where(StoredFile.turns_left <= 1))
        session.execute(
            update(StoredFile)
            .where(StoredFile.turns_left.is_not(None))
            .values(turns_left=StoredFile.turns_left - 1)
        )


def keep_for_good(session: Session, files: Collection[TakenFile]) -> None:
    """Let files wait no longer, because they are being sent in the caller's transaction.

    Raises StaleError where one waited too long and is gone, or was sent before.
    """
    wanted = {one.id for one in files}
    kept = session.execute(
        update(StoredFile)
        .where(is_unsent(wanted))
        .values(turns_left=None)
        .returning(StoredFile.id),
        execution_options={"synchronize_session": False},
    )
    if set(kept.scalars()) != wanted:
        raise StaleError("a file waited too long to be sent")


def _cleaned(desk: FileDesk, original: SealedSpool, clean: SealedSpool) -> FileKind:
    desk.scanner.insist_on_clean(original.content())
    with cleaning(original.content()) as child:
        for piece in child.pieces():
            clean.write(piece)
        return child.kind


def _store(door: Door, session: Session, spool: SealedSpool, part: FilePart, chunks: int) -> bytes:
    """Returns the manifest of what was stored."""
    digests = []
    for position, body in enumerate(spool.sealed(chunks)):
        session.execute(
            insert(FileChunk).values(file_id=spool.file_id, part=part, position=position, body=body)
        )
        digests.append(door.vault.digest(body))
    return manifest_of(digests)
