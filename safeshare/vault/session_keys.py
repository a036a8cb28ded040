"""The server's half of every session: numbered keys in a folder, the newest and the one before.

Rotated weekly, and replaced after a restore (blueprint section 4). Running processes notice by the
names in the folder, since a number is never used twice; looking costs some microseconds a session.

    keys/session/NNNNNN     32 bytes
    keys/session/ended      JSON: with which number all sessions last ended, and for which era
"""

import json
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from safeshare.kernel.drafts import replace_text
from safeshare.kernel.errors import MisconfiguredError, SealBrokenError
from safeshare.vault.key_folder import (
    alone_in,
    make_folder,
    read_key,
    read_quietly,
    write_key,
)

_KEY_BYTES: Final = 32
_ENDED: Final = "ended"


@dataclass(frozen=True, slots=True)
class Ended:
    """When all sessions were last ended: `since` is the first number after that, and `era` that of
    the installation (empty in its first).
    """

    since: int = 1
    era: str = ""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What was in the folder when it held files of these numbers."""

    numbers: tuple[int, ...]
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
        """Add a new key and retire every other: after a restore or a theft. What marks a browser as
        known ends as well.
        """
        self._renew(kept=1)
        self._write_ended(Ended(self.current()[0], self.ended().era))

    def ended(self) -> Ended:
        """When all sessions were last ended. MisconfiguredError where that cannot be read."""
        path = self._folder / _ENDED
        try:
            return _parsed(read_quietly(path))
        except FileNotFoundError:
            return Ended()
        except (OSError, ValueError, TypeError):
            raise MisconfiguredError(
                f"{path} is damaged: delete it, and then run `safeshare sessions end`"
            ) from None

    def note_era(self, era: str) -> None:
        """Keep of which era the sessions are that begin from now on."""
        self._write_ended(Ended(self.ended().since, era))

    def alone(self) -> AbstractContextManager[None]:
        """Be the only process that renews these keys."""
        return alone_in(self._folder)

    def _renew(self, kept: int) -> None:
        numbers = _numbers(self._folder)
        newest = numbers[-1] + 1
        _write_numbered(self._folder, newest)
        for number in numbers[: len(numbers) + 1 - kept]:
            _path(self._folder, number).unlink()
        self._loaded = self._load()

    def _write_ended(self, ended: Ended) -> None:
        replace_text(self._folder / _ENDED, json.dumps(asdict(ended)))

    def _fresh(self) -> _Loaded:
        if _numbers(self._folder) != self._loaded.numbers:
            self._loaded = self._load()
        return self._loaded

    def _load(self) -> _Loaded:
        numbers = _numbers(self._folder)
        try:
            return _Loaded(
                numbers, {number: _read_numbered(self._folder, number) for number in numbers}
            )
        except MisconfiguredError:
            if _numbers(self._folder) == numbers:
                raise
            return self._load()  # Another process retired a key between our two looks.


def _parsed(text: str) -> Ended:
    found = Ended(**json.loads(text))
    if (type(found.since), type(found.era)) != (int, str):
        raise ValueError("not what was written there")
    return found


def _write_numbered(folder: Path, number: int) -> None:
    write_key(_path(folder, number), _name(number), os.urandom(_KEY_BYTES))


def _read_numbered(folder: Path, number: int) -> bytes:
    return read_key(_path(folder, number), _name(number), _KEY_BYTES)


def _numbers(folder: Path) -> tuple[int, ...]:
    """The numbers of the keys in the folder, in order: at least one."""
    try:
        with os.scandir(folder) as found:
            numbers = sorted(int(one.name) for one in found if one.name.isdecimal())
    except OSError:
        raise MisconfiguredError(f"the folder of session keys {folder} is missing") from None
    if not numbers:
        raise MisconfiguredError(f"there is no session key in {folder}")
    return tuple(numbers)


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}"


def _name(number: int) -> str:
    return f"session-{number}"
