"""Files in a conversation: attached to a concern or a message, listed, opened. Parts of use cases.

A file's keys are sealed into the conversation's compartment, bound to the case as everything else
there. Its chunks stay as they were sealed when it came.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import literal
from sqlalchemy.orm import Session

from safeshare.cleaning.kinds import FileKind
from safeshare.concerns.models import Attachment
from safeshare.concerns.queries import list_attachments
from safeshare.concerns.service.compartments import Lock, check_key_number
from safeshare.concerns.service.rotation import SealedRows
from safeshare.files.models import FilePart
from safeshare.files.rules import check_room, is_picture, neutral_name, original_name
from safeshare.files.service.keeping import TakenFile, keep_for_good
from safeshare.files.service.reading import Stream, seal_anew, whole_content
from safeshare.gate import Door
from safeshare.kernel.errors import NotFoundError, SealBrokenError, StaleError
from safeshare.kernel.sealed import Compartment, Sealed, StreamKey

CHUNKS_A_ROUND = 50
"""How many mebibytes one transaction seals anew: a file of the largest size in both its parts."""

_SHEET, _ORIGINAL = "sheet", "original"


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file as a page lists it. `size` is that of the copy that people read, in bytes; `sent` of
    what came. Without a message it came with the concern. `suite` is the one in which it is sealed.
    """

    id: UUID
    message_id: UUID | None
    position: int
    kind: FileKind
    size: int
    sent: int
    suite: int

    @property
    def is_picture(self) -> bool:
        """Whether the page can show it."""
        return is_picture(self.kind)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file to send to a browser. `kind` is None for an original: nobody vouches for what it is.

    `content` is read and opened as it is asked for; each chunk was seen to be whole before.
    """

    name: str
    kind: FileKind | None
    size: int
    content: Iterator[bytes] = field(repr=False)


def sealed_attachments(
    door: Door,
    lock: Lock,
    files: Sequence[TakenFile],
    *,
    before: Sequence[FileShown] = (),
    message_id: UUID | None = None,
) -> list[Attachment]:
    """The rows that attach files after those of `before`; `add_attachments` adds them.

    Call it before `door.change()`, with the conversation's lock. Raises InvalidError where there
    are too many, or more than 100 MB together.
    """
    check_room([one.sent for one in before], [one.size for one in files])
    first = 1 + max((one.position for one in before), default=0)
    return [
        _sealed(door, lock, one, first + number, message_id) for number, one in enumerate(files)
    ]


def add_attachments(
    session: Session, rows: Sequence[Attachment], files: Sequence[TakenFile]
) -> None:
    """Attach files in the caller's transaction, which holds the case's row. The message that they
    came with has been added and flushed.

    Raises StaleError where a file waited too long, or somebody else attached one or changed the key
    meanwhile.
    """
    if not rows:
        return
    one = rows[0]
    compartment = Compartment.CONVERSATION
    check_key_number(session, one.case_id, compartment, one.party_id, one.key_number)
    newest = max((row.position for row in list_attachments(session, one.case_id)), default=0)
    if one.position != newest + 1:
        raise StaleError("somebody attached a file meanwhile")
    keep_for_good(session, files)
    session.add_all(rows)


def shown_files(door: Door, lock: Lock, *, has_any: bool = True) -> tuple[FileShown, ...]:
    """Every file of a conversation. Raises SealBrokenError where one is gone or was changed.

    Without `has_any` the caller has just seen that there is no row: then only the ledger is asked.
    """
    rows = list_attachments(door.read, lock.case_id) if has_any else ()
    door.insist_complete(lock.case_id, Attachment, rows)
    return tuple(_shown(door, lock, one) for one in rows)


def find_file(door: Door, lock: Lock, file_id: UUID) -> Attachment:
    """One file of a conversation. Raises NotFoundError."""
    found = {row.id: row for row in list_attachments(door.read, lock.case_id)}
    if file_id not in found or found[file_id].party_id != lock.party_id:
        raise NotFoundError("there is no such file")
    return found[file_id]


def describe_file(door: Door, lock: Lock, row: Attachment) -> FileShown:
    """A file as a page about it shows it."""
    return _shown(door, lock, row)


def open_clean(door: Door, lock: Lock, row: Attachment) -> OpenedFile:
    """The copy that people read. Raises SealBrokenError where anything of it was changed."""
    sheet = _revealed(door, lock, row, _SHEET)
    kind = FileKind(sheet["kind"])
    stream = _stream(row.id, FilePart.CLEAN, sheet)
    name = neutral_name(row.position, kind)
    return OpenedFile(name, kind, stream.size, _content(door, row, stream))


def open_original(door: Door, lock: Lock, row: Attachment) -> OpenedFile:
    """What was sent, as it was sent. Raises SealBrokenError where anything of it was changed."""
    stream = _stream(row.id, FilePart.ORIGINAL, _revealed(door, lock, row, _ORIGINAL))
    return OpenedFile(original_name(row.position), None, stream.size, _content(door, row, stream))


def given_name_of(door: Door, lock: Lock, row: Attachment) -> str:
    """What its sender called a file. It may tell who they are."""
    return str(_revealed(door, lock, row, _ORIGINAL)["name"])


def reseal_files(door: Door, session: Session, lock: Lock) -> None:
    """Seal more parts of files anew that are of another suite than today's, `CHUNKS_A_ROUND` chunks
    at the most. Of each file the original comes first: where the clean copy is done, both are.

    The caller holds the case's row and has the conversation's lock under its newest key alone.
    Raises SealBrokenError where any of a file was changed.
    """
    room = CHUNKS_A_ROUND
    for row in list_attachments(session, lock.case_id):
        told = {one: _revealed(door, lock, row, one) for one in (_ORIGINAL, _SHEET)}
        for name, part in ((_ORIGINAL, FilePart.ORIGINAL), (_SHEET, FilePart.CLEAN)):
            chunks = told[name]["chunks"]
            if told[name]["suite"] == door.vault.content_suite:
                continue
            if room < chunks:
                return
            done = seal_anew(door, session, _stream(row.id, part, told[name]))
            told[name] |= _written(done.key, done.manifest)
            _replace(door, lock, row, told[_SHEET], told[_ORIGINAL])
            session.flush()
            room -= chunks


def _sealed(
    door: Door, lock: Lock, file: TakenFile, position: int, message_id: UUID | None
) -> Attachment:
    sheet = {"kind": file.kind, "size": file.clean_size, "sent": file.size, "chunks": file.chunks}
    original = {"name": file.name, "size": file.size, "chunks": file.chunks}
    return Attachment(
        id=file.id,
        case_id=lock.case_id,
        party_id=lock.party_id,
        message_id=message_id,
        position=position,
        key_number=lock.key.number,
        sheet=_record(door, lock, file.id, _SHEET, sheet | _written(file.key, file.manifest)),
        original=_record(
            door,
            lock,
            file.id,
            _ORIGINAL,
            original | _written(file.original_key, file.original_manifest),
        ),
    )


def _record(door: Door, lock: Lock, row: UUID, name: str, content: Mapping[str, Any]) -> Sealed:
    return door.vault.seal_record(
        lock.key, lock.place(Attachment.__tablename__, row, name), content
    )


def _revealed(door: Door, lock: Lock, row: Attachment, name: str) -> dict[str, Any]:
    door.insist_as_written(row.case_id, row)
    lock = lock.under(row.key_number)
    place = lock.place(Attachment.__tablename__, row.id, name)
    return door.vault.open_record(lock.key, place, row.sheet if name == _SHEET else row.original)


def _content(door: Door, row: Attachment, stream: Stream) -> Iterator[bytes]:
    """Raises StaleError, and no alarm, where the file was sealed anew while it was looked for."""
    try:
        return whole_content(door, stream)
    except SealBrokenError:
        with door.reading_apart() as session:
            present = session.get(Attachment, row.id)
        if present is not None and (present.sheet, present.original) != (row.sheet, row.original):
            raise StaleError("the file was sealed anew just now: ask for it again") from None
        raise


def _shown(door: Door, lock: Lock, row: Attachment) -> FileShown:
    sheet = _revealed(door, lock, row, _SHEET)
    return FileShown(
        id=row.id,
        message_id=row.message_id,
        position=row.position,
        kind=FileKind(sheet["kind"]),
        size=sheet["size"],
        sent=sheet["sent"],
        suite=sheet["suite"],
    )


def _written(key: StreamKey, manifest: bytes) -> dict[str, Any]:
    return {"key": _text(key.raw), "suite": key.suite, "manifest": _text(manifest)}


def _text(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")


def _stream(file_id: UUID, part: FilePart, told: Mapping[str, Any]) -> Stream:
    key = StreamKey(b64decode(told["key"]), told["suite"])
    manifest = b64decode(told["manifest"])
    return Stream(file_id, part, key, manifest, told["size"], told["chunks"])


def _reseal(door: Door, lock: Lock, row: Attachment) -> None:
    sheet, original = (_revealed(door, lock, row, one) for one in (_SHEET, _ORIGINAL))
    _replace(door, lock, row, sheet, original)


def _replace(
    door: Door, lock: Lock, row: Attachment, sheet: Mapping[str, Any], original: Mapping[str, Any]
) -> None:
    row.key_number = lock.key.number
    row.sheet = _record(door, lock, row.id, _SHEET, sheet)
    row.original = _record(door, lock, row.id, _ORIGINAL, original)


SEALED_ATTACHMENTS = SealedRows(
    Attachment, lambda lock: literal(lock.compartment is Compartment.CONVERSATION), _reseal
)
"""How a rotation seals the keys of files anew."""
