"""A case's own part of the vault: compartment keys, grants and what the compartments hold.

Nothing here needs a key file: whoever holds a grant can open a case, and nobody else.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import (
    CompartmentKey,
    Place,
    PrivateKey,
    PublicKey,
    Sealed,
    StreamKey,
)
from safeshare.vault import aead, hpke
from safeshare.vault.binding import bind_place
from safeshare.vault.contents import (
    DOCUMENT,
    MESSAGE,
    RECORD,
    ROLL,
    Shape,
    decode_mapping,
    decode_text,
    encode_mapping,
    encode_text,
    open_content,
    seal_content,
)
from safeshare.vault.streams import StreamSealer, open_chunk

_MARKED: Final = frozenset(aead.SUITES) - {aead.AES_256_GCM}
"""The suites whose keys are stored with their byte. Each key can be written in one way only."""


def _unwatched() -> None:
    """Nobody asked to be told."""


@dataclass(frozen=True)
class Compartments:
    """Makes and opens grants, documents, messages, records and rolls.

    `on_reveal` is called whenever content of a case is opened. `content_suite` is that of new keys;
    keys of every other known suite still open (ADR 0008).
    """

    on_reveal: Callable[[], None] = field(default=_unwatched, repr=False, kw_only=True)
    content_suite: int = field(default=aead.AES_256_GCM, kw_only=True)
    _keys_read: hpke.KeysRead | None = field(default=None, repr=False, kw_only=True)

    def with_watch(self, on_reveal: Callable[[], None]) -> Self:
        """A copy for one passage through the gate: it reports each opening of a case's content, and
        reads the actor's private key once. Keys and permits are shared.
        """
        keys_read = {} if self._keys_read is None else self._keys_read
        return replace(self, on_reveal=on_reveal, _keys_read=keys_read)

    def new_compartment_key(self, number: int = 1) -> CompartmentKey:
        """A random key of today's suite; numbers count up from 1 within a compartment."""
        return CompartmentKey(os.urandom(aead.KEY_BYTES), number, self.content_suite)

    def grant(self, key: CompartmentKey, place: Place, public_key: PublicKey) -> Sealed:
        """Seal a compartment key to a person, in the suite of their key.

        SealBrokenError if the public key is none. ValueError if the place names another number.
        """
        if place.key_number != key.number:
            raise ValueError("the place names another key number than the key has")
        return hpke.seal(public_key, _written(key), bind_place("grant", place))

    def open_grant(self, sealed: Sealed, place: Place, private_key: PrivateKey) -> CompartmentKey:
        """Open a grant that was made at this place to this key; else SealBrokenError."""
        binding = bind_place("grant", place)
        suite, raw = _read(hpke.unseal(private_key, sealed, binding, self._keys_read))
        return CompartmentKey(raw, place.key_number, suite)

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

    def seal_roll(self, key: CompartmentKey, place: Place, roll: Mapping[str, Any]) -> Sealed:
        """Seal a list of people in 4 KiB, however long it is; InvalidError if it does not fit."""
        return seal_content(ROLL, key, place, encode_mapping(roll))

    def open_roll(self, key: CompartmentKey, place: Place, sealed: Sealed) -> dict[str, Any]:
        """Open what `seal_roll` made here; else SealBrokenError."""
        return decode_mapping(self._reveal(ROLL, key, place, sealed))

    def new_stream(self, place: Place) -> StreamSealer:
        """What seals one file's chunks, with a new key of today's suite. The place is the file's
        and no case's: a file is sealed before it belongs to one, and its key is then sealed into
        the case.
        """
        return StreamSealer(bind_place("stream", place), self.content_suite)

    def open_chunk(
        self, key: StreamKey, place: Place, position: int, sealed: Sealed, *, is_last: bool
    ) -> bytes:
        """Open one chunk of a stream; SealBrokenError where it does not belong there."""
        binding = bind_place("stream", place)
        return open_chunk(key, binding, position, sealed, is_last=is_last)

    def _reveal(self, shape: Shape, key: CompartmentKey, place: Place, sealed: Sealed) -> bytes:
        content = open_content(shape, key, place, sealed)
        if place.case_id is not None:
            self.on_reveal()
        return content


def _written(key: CompartmentKey) -> bytes:
    """A key as a grant holds it: its suite byte first, which a key of the first suite has not."""
    return key.raw if key.suite == aead.AES_256_GCM else bytes([key.suite]) + key.raw


def _read(granted: bytes) -> tuple[int, bytes]:
    """The suite and the bytes of the key that a grant holds."""
    if len(granted) == aead.KEY_BYTES:
        return aead.AES_256_GCM, granted
    if len(granted) != aead.KEY_BYTES + 1 or granted[0] not in _MARKED:
        raise SealBrokenError("a grant does not hold a key")
    return granted[0], granted[1:]
