"""The signature on what chooses or bars people: HMAC-SHA256 under a key file (blueprint section 4).

Whoever can write to the database but has no key file cannot swap a public key, approve themselves
for a queue, revive somebody who left or turn a queue's concerns elsewhere: the record no longer
matches its MAC. That it is the newest of its records, `newest` tells.
"""

import hashlib
import hmac
from typing import Final

from safeshare.kernel.keys import SignedRecord
from safeshare.kernel.sealed import Place, Sealed
from safeshare.vault.binding import bind, bind_place
from safeshare.vault.canonical import canonical

_HMAC_SHA256: Final = b"\x01"
_TWO_HMACS: Final = b"\x02"
_HALF: Final = 32


def eligibility_mac(signing: bytes, judging: bytes, record: SignedRecord) -> bytes:
    """The signature on a record: 02, then 32 bytes under each of the two keys.

    Whoever has the judging key alone, as a worker has, can make the second half. It convinces other
    workers, and nobody who gives keys.
    """
    statement = _statement(record)
    return _TWO_HMACS + _hmac(signing, statement) + _hmac(judging, statement)


def eligibility_valid(signing: bytes, judging: bytes, record: SignedRecord, mac: bytes) -> bool:
    """Whether the record is exactly the one that was signed, compared in constant time. An older
    signature has the first half alone: 01, then 32 bytes.
    """
    if mac[:1] == _HMAC_SHA256:
        return hmac.compare_digest(_HMAC_SHA256 + _hmac(signing, _statement(record)), mac)
    return hmac.compare_digest(eligibility_mac(signing, judging, record), mac)


def eligibility_judged(judging: bytes, record: SignedRecord, mac: bytes) -> bool:
    """The same for a process that can judge and cannot sign: by the second half."""
    half = mac[1 + _HALF :] if mac[:1] == _TWO_HMACS else b""
    return hmac.compare_digest(_hmac(judging, _statement(record)), half)


def grant_mac(key: bytes, place: Place, grantee_kind: str, sealed: Sealed) -> bytes:
    """The signature on a grant: sealing alone needs only a public key, which anybody has.

    Without it a writer of the tables could put a compartment key of their own in a grant's place,
    and read what is sealed afterwards.
    """
    statement = bind("grant signature", bind_place("grant", place), grantee_kind, sealed.blob)
    return _HMAC_SHA256 + hmac.digest(key, statement, hashlib.sha256)


def grant_valid(key: bytes, place: Place, grantee_kind: str, sealed: Sealed, mac: bytes) -> bool:
    """Whether the grant is exactly one that we made, compared in constant time."""
    return hmac.compare_digest(grant_mac(key, place, grantee_kind, sealed), mac)


def _hmac(key: bytes, statement: bytes) -> bytes:
    return hmac.digest(key, statement, hashlib.sha256)


def _statement(record: SignedRecord) -> bytes:
    said = canonical(dict(record.said))
    return bind("signed record", record.kind, record.owner, record.revision, said)
