"""What the child process does: read a file from its pipe, clean it, write it to its pipe, end.

It limits itself before it reads a byte. Before it looks into the file it gives up opening anything,
so that neither a disk nor a network is within its reach. Its exit code says why it refused; it says
nothing else, on any pipe.
"""

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from resource import (
    RLIMIT_AS,
    RLIMIT_CORE,
    RLIMIT_CPU,
    RLIMIT_FSIZE,
    RLIMIT_NOFILE,
    RLIMIT_NPROC,
    setrlimit,
)
from typing import Final

from safeshare.cleaning.kinds import KINDS, LARGEST_FILE, FileKind, Refusal, RefusedError
from safeshare.cleaning.sniffing import sniff

Cleaner = Callable[[bytes], tuple[FileKind, bytes]]

# Each has a function `cleaner`. Loaded by name when the kind is known: Pillow and pikepdf take
# longer to load than a small file takes to clean.
_MODULES: Final[Mapping[FileKind | None, str]] = {
    FileKind.JPEG: "pictures",
    FileKind.PNG: "pictures",
    FileKind.HEIC: "pictures",
    FileKind.PDF: "pdf",
    FileKind.TXT: "text",
    FileKind.MP3: "mp3",
    FileKind.MP4: "boxes",
    FileKind.M4A: "boxes",
    None: "office",
}

_WITH_THREADS: Final = frozenset({FileKind.HEIC})
"""Kinds whose decoder waits for threads of its own, and for ever where it may start none."""


def main(arguments: list[str]) -> int:
    """Clean what comes in. `arguments` are the bytes of memory and the seconds of processor time.

    Returns 0, or the number of a `Refusal`.
    """
    memory, seconds = (int(one) for one in arguments)
    limit_resources(memory, seconds)
    data = sys.stdin.buffer.read(LARGEST_FILE + 1)
    try:
        cleaner = prepare(data)
        _open_nothing_more(may_start_threads=sniff(data) in _WITH_THREADS)
        kind, cleaned = clean(data, cleaner)
    except RefusedError as refused:
        return refused.refusal
    sys.stdout.buffer.write(bytes([KINDS.index(kind)]))
    sys.stdout.buffer.write(cleaned)
    sys.stdout.buffer.flush()
    return 0


def prepare(data: bytes) -> Cleaner:
    """The cleaner of a file, its libraries loaded. RefusedError where its kind is not taken."""
    kind = sniff(data)
    module = import_module(f"safeshare.cleaning.{_MODULES[kind]}")
    found: Cleaner = module.cleaner(kind)
    return found


def clean(data: bytes, cleaner: Cleaner) -> tuple[FileKind, bytes]:
    """The cleaned file with its kind. RefusedError, and nothing else, where it cannot be.

    What libraries raise over hostile bytes has no end of names: all of it says "damaged".
    """
    try:
        return cleaner(data)
    except RefusedError:
        raise
    except (MemoryError, RecursionError) as too_much:
        raise RefusedError(Refusal.TOO_COMPLEX) from too_much
    except Exception as broken:
        raise RefusedError(Refusal.DAMAGED) from broken


def limit_resources(memory: int, seconds: int) -> None:
    """Set what this process may use, for good: address space, processor time, no file, no core."""
    setrlimit(RLIMIT_CORE, (0, 0))
    setrlimit(RLIMIT_AS, (memory, memory))
    setrlimit(RLIMIT_CPU, (seconds, seconds))
    setrlimit(RLIMIT_FSIZE, (0, 0))


def _open_nothing_more(*, may_start_threads: bool) -> None:
    """No descriptor can be had from here on: no file, no socket, no pipe; and no new process, which
    to anybody but root means no new thread either.
    """
    setrlimit(RLIMIT_NOFILE, (0, 0))
    if not may_start_threads:
        with suppress(ValueError, OSError):  # Not every machine lets it be lowered.
            setrlimit(RLIMIT_NPROC, (0, 0))
