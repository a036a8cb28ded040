"""The newest revision of every signed record, kept beside the keys.

A signature says that a record was signed once, not that it is the last one. So every record counts
its signings, and the newest count is kept here, where a writer of the tables cannot set it back:

    keys/newest/revisions       JSON: the record's subject to its newest revision
    keys/newest/lock            held while the file is replaced

The numbers only ever rise. Running processes notice a new file by its inode and its instant, at
whatever request comes next: nothing older may pass for the newest. So they read it without a trace
in its time of access, which would tell of a visitor.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from types import MappingProxyType
from typing import Final

from safeshare.kernel.drafts import drafted, replace_text
from safeshare.kernel.errors import MisconfiguredError
from safeshare.vault.key_folder import make_folder, read_quietly, refuse_if_open_to_others

_FILE: Final = "revisions"
_LOCK: Final = "lock"
_MODE: Final = 0o600

Revisions = Mapping[str, int]
"""A record's subject to the revision under which it was last signed."""


class NewestRevisions:
    """Reads and raises the newest revisions of one installation."""

    def __init__(self, folder: Path) -> None:
        """Open the folder; MisconfiguredError where it holds no file of revisions."""
        self._folder = folder
        self._stamp: tuple[int, int] | None = None
        self._known: Revisions = MappingProxyType({})
        self.known()
        for path in (folder, folder / _FILE):
            refuse_if_open_to_others(path)

    @classmethod
    def create(cls, folder: Path) -> "NewestRevisions":
        """Begin with nothing signed; MisconfiguredError where a file is there already."""
        make_folder(folder)
        if (folder / _FILE).exists():
            raise MisconfiguredError(f"{folder} holds the newest revisions already")
        replace_text(folder / _FILE, _written({}))
        return cls(folder)

    @classmethod
    def begin_again(cls, folder: Path) -> bool:
        """Begin with nothing signed where the file is missing or damaged. Whether it was."""
        try:
            cls(folder)
        except MisconfiguredError:
            make_folder(folder)
            replace_text(folder / _FILE, _written({}))
            return True
        return False

    def known(self) -> Revisions:
        """The newest revisions that any process wrote. Costs one look at the file's stamp.

        MisconfiguredError where the file is gone or cannot be read: without it an older record
        could pass for the newest.
        """
        path = self._folder / _FILE
        with _told_where_damaged(path):
            found = path.stat()
            stamp = (found.st_ino, found.st_mtime_ns)
            if stamp != self._stamp:
                self._known, self._stamp = MappingProxyType(_read(path)), stamp
        return self._known

    @contextmanager
    def raising(self, revisions: Revisions) -> Iterator[None]:
        """Raise revisions once the `with` block, which commits them to the database, is through.

        What can fail is done before the block, so that between its end and the new numbers lies
        one renaming. A block that raises leaves the numbers as they were. MisconfiguredError where
        the folder cannot be written or the file is damaged, before anything was committed.
        """
        if not revisions:
            yield
            return
        with _alone(self._folder):
            with _told_where_damaged(self._folder / _FILE):
                raised = _read(self._folder / _FILE)
            for subject, revision in revisions.items():
                raised[subject] = max(revision, raised.get(subject, 0))
            with drafted(self._folder / _FILE, _written(raised)) as draft:
                yield
                draft.replace(self._folder / _FILE)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
    except OSError:
        raise MisconfiguredError(f"this process cannot write in {folder}") from None
    try:
        flock(descriptor, LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _told_where_damaged(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError):
        raise MisconfiguredError(
            f"the newest revisions in {path} are missing or damaged: run"
            " `safeshare signatures accept` after a look at who may be given concerns"
        ) from None


def _read(path: Path) -> dict[str, int]:
    found = json.loads(read_quietly(path))
    if not isinstance(found, dict) or not all(type(one) is int for one in found.values()):
        raise ValueError("not a file of revisions")
    return found


def _written(revisions: Revisions) -> str:
    return json.dumps(dict(revisions), sort_keys=True, separators=(",", ":"))
