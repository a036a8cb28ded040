"""Split sessions: the cookie and the row each hold half of what opens a session.

The cookie holds a random id and a random key. The row holds the id's hash and a box under a key
that is derived from the cookie's key and a server session key. So a stolen database, cache or
cookie alone opens nothing; a restore that replaces the server keys ends every session.
"""

import base64
import binascii
import hashlib
import os
from typing import Final, NamedTuple

from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.keys import SessionTicket
from safeshare.kernel.sealed import Sealed
from safeshare.vault import aead
from safeshare.vault.binding import bind
from safeshare.vault.derivation import derive
from safeshare.vault.session_keys import SessionKeys

_FORMAT: Final = b"\x01"
_ID_BYTES: Final = 18  # With the format byte and the key: 68 characters of base64, no padding.
_KEY_BYTES: Final = 32


class _Cookie(NamedTuple):
    """The two halves of a cookie value."""

    id_hash: bytes
    key: bytes


def new_session() -> SessionTicket:
    """A fresh cookie value and the hash under which its row is found."""
    raw = _FORMAT + os.urandom(_ID_BYTES + _KEY_BYTES)
    value = base64.urlsafe_b64encode(raw).decode("ascii")
    return SessionTicket(cookie_value=value, id_hash=session_id_hash(value))


def session_id_hash(cookie_value: str) -> bytes:
    """Under which hash (32 bytes) the row is found; SealBrokenError if it is no cookie of ours."""
    return _parted(cookie_value).id_hash


def seal_box(cookie_value: str, realm: str, keys: SessionKeys, content: bytes) -> Sealed:
    """Seal a session's padded content under the newest server key."""
    cookie = _parted(cookie_value)
    number, server_key = keys.current()
    box_key = _box_key(cookie, server_key)
    return aead.seal(box_key, number, content, bind("session", realm, cookie.id_hash))


def open_box(cookie_value: str, realm: str, keys: SessionKeys, sealed: Sealed) -> bytes:
    """Open a session's box; SealBrokenError for another cookie, realm, server key or bytes."""
    cookie = _parted(cookie_value)
    number = aead.key_number(sealed)
    box_key = _box_key(cookie, keys.numbered(number))
    return aead.unseal(box_key, number, sealed, bind("session", realm, cookie.id_hash))


def _box_key(cookie: _Cookie, server_key: bytes) -> bytes:
    return derive(cookie.key, "session box", cookie.id_hash, salt=server_key)


def _parted(cookie_value: str) -> _Cookie:
    try:
        raw = base64.b64decode(cookie_value.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise SealBrokenError("a session cookie is not one of ours") from None
    if raw[:1] != _FORMAT or len(raw) != len(_FORMAT) + _ID_BYTES + _KEY_BYTES:
        raise SealBrokenError("a session cookie is not one of ours")
    session_id, key = raw[1 : 1 + _ID_BYTES], raw[1 + _ID_BYTES :]
    return _Cookie(id_hash=hashlib.sha256(_FORMAT + session_id).digest(), key=key)
