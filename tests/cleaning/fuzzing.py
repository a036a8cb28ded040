"""Many broken files through the cleaners, in a process that may use 512 MB and 5 s for each.

    python -m tests.cleaning.fuzzing SEED COUNT

Ends with 0 where every file was cleaned or refused. A crash, a hang or hunger for memory ends it
with something else, after the number of the file was printed: seed and number make it again.
"""

import random
import signal
import sys
from resource import RLIMIT_AS, setrlimit

from safeshare.cleaning.child import clean, prepare
from safeshare.cleaning.kinds import MIB, RefusedError
from tests.cleaning import films, made

MEMORY = 512 * MIB
SECONDS = 5

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
    b"\x00",
)


def seeds() -> list[bytes]:
    """The whole files that are broken."""
    return [
        *made.every_kind().values(),
        films.mp3(3, tags=False),
        made.archive({"a": "b"}),
        b"text",
    ]


def broken(source: random.Random, whole: bytes) -> bytes:
    """A file with some of its bytes changed, doubled, moved or lost."""
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
    """Clean it, or refuse it. Anything else is raised."""
    try:
        clean(data, prepare(data))
    except RefusedError:
        return


def main(seed: int, count: int) -> None:
    """Break and clean `count` files."""
    wholes = seeds()
    source = random.Random(seed)  # noqa: S311 - it must come out the same again
    setrlimit(RLIMIT_AS, (MEMORY, MEMORY))
    for number in range(count):
        data = broken(source, source.choice(wholes))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        signal.alarm(SECONDS)
        try_one(data)
        signal.alarm(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
