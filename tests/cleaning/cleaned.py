"""Cleans a file in this process, as the child does, for tests that look at what comes out."""

import io
import zipfile

from safeshare.cleaning.child import clean, prepare
from safeshare.cleaning.kinds import FileKind, Refusal, RefusedError


def cleaned(data: bytes) -> tuple[FileKind, bytes]:
    """The kind and the clean copy. RefusedError where it is not taken."""
    return clean(data, prepare(data))


def refusal_of(data: bytes) -> Refusal | None:
    """Why a file is refused; None where it is taken."""
    try:
        cleaned(data)
    except RefusedError as refused:
        return refused.refusal
    return None


def unpacked(package: bytes) -> dict[str, bytes]:
    """The parts of an Office file."""
    with zipfile.ZipFile(io.BytesIO(package)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}
