"""Keeps what is in memory out of files: no core dumps, no reading by a debugger.

Python cannot wipe memory, so keys linger in it; the threat model says so. Call this once, as
a process starts. A child that runs another program must call it again.
"""

import ctypes
import resource
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4  # <linux/prctl.h>; see prctl(2).


def forbid_memory_dumps() -> bool:
    """Forbid core dumps, and on Linux also tracing by processes of the same user.

    Returns whether the second worked. On Linux /proc/self then belongs to root: an ordinary user
    cannot open /dev/stdout by name any more, so log to the inherited streams.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None)
    return bool(libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
