"""The vault's part for what the server itself seals, and must open without anybody's secret.

Each suite has a key of its own, derived from the file `keys/accounts`. That of the first suite is
the file itself: what was sealed before there was a second still opens. So whoever finds the first
suite's *key* has them all; whoever forges that suite, or reads it, without the key has no other
(ADR 0008).
"""

from typing import Final

from safeshare.kernel.sealed import Place, Sealed
from safeshare.vault import aead
from safeshare.vault.binding import bind_place
from safeshare.vault.derivation import derive
from safeshare.vault.key_files import KeyFiles
from safeshare.vault.padding import pad_to_step, unpad

_KEY_NUMBER: Final = 1
_STEP: Final = 64


class ServerSeals:
    """Seals in the suite of `content_suite`, opens in every known one."""

    keys: KeyFiles
    content_suite: int

    def seal_server(self, place: Place, content: bytes) -> Sealed:
        """Seal a small value that the server itself must read (a six-digit secret) in 64s."""
        return self._seal(pad_to_step(content, _STEP), bind_place("server", place))

    def open_server(self, place: Place, sealed: Sealed) -> bytes:
        """Open what `seal_server` sealed here; else SealBrokenError."""
        return unpad(self._unseal(sealed, bind_place("server", place)))

    def reseal_server(self, place: Place, sealed: Sealed) -> Sealed:
        """The same content, of the same size, in today's suite. It is not looked at.
        SealBrokenError where it does not open here.
        """
        binding = bind_place("server", place)
        return self._seal(self._unseal(sealed, binding), binding)

    def _seal(self, padded: bytes, binding: bytes) -> Sealed:
        suite = self.content_suite
        return aead.seal(_key(self.keys.accounts, suite), _KEY_NUMBER, padded, binding, suite)

    def _unseal(self, sealed: Sealed, binding: bytes) -> bytes:
        suite = aead.suite_of(sealed)
        return aead.unseal(_key(self.keys.accounts, suite), _KEY_NUMBER, sealed, binding, suite)


def _key(accounts: bytes, suite: int) -> bytes:
    if suite == aead.AES_256_GCM:
        return accounts
    return derive(accounts, "accounts key of suite", suite)
