"""Makes guessing slow: Argon2id (RFC 9106) with the installation's pepper, behind permits.

The pepper is a key file outside the database, so that a stolen database alone cannot be guessed
at all. Argon2id releases the interpreter's lock while it runs.
"""

import unicodedata
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from safeshare.vault.contents import encode_text
from safeshare.vault.permits import Lane, Permits

ROOT_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: memory in KiB, passes over it, and lanes computed side by side."""

    memory_kib: int
    passes: int
    lanes: int = 1


CODE_COST: Final = Cost(memory_kib=19 * 1024, passes=2)
"""For access codes: 82.7 random bits already; about 40 ms. OWASP's Password Storage Cheat Sheet."""

PASSPHRASE_COST: Final = Cost(memory_kib=64 * 1024, passes=3)
"""For what people think up: RFC 9106 section 4, second recommendation, with one lane."""


@dataclass(frozen=True, slots=True)
class Stretcher:
    """Stretches with one pepper, behind one process's permits. Costs are lowered by tests alone."""

    pepper: bytes = field(repr=False)
    permits: Permits
    code_cost: Cost = CODE_COST
    passphrase_cost: Cost = PASSPHRASE_COST

    def stretch_code(self, words: str, salt: bytes, binding: bytes, lane: Lane) -> bytes:
        """Stretch the canonical words of an access code to 32 bytes."""
        return self._stretch(encode_text(words), salt, binding, self.code_cost, lane)

    def stretch_passphrase(self, passphrase: str, salt: bytes, binding: bytes, lane: Lane) -> bytes:
        """Stretch a passphrase to 32 bytes.

        It is normalised (NFKC, as NIST SP 800-63B section 3.1.1.2 advises), because keyboards
        write the same accented letter in different ways.
        """
        secret = encode_text(unicodedata.normalize("NFKC", passphrase))
        return self._stretch(secret, salt, binding, self.passphrase_cost, lane)

    def _stretch(self, secret: bytes, salt: bytes, binding: bytes, cost: Cost, lane: Lane) -> bytes:
        argon2 = Argon2id(
            salt=salt,
            length=ROOT_BYTES,
            iterations=cost.passes,
            lanes=cost.lanes,
            memory_cost=cost.memory_kib,
            ad=binding,
            secret=self.pepper,
        )
        with self.permits.hold(lane):
            return argon2.derive(secret)
