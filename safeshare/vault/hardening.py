"""Keeps what is in memory out of files: no core dumps, no reading by a debugger. And gives memory
back: what a stretch has used is not kept for the next.

Python cannot wipe memory, so keys linger in it; the threat model says so. Call this once, as
a process starts. A child that runs another program must call it again.
"""

import ctypes
import resource
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4  # <linux/prctl.h>; see prctl(2).
_M_MMAP_THRESHOLD: Final = -3  # <malloc.h>; see mallopt(3).
_LARGE_BYTES: Final = 1024 * 1024


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


def give_memory_back() -> bool:
    """Let each large block go back to the kernel as it is freed. Returns whether that worked.

    glibc would keep the 19 MiB of a stretch, for each thread that ever stretched, for the next
    one: many times more than is used at once.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES))
