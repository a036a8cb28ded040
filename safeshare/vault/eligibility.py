"""The signature on what chooses or bars people: HMAC-SHA256 under a key file (blueprint section 4).

Whoever can write to the database but has no key file cannot swap a public key, approve themselves
for a queue, revive somebody who left or turn a queue's concerns elsewhere: the record no longer
matches its MAC. That it is the newest of its records, `newest` tells.
"""

import hashlib
import hmac
import json
from typing import Final

from safeshare.kernel.keys import SignedRecord
from safeshare.kernel.sealed import Place, Sealed
from safeshare.vault.binding import bind, bind_place

_HMAC_SHA256: Final = b"\x01"


def eligibility_mac(key: bytes, record: SignedRecord) -> bytes:
    """The format byte and 32 bytes that only a holder of the key file can make for this record."""
    return _HMAC_SHA256 + hmac.digest(key, _statement(record), hashlib.sha256)


def eligibility_valid(key: bytes, record: SignedRecord, mac: bytes) -> bool:
    """Whether the record is exactly the one that was signed, compared in constant time."""
    return hmac.compare_digest(eligibility_mac(key, record), mac)


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


def _statement(record: SignedRecord) -> bytes:
    """JSON in one spelling: names in order, no blanks, letters as they are."""
    said = json.dumps(dict(record.said), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return bind("signed record", record.kind, record.owner, record.revision, said)
