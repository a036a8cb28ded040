"""Several keys from one secret: HKDF-SHA256 (RFC 5869), a purpose in each `info`."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from safeshare.vault.binding import Part, bind


def derive(
    secret: bytes, purpose: str, *context: Part, length: int = 32, salt: bytes | None = None
) -> bytes:
    """Derive `length` bytes for one purpose.

    `secret` must already be hard to guess: random, printed from at least 128 random bits, or
    stretched. HKDF does not slow anybody down.
    """
    info = bind(purpose, *context)
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)
