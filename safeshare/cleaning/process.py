"""Runs the child that cleans one file, and reads what it makes of it, chunk by chunk.

The bytes go through pipes only. The child has no other open file, no settings and no keys: its
environment is empty but for what Python needs, and it begins in a session of its own.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import IO, Final

from safeshare.cleaning.kinds import (
    KINDS,
    LARGEST_FILE,
    MIB,
    FileKind,
    Limits,
    Refusal,
    RefusedError,
)

_ROOT: Final = Path(__file__).resolve().parents[2]
_ENVIRONMENT: Final = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "PYTHONDONTWRITEBYTECODE": "1"}
_PIECE: Final = MIB // 4


class Cleaning:
    """A child that has cleaned its file: of what `kind` it now is, and the pieces of it."""

    def __init__(self, kind: FileKind, output: IO[bytes]) -> None:
        self.kind = kind
        self._output = output

    def pieces(self) -> Iterator[bytes]:
        """The cleaned file as it comes out of the pipe. RefusedError where it is too large."""
        total = 0
        while piece := self._output.read(_PIECE):
            total += len(piece)
            if total > LARGEST_FILE:
                raise RefusedError(Refusal.TOO_LARGE)
            yield piece


@contextmanager
def cleaning(content: Iterable[bytes], limits: Limits | None = None) -> Iterator[Cleaning]:
    """Clean a file in a child of its own, which is gone when the block ends.

    Raises RefusedError where the file is not taken; also at the block's end where the child did not
    come to a good one: what was read until then must not be used.
    """
    limits = limits or Limits()
    with _begin(limits) as child:
        watch = Timer(limits.wall_seconds, child.kill)
        watch.daemon = True
        watch.start()
        try:
            yield _fed(child, content)
            if child.wait():
                raise RefusedError(_refusal(child.returncode))
        finally:
            watch.cancel()
            child.kill()


def _begin(limits: Limits) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-E", "-s", "-m", "safeshare.cleaning"]
    return subprocess.Popen(  # noqa: S603  # Our own program, and two numbers.
        [*command, str(limits.memory), str(limits.cpu_seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env=_ENVIRONMENT,
        close_fds=True,
        start_new_session=True,
    )


def _fed(child: subprocess.Popen[bytes], content: Iterable[bytes]) -> Cleaning:
    """Give the child its file. It reads all of it before it writes, so neither waits for ever."""
    if child.stdin is None or child.stdout is None:
        raise TypeError("the child was begun with pipes")
    with suppress(BrokenPipeError):  # It ended early; its exit code says why.
        for piece in content:
            child.stdin.write(piece)
        child.stdin.flush()
    with suppress(BrokenPipeError):
        child.stdin.close()
    first = child.stdout.read(1)
    if not first:
        raise RefusedError(_refusal(child.wait()))
    return Cleaning(KINDS[first[0]], child.stdout)


def _refusal(code: int) -> Refusal:
    """Why a child ended. By a signal, it asked for more time or memory than it may have."""
    if code < 0:
        return Refusal.TOO_COMPLEX
    try:
        return Refusal(code)
    except ValueError:
        return Refusal.DAMAGED
