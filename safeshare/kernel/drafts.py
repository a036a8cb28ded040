"""A small file that is put in its place whole: whoever reads meanwhile, or after the power failed,
finds what was there or what comes, and never half of it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_MODE: Final = 0o600
_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


@contextmanager
def drafted(path: Path, text: str) -> Iterator[Path]:
    """A file beside `path`, its owner's alone, that holds `text` (ASCII) and is on the disk, for
    the block to put there. After the block the new name is on the disk too; one that raises leaves
    no draft. Of two processes that write to one file the other has to wait: the caller's to see to.
    """
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)  # Of somebody who was stopped half-way.
    try:
        with os.fdopen(os.open(draft, _FLAGS, _MODE), "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        with suppress(OSError):
            draft.unlink()
    _sync_folder(path.parent)


def replace_text(path: Path, text: str) -> None:
    """Put a file with `text` in the place of another, or where there was none."""
    with drafted(path, text) as draft:
        draft.replace(path)


def _sync_folder(path: Path) -> None:
    """Make the new name durable: fsync of a file alone does not."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
