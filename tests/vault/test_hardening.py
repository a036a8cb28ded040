import subprocess
import sys

PROGRAM = """
import ctypes, resource
from safeshare.vault import forbid_memory_dumps
print(forbid_memory_dumps(), resource.getrlimit(resource.RLIMIT_CORE), end=" ")
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""

BLOCK_MIB = 19
STRETCHING = f"""
import re, threading
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from safeshare.vault import give_memory_back

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024

def stretch():
    Argon2id(salt=bytes(16), length=32, iterations=1, lanes=1, memory_cost={BLOCK_MIB} * 1024)\\
        .derive(b"words")

def stretch_twice(turn):
    with turn:
        stretch()
        stretch()

print(give_memory_back(), end=" ")
stretch()
before, turn = resident(), threading.Semaphore(1)
threads = [threading.Thread(target=stretch_twice, args=(turn,)) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(resident() - before)
"""


def test_a_process_can_forbid_dumps_of_its_memory() -> None:
    """In a process of its own: the tests' process must stay open to debuggers."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True, timeout=60
    )
    assert ran.stdout.split() == ["True", "(0,", "0)", "0"]


def test_a_stretch_cannot_leave_its_memory_with_the_process() -> None:
    """Threads stretch in turn; what each used would otherwise stay in a heap of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", STRETCHING], check=True, capture_output=True, text=True, timeout=60
    )
    given_back, grown_by = ran.stdout.split()
    assert given_back == "True"
    assert int(grown_by) < 2 * BLOCK_MIB
