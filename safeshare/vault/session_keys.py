"""The server's half of every session: numbered keys in a folder, the newest and the one before.

Rotated weekly, and replaced after a restore (blueprint section 4). Running processes notice: they
look at the folder's time of change, which costs one `stat` a session.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from safeshare.kernel.errors import MisconfiguredError, SealBrokenError
from safeshare.vault.key_folder import make_folder, read_key, write_key

_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What was in the folder when it was last changed at `changed_ns`."""

    changed_ns: int
    keys: Mapping[int, bytes]


class SessionKeys:
    """Reads, and on an operator's command renews, the session keys of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded = self._load()

    @classmethod
    def create(cls, folder: Path) -> "SessionKeys":
        """Make a folder with key number 1."""
        make_folder(folder)
        _write_numbered(folder, 1)
        return cls(folder)

    def current(self) -> tuple[int, bytes]:
        """The number and the 32 bytes of the newest key."""
        keys = self._fresh().keys
        number = max(keys)
        return number, keys[number]

    def numbered(self, number: int) -> bytes:
        """The key of a number; SealBrokenError if it was retired, which ends its sessions."""
        key = self._fresh().keys.get(number)
        if key is None:
            raise SealBrokenError("the session's server key was retired")
        return key

    def rotate(self) -> None:
        """Add a new key, keep the one before it, and retire older ones."""
        self._renew(kept=2)

    def end_all_sessions(self) -> None:
        """Add a new key and retire every other: after a restore or a theft."""
        self._renew(kept=1)

    def _renew(self, kept: int) -> None:
        numbers = sorted(_numbers(self._folder))
        newest = (numbers or [0])[-1] + 1
        _write_numbered(self._folder, newest)
        for number in numbers[: len(numbers) + 1 - kept]:
            _path(self._folder, number).unlink()
        self._loaded = self._load()

    def _fresh(self) -> _Loaded:
        if _changed_ns(self._folder) != self._loaded.changed_ns:
            self._loaded = self._load()
        return self._loaded

    def _load(self) -> _Loaded:
        changed_ns = _changed_ns(self._folder)
        keys = {
            number: read_key(_path(self._folder, number), _name(number), _KEY_BYTES)
            for number in _numbers(self._folder)
        }
        if not keys:
            raise MisconfiguredError(f"there is no session key in {self._folder}")
        return _Loaded(changed_ns, keys)


def _write_numbered(folder: Path, number: int) -> None:
    write_key(_path(folder, number), _name(number), os.urandom(_KEY_BYTES))


def _numbers(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir() if path.name.isdecimal()]


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}"


def _name(number: int) -> str:
    return f"session-{number}"


def _changed_ns(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        raise MisconfiguredError(f"the folder of session keys {folder} is missing") from None
