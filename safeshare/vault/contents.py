"""The four shapes of what a compartment holds: documents, messages, records and rolls.

All are sealed in the suite of the compartment's key, bound to their place and to their shape. What
differs is how length is hidden (blueprint section 4).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import CompartmentKey, Place, Sealed
from safeshare.vault import aead
from safeshare.vault.binding import bind_place
from safeshare.vault.canonical import canonical
from safeshare.vault.padding import KIB, pad_by_size, pad_exactly, pad_to_step, unpad

ROLL_BYTES: Final = 4 * KIB
"""What a list of people fills, however many are on it; four bytes go to its length."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A name that is bound into the value, and the padding that hides its length."""

    name: str
    pad: Callable[[bytes], bytes]


def _pad_document(content: bytes) -> bytes:
    return pad_by_size(content, 2 * KIB)


def _pad_message(content: bytes) -> bytes:
    return pad_by_size(content, KIB)


def _pad_record(content: bytes) -> bytes:
    return pad_to_step(content, 512)


def _pad_roll(content: bytes) -> bytes:
    return pad_exactly(content, ROLL_BYTES)


DOCUMENT: Final = Shape("document", _pad_document)
MESSAGE: Final = Shape("message", _pad_message)
RECORD: Final = Shape("record", _pad_record)
ROLL: Final = Shape("roll", _pad_roll)


def seal_content(shape: Shape, key: CompartmentKey, place: Place, content: bytes) -> Sealed:
    """Pad and seal. ValueError if the place is for another key number: the caller's mistake."""
    if place.key_number != key.number:
        raise ValueError("the place names another key number than the key has")
    binding = bind_place(shape.name, place)
    return aead.seal(key.raw, key.number, shape.pad(content), binding, key.suite)


def open_content(shape: Shape, key: CompartmentKey, place: Place, sealed: Sealed) -> bytes:
    """Open and unpad; SealBrokenError if it was sealed elsewhere, as another shape, or changed."""
    binding = bind_place(shape.name, place)
    return unpad(aead.unseal(key.raw, key.number, sealed, binding, key.suite))


def encode_mapping(mapping: Mapping[str, Any]) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8, so that equal mappings give equal bytes.

    Lone surrogates, which JSON and some browsers can send, survive: nothing typed is lost.
    """
    return encode_text(canonical(mapping))


def decode_mapping(content: bytes) -> dict[str, Any]:
    """Read `encode_mapping`'s bytes back. They came out of a seal, so anything else is a break."""
    try:
        mapping = json.loads(decode_text(content))
    except json.JSONDecodeError:
        raise SealBrokenError("a sealed document is not one") from None
    if not isinstance(mapping, dict):
        raise SealBrokenError("a sealed document is not one")
    return mapping


def encode_text(text: str) -> bytes:
    """UTF-8 that keeps even lone surrogates."""
    return text.encode("utf-8", "surrogatepass")


def decode_text(content: bytes) -> str:
    """The text of `encode_text`. Python's own error would carry the content with it."""
    try:
        return content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise SealBrokenError("a sealed text is not one") from None
