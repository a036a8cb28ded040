"""Where tests put what they throw away: in memory where there is room, since a disk makes them
wait and its file system takes half of the work of a new database.
"""

import os
import shutil
from pathlib import Path

DISK, MEMORY = Path("/tmp"), Path("/dev/shm")
ROOM = 4 * 2**30
"""Bytes that must be free: several times what a run takes at once."""


def scratch() -> Path:
    """A folder whose files need not outlive the machine. Its path is short enough for a socket."""
    if os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        return MEMORY
    return DISK
