"""Files in chunks, each sealed as it passes, so that none is ever whole in memory.

STREAM of Hoang, Reyhanitabar, Rogaway and Vizár ("Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance", CRYPTO 2015, section 7): the nonce of a chunk is seven zero bytes,
its number (4 bytes, big-endian) and a byte that says whether it is the last. Chunks that are left
out, repeated, moved or cut off at the end do not open.

    suite byte (1) | ciphertext of 1 MiB and tag (16)

A key seals one stream and is made here for it, never given: so the zero bytes, where STREAM has a
random prefix, cannot meet a second stream under the same key.
"""

import os
from typing import Final

from cryptography.exceptions import InvalidTag

from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Sealed, StreamKey
from safeshare.vault import aead

CHUNK_BYTES: Final = 1024 * 1024

_PREFIX: Final = bytes(7)


class StreamSealer:
    """Seals the chunks of one stream in their order, under a key of its own."""

    def __init__(self, binding: bytes, suite: int = aead.AES_256_GCM) -> None:
        self.key = StreamKey(os.urandom(aead.KEY_BYTES), suite)
        self._binding = binding
        self._next = 0
        self._is_over = False

    def seal(self, chunk: bytes, *, is_last: bool) -> Sealed:
        """Seal the next chunk. ValueError if it is not of 1 MiB, or comes after the last."""
        if len(chunk) != CHUNK_BYTES or self._is_over:
            raise ValueError("a stream has chunks of 1 MiB, and none after its last")
        nonce = _nonce(self._next, is_last=is_last)
        self._next, self._is_over = self._next + 1, is_last
        head = bytes([self.key.suite])
        cipher = aead.SUITES[self.key.suite](self.key.raw)
        return Sealed(head + cipher.encrypt(nonce, chunk, head + self._binding))


def open_chunk(
    key: StreamKey, binding: bytes, position: int, sealed: Sealed, *, is_last: bool
) -> bytes:
    """Open a chunk at its position, from 0; SealBrokenError for any other, or other bytes."""
    if sealed.blob[:1] != bytes([key.suite]) or key.suite not in aead.SUITES:
        raise SealBrokenError("a chunk of a file is in no known format")
    nonce = _nonce(position, is_last=is_last)
    try:
        cipher = aead.SUITES[key.suite](key.raw)
        return cipher.decrypt(nonce, sealed.blob[1:], sealed.blob[:1] + binding)
    except (InvalidTag, ValueError):  # ValueError: a key of another length.
        raise SealBrokenError("a chunk of a file does not open here") from None


def _nonce(position: int, *, is_last: bool) -> bytes:
    return _PREFIX + position.to_bytes(4, "big") + bytes([is_last])
