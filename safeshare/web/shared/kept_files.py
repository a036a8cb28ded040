"""Files that wait to be sent, in the visitor's own sealed session: their keys are nowhere else.

A shelf is what they wait for: the draft, the next message of a mailbox, or that of a case.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from flask import request, session

from safeshare.cleaning.kinds import FileKind
from safeshare.files.rules import check_room
from safeshare.files.service.keeping import (
    TakeFile,
    TakenFile,
    drop_files,
    find_waiting,
    take_file,
)
from safeshare.gate import UseCase
from safeshare.kernel.errors import InvalidError
from safeshare.kernel.sealed import StreamKey
from safeshare.web.shared.file_words import refusal_words
from safeshare.web.shared.uploads import count_left_out, received

Run = Callable[[UseCase[Any, Any], Any], Any]
"""Runs a use case as whoever this session belongs to."""

T = TypeVar("T")

_SHELVES = "files"
REMOVE = "remove"
"""The name of the button that takes one file off its shelf; its value is the file's id."""


def kept_files(shelf: str) -> tuple[TakenFile, ...]:
    """The files on a shelf, in the order in which they came."""
    shelves: Mapping[str, Sequence[Mapping[str, Any]]] = session.get(_SHELVES, {})
    return tuple(_read(one) for one in shelves.get(shelf, ()))


def take_received(shelf: str, run: Run) -> list[str]:
    """Put the files of this form on a shelf, and take off the one whose button was pressed.

    Returns what is wrong with those that were not taken, in words for the page: one text, or none.
    """
    wrong = []
    _remove(shelf, run)
    for spool, name in received():
        kept = kept_files(shelf)
        try:
            check_room([one.size for one in kept], [spool.size])
            taken: TakenFile = run(take_file, TakeFile(spool, name))
        except InvalidError as error:
            wrong.append(refusal_words(str(error), name))
        else:
            _keep(shelf, (*kept, taken))
    if count_left_out():
        wrong.append(refusal_words("too_many_at_once", None))
    return [" ".join(wrong)] if wrong else []


def refresh_kept(shelf: str, run: Run) -> bool:
    """Let the files of a shelf wait two hours more. False where some had waited too long."""
    kept = kept_files(shelf)
    if not kept:
        return True
    waiting = run(find_waiting, frozenset(one.id for one in kept))
    still = tuple(one for one in kept if one.id in waiting)
    if len(still) < len(kept):
        _keep(shelf, still)
    return len(still) == len(kept)


def clear_shelf(shelf: str) -> None:
    """Forget the files of a shelf, for they were sent."""
    _keep(shelf, ())


def _remove(shelf: str, run: Run) -> None:
    pressed = request.form.get(REMOVE, "")
    kept = kept_files(shelf)
    removed = frozenset(one.id for one in kept if str(one.id) == pressed)
    if removed:
        run(drop_files, removed)
        _keep(shelf, tuple(one for one in kept if one.id not in removed))


def _keep(shelf: str, files: Sequence[TakenFile]) -> None:
    shelves = {name: one for name, one in session.get(_SHELVES, {}).items() if name != shelf}
    session[_SHELVES] = shelves | ({shelf: [_written(one) for one in files]} if files else {})


def _written(file: TakenFile) -> dict[str, Any]:
    return {
        "id": str(file.id),
        "name": file.name,
        "kind": file.kind.value,
        "sizes": [file.size, file.clean_size, file.chunks],
        "keys": [_key_written(one) for one in (file.key, file.original_key)],
        "manifests": [one.hex() for one in (file.manifest, file.original_manifest)],
    }


def _read(kept: Mapping[str, Any]) -> TakenFile:
    size, clean_size, chunks = kept["sizes"]
    key, original_key = (StreamKey(b64decode(raw), suite) for raw, suite in kept["keys"])
    manifest, original_manifest = (bytes.fromhex(one) for one in kept["manifests"])
    return TakenFile(
        id=UUID(kept["id"]),
        name=kept["name"],
        kind=FileKind(kept["kind"]),
        size=size,
        clean_size=clean_size,
        chunks=chunks,
        key=key,
        original_key=original_key,
        manifest=manifest,
        original_manifest=original_manifest,
    )


def _key_written(key: StreamKey) -> tuple[str, int]:
    return b64encode(key.raw).decode("ascii"), key.suite
