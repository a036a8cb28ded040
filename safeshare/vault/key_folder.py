"""One key a file: how it is written, and what is refused when it is read.

A file holds one line: `safeshare-key 1 NAME HEX`. The name inside stops a file that was copied
over another from being taken for it. Files are 0600 in folders 0700; anything more open is
refused, as ssh does with its keys.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Final

from safeshare.kernel.drafts import drafted, replace_text
from safeshare.kernel.errors import MisconfiguredError

_HEAD: Final = "safeshare-key 1"
_FOLDER_MODE: Final = 0o700
_LARGEST_FILE: Final = 16 * 1024
_NO_TRACE: Final = getattr(os, "O_NOATIME", 0)  # Linux alone has it.


def make_folder(path: Path) -> None:
    """Make a folder that only its owner can enter, or take an existing one that is so."""
    path.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    refuse_if_open_to_others(path)


def write_key(path: Path, name: str, raw: bytes) -> None:
    """Write a new key file. MisconfiguredError if there is one: nothing is overwritten. Whoever
    reads meanwhile, or after the power failed, finds it whole or not at all.
    """
    with drafted(path, _line(name, raw)) as draft:
        try:
            os.link(draft, path, follow_symlinks=False)
        except FileExistsError:
            raise MisconfiguredError(f"the key file {path} exists already") from None


def replace_key(path: Path, name: str, raw: bytes) -> None:
    """Put another key in the place of a key file, or make it: whoever reads meanwhile, or after the
    power failed, finds the one or the other whole. What must not be lost has to be in `raw`.
    """
    replace_text(path, _line(name, raw))


def _line(name: str, raw: bytes) -> str:
    return f"{_HEAD} {name} {raw.hex()}\n"


def read_key(path: Path, name: str, size: int) -> bytes:
    """Read a key of `size` bytes. MisconfiguredError, without any of it, if it cannot be used."""
    return read_fitting(path, name, lambda raw: len(raw) == size)


def read_fitting(path: Path, name: str, fits: Callable[[bytes], bool]) -> bytes:
    """The same for a key that is not always of one size."""
    try:
        refuse_if_open_to_others(path)
        line = read_quietly(path, _LARGEST_FILE)
    except (OSError, UnicodeDecodeError):
        raise MisconfiguredError(f"the key file {path} is missing or cannot be read") from None
    head, _, digits = line.strip().rpartition(" ")
    raw = _from_hex(digits)
    if head != f"{_HEAD} {name}" or not fits(raw):
        raise MisconfiguredError(f"the file {path} does not hold the key {name}")
    return raw


def read_quietly(path: Path, most: int = -1) -> str:
    """The text of a file, without a trace in its time of access where the system can do that: some
    are read when somebody comes. OSError and UnicodeDecodeError as of any file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | _NO_TRACE)
    except PermissionError:  # Only the owner may read so; or nobody may read at all.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    with os.fdopen(descriptor, encoding="ascii") as file:
        return file.read(most)


def _from_hex(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b""


def refuse_if_open_to_others(path: Path) -> None:
    """MisconfiguredError unless a file or folder is its owner's alone."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise MisconfiguredError(f"others may use {path}: run chmod -R go= on the key folder")


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process that asks the same is at work on a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        flock(descriptor, LOCK_EX)
        yield
    finally:
        os.close(descriptor)
