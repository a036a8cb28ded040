"""A case's own part of the vault: compartment keys, grants and what the compartments hold.

Nothing here needs a key file: whoever holds a grant can open a case, and nobody else.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import CompartmentKey, Place, PrivateKey, PublicKey, Sealed
from safeshare.vault import aead, hpke
from safeshare.vault.binding import bind_place
from safeshare.vault.contents import (
    DOCUMENT,
    MESSAGE,
    RECORD,
    Shape,
    decode_mapping,
    decode_text,
    encode_mapping,
    encode_text,
    open_content,
    seal_content,
)


def _unwatched() -> None:
    """Nobody asked to be told."""


@dataclass(frozen=True)
class Compartments:
    """Makes and opens grants, documents, messages and records.

    `on_reveal` is called whenever content of a case is opened.
    """

    on_reveal: Callable[[], None] = field(default=_unwatched, repr=False, kw_only=True)

    def with_watch(self, on_reveal: Callable[[], None]) -> Self:
        """A copy that reports each opening of a case's content; keys and permits are shared."""
        return replace(self, on_reveal=on_reveal)

    def new_compartment_key(self, number: int = 1) -> CompartmentKey:
        """A random key; numbers count up from 1 within a compartment."""
        return CompartmentKey(os.urandom(aead.KEY_BYTES), number)

    def grant(self, key: CompartmentKey, place: Place, public_key: PublicKey) -> Sealed:
        """Seal a compartment key to a person, in the suite of their key.

        SealBrokenError if the public key is none. ValueError if the place names another number.
        """
        if place.key_number != key.number:
            raise ValueError("the place names another key number than the key has")
        return hpke.seal(public_key, key.raw, bind_place("grant", place))

    def open_grant(self, sealed: Sealed, place: Place, private_key: PrivateKey) -> CompartmentKey:
        """Open a grant that was made at this place to this key; else SealBrokenError."""
        raw = hpke.unseal(private_key, sealed, bind_place("grant", place))
        if len(raw) != aead.KEY_BYTES:
            raise SealBrokenError("a grant does not hold a key")
        return CompartmentKey(raw, place.key_number)

    def seal_document(
        self, key: CompartmentKey, place: Place, document: Mapping[str, Any]
    ) -> Sealed:
        """Seal canonical JSON, padded to 2 KiB steps up to 16 KiB and by Padmé beyond."""
        return seal_content(DOCUMENT, key, place, encode_mapping(document))

    def open_document(self, key: CompartmentKey, place: Place, sealed: Sealed) -> dict[str, Any]:
        """Open what `seal_document` made here; else SealBrokenError."""
        return decode_mapping(self._reveal(DOCUMENT, key, place, sealed))

    def seal_message(self, key: CompartmentKey, place: Place, text: str) -> Sealed:
        """Seal a text, padded to 1 KiB steps up to 16 KiB and by Padmé beyond."""
        return seal_content(MESSAGE, key, place, encode_text(text))

    def open_message(self, key: CompartmentKey, place: Place, sealed: Sealed) -> str:
        """Open what `seal_message` made here; else SealBrokenError."""
        return decode_text(self._reveal(MESSAGE, key, place, sealed))

    def seal_record(self, key: CompartmentKey, place: Place, record: Mapping[str, Any]) -> Sealed:
        """Seal a small record in steps of 512 bytes, so that an empty one looks like a real one."""
        return seal_content(RECORD, key, place, encode_mapping(record))

    def open_record(self, key: CompartmentKey, place: Place, sealed: Sealed) -> dict[str, Any]:
        """Open what `seal_record` made here; else SealBrokenError."""
        return decode_mapping(self._reveal(RECORD, key, place, sealed))

    def _reveal(self, shape: Shape, key: CompartmentKey, place: Place, sealed: Sealed) -> bytes:
        content = open_content(shape, key, place, sealed)
        if place.case_id is not None:
            self.on_reveal()
        return content
