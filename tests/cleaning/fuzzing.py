"""Many broken files through the cleaners, each within 512 MB and 5 s of processor time.

    python -m tests.cleaning.fuzzing SEED COUNT

Calls the cleaners themselves, without the net around them that says "damaged" of whatever they
raise: each must refuse by name what it cannot clean, and any other exception is a fault of ours.
Ends with 0 where every file was cleaned or refused, and prints the most memory that was used, in
MiB. An exception, a crash, a hang or hunger ends it with something else, after the number of the
file was printed: seed and number make it again.
"""

import io
import random
import signal
import sys
import zipfile
from pathlib import Path
from resource import RLIMIT_AS, setrlimit

from safeshare.cleaning.child import prepare
from safeshare.cleaning.kinds import MIB, RefusedError
from tests.cleaning import films, made, telling

MEMORY = 512 * MIB
_ROOM = 4 * MEMORY
"""Of address space: no limit may stand where it is measured, since a library can take memory that
it was refused for damage of the file. This one only keeps the machine from harm."""

SECONDS = 5
_WAITING = 60
"""Seconds on the clock for one file: a wait takes no processor time, and others may use it too."""

_TOKENS = (
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x00",
    b"\x7f\xff\xff\xff",
    b"\x80\x00\x00\x00",
    b"ftyp",
    b"moov",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"%PDF-1.7",
    b"endobj",
    b"\xff\xd8\xff",
    b"\xff\xda",
    b"IHDR",
    b"ID3",
    b"\xff\xfb\x90\x00",
    b"<!DOCTYPE",
    b"<w:p>",
    b"<w:del>",
    b"<<",
    b">>",
    b"[",
    b"null",
    b"1 0 R",
    b"(a)",
    b"/Kids",
    b"\x00",
)


def seeds() -> list[bytes]:
    """The whole files that are broken."""
    return [
        *made.every_kind().values(),
        films.mp3(3, tags=False),
        telling.pdf(),
        *(telling.pdf(place) for place in telling.PDFS),
        *telling.office().values(),
        made.archive({"a": "b"}),
        "text".encode("utf-16"),
        b"text",
    ]


def broken(source: random.Random, whole: bytes) -> bytes:
    """A file with some of its bytes changed, doubled, moved or lost; of an archive often those of
    a part in it, since its sums would tell what was done to it from outside.
    """
    if whole.startswith(b"PK") and source.randrange(4):
        with zipfile.ZipFile(io.BytesIO(whole)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        name = source.choice(list(parts))
        return made.archive({**parts, name: _broken(source, parts[name])})
    return _broken(source, whole)


def _broken(source: random.Random, whole: bytes) -> bytes:
    data = bytearray(whole)
    for _ in range(source.choice((1, 1, 2, 4, 16))):
        _harm(source, data)
    return bytes(data)


def _harm(source: random.Random, data: bytearray) -> None:
    at = source.randrange(len(data) + 1)
    way = source.randrange(7)
    if way == 0 and data:
        data[at % len(data)] = source.randrange(256)
    elif way == 1:
        data[at : at + 4] = source.choice(_TOKENS)
    elif way == 2:
        data[at:at] = source.choice(_TOKENS)
    elif way == 3:
        del data[at : at + source.randrange(1, 64)]
    elif way == 4:
        data[at:at] = data[at : at + source.randrange(1, 256)]
    elif way == 5:
        del data[at:]
    else:
        data[at : at + 8] = source.randbytes(8)


def try_one(data: bytes) -> None:
    """Clean it, or refuse it: a `RefusedError` is the one exception that is expected. Whatever else
    is raised is not caught, `MemoryError` and `RecursionError` neither.
    """
    try:
        prepare(data)(data)
    except RefusedError:
        return


def most_memory() -> int:
    """The most bytes of memory that this process has held at once, since its program began."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise LookupError("VmHWM")


def main(seed: int, count: int) -> None:
    """Break and clean `count` files."""
    wholes = seeds()
    source = random.Random(seed)  # noqa: S311 - it must come out the same again
    setrlimit(RLIMIT_AS, (_ROOM, _ROOM))
    for number in range(count):
        data = broken(source, source.choice(wholes))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        signal.alarm(_WAITING)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try_one(data)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        if most_memory() > MEMORY:
            raise MemoryError(most_memory())
    sys.stdout.write(f"{most_memory() // MIB}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
