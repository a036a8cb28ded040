import subprocess
import sys

PROGRAM = """
import ctypes, resource
from safeshare.vault import forbid_memory_dumps
print(forbid_memory_dumps(), resource.getrlimit(resource.RLIMIT_CORE), end=" ")
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


def test_a_process_can_forbid_dumps_of_its_memory() -> None:
    """In a process of its own: the tests' process must stay open to debuggers."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True, timeout=60
    )
    assert ran.stdout.split() == ["True", "(0,", "0)", "0"]
