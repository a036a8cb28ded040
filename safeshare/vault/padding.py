"""Hides how long a text is, before it is sealed.

A padded value is the true length (4 bytes, big-endian), the content and zero bytes. Steps keep
short values alike; beyond 16 KiB the Padmé rule of Nikitin and others ("Reducing Metadata Leakage
from Encrypted Files and Communication with PURBs", PoPETs 2019) costs at most 12 % and lets
a length tell only O(log log) bits.
"""

from safeshare.kernel.errors import InvalidError, SealBrokenError

KIB = 1024
PADME_BEYOND = 16 * KIB
_LENGTH_BYTES = 4


def pad_to_step(content: bytes, step: int) -> bytes:
    """Pad to the next multiple of `step` bytes, whatever the size."""
    return _filled(content, _round_up(_framed(content), step))


def pad_by_size(content: bytes, step: int) -> bytes:
    """Pad to the next multiple of `step` bytes up to 16 KiB, by the Padmé rule beyond."""
    framed = _framed(content)
    return _filled(content, _round_up(framed, step) if framed <= PADME_BEYOND else padme(framed))


def pad_exactly(content: bytes, size: int) -> bytes:
    """Pad to exactly `size` bytes; InvalidError if the content and its length do not fit."""
    if _framed(content) > size:
        raise InvalidError(f"the content is larger than its {size} bytes")
    return _filled(content, size)


def unpad(padded: bytes) -> bytes:
    """Give the content back; SealBrokenError if this is not what a padding rule here makes."""
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    end = _LENGTH_BYTES + length
    if len(padded) < _LENGTH_BYTES or end > len(padded) or padded[end:].strip(b"\x00"):
        raise SealBrokenError("a sealed value is not padded as it should be")
    return padded[_LENGTH_BYTES:end]


def padme(length: int) -> int:
    """The Padmé length for `length` (2 or more): only its leading bits may be other than zero."""
    exponent = length.bit_length() - 1
    unit = 1 << (exponent - exponent.bit_length())
    return _round_up(length, unit)


def _framed(content: bytes) -> int:
    return _LENGTH_BYTES + len(content)


def _filled(content: bytes, size: int) -> bytes:
    return (len(content).to_bytes(_LENGTH_BYTES, "big") + content).ljust(size, b"\x00")


def _round_up(length: int, step: int) -> int:
    return -(-length // step) * step
