"""How much may be attached, and how the size of a file is hidden."""

from collections.abc import Sequence
from typing import Final

from safeshare.cleaning.kinds import LARGEST_FILE, MIB
from safeshare.kernel.errors import InvalidError

CHUNK_BYTES: Final = MIB
MOST_BYTES_A_CASE: Final = 4 * LARGEST_FILE
"""100 MB, as they were sent, of everybody's files in one case."""

MOST_FILES_A_CASE: Final = 40

_STEPS: Final = (1, 2, 4, 8, 16, 25)
"""How many chunks a stored file has. Only the step shows; the true size is sealed."""


def chunks_for(size: int) -> int:
    """The step that holds `size` bytes. Raises ValueError for more than the largest file."""
    for step in _STEPS:
        if size <= step * CHUNK_BYTES:
            return step
    raise ValueError("no file is as large as that")


def check_room(sizes: Sequence[int], added: Sequence[int]) -> None:
    """Insists that files of the sizes `added` may come to those of `sizes`.

    Raises InvalidError, with the code "no_room" or "too_many_files".
    """
    if len(sizes) + len(added) > MOST_FILES_A_CASE:
        raise InvalidError("too_many_files", field="files")
    if sum(sizes) + sum(added) > MOST_BYTES_A_CASE:
        raise InvalidError("no_room", field="files")
