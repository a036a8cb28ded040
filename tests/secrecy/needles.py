"""Every form in which a secret might lie about, and a search for all of them at once.

Whatever was split into parts of 20 characters is found as well, by the cores that each part holds.
"""

import re
import subprocess
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

PART = 20
CORE = 10
"""Enough characters of random text to stand nowhere by accident."""

HEX_CORE = 16
"""The same of hexadecimal digits, of which a database has many: ten of them, only five characters
of the text, would be met by accident once in a thousand searches.
"""
_HEX = re.compile(rb"[0-9a-f]+|[0-9A-F]+")


def encoded(secret: bytes) -> Iterator[bytes]:
    """A secret's bytes, and what hexadecimal and base64 make of them at each of 3 alignments."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for shift in range(3):
        # The first characters depend on what stood before the secret, the last on what follows.
        first, last = -(-8 * shift // 6), (8 * (shift + len(secret))) // 6
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(bytes(shift) + secret)[first:last]


def forms(secret: str) -> set[bytes]:
    """A text in every encoding that a program might have given it."""
    found = set(encoded(secret.encode()))
    found |= {quote(secret, safe="").encode(), quote_plus(secret).encode()}
    return found | {secret.encode("utf-16-le"), secret.encode("utf-16-be")}


def cores(form: bytes, width: int = 1, core: int = CORE) -> Iterator[bytes]:
    """The pieces of a form by which any part of 20 characters betrays itself.

    `width` is the number of bytes of a character; `core` the characters of a piece. However a form
    is cut, a part of 20 holds a whole core, since one begins every 20 - core + 1 characters.
    """
    core = max(core, HEX_CORE) if _HEX.fullmatch(form) else core
    for start in range(0, max(1, len(form) // width - core + 1), PART - core + 1):
        yield form[start * width : (start + core) * width]


def needles(secret: str | bytes, core: int = CORE) -> set[bytes]:
    """What to look for when any part of a secret must not be found."""
    if isinstance(secret, bytes):
        return {piece for form in encoded(secret) for piece in cores(form)}
    wide = {secret.encode("utf-16-le"), secret.encode("utf-16-be")}
    narrow = {piece for form in forms(secret) - wide for piece in cores(form, core=core)}
    return narrow | {piece for form in wide for piece in cores(form, width=2, core=core)}


def places_of(wanted: Iterable[bytes], places: Iterable[Path], folder: Path) -> list[str]:
    """The files below `places` that hold any of the needles. `folder` is for the search's own list.

    grep's own search for many words at once takes a second for what Python would need minutes.
    """
    listed = folder / "needles"
    # A needle with a line break in it cannot stand in the list; the one beside it does.
    listed.write_bytes(b"\n".join(sorted({one for one in wanted if b"\n" not in one})) + b"\n")
    command = ["grep", "-rlaF", "-f", str(listed), *(str(place) for place in places)]
    done = subprocess.run(command, env={"LC_ALL": "C"}, capture_output=True, check=False)
    if done.returncode > 1 and b"No such file" not in done.stderr:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return sorted(done.stdout.decode().splitlines())


def holds_any(wanted: Iterable[bytes], content: bytes) -> list[bytes]:
    """Which of the needles some bytes hold."""
    return sorted(one for one in wanted if one in content)
