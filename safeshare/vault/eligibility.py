"""The signature on who may be given keys: HMAC-SHA256 under a key file (blueprint section 4).

Whoever can write to the database but has no key file cannot swap a public key, approve themselves
for a queue or revive somebody who left: the record no longer matches its MAC.
"""

import hashlib
import hmac
from typing import Final

from safeshare.kernel.keys import KeyRecord
from safeshare.kernel.sealed import Place, Sealed
from safeshare.vault.binding import Part, bind, bind_place

_HMAC_SHA256: Final = b"\x01"


def eligibility_mac(key: bytes, record: KeyRecord) -> bytes:
    """The format byte and 32 bytes that only a holder of the key file can make for this record."""
    return _HMAC_SHA256 + hmac.digest(key, _statement(record), hashlib.sha256)


def eligibility_valid(key: bytes, record: KeyRecord, mac: bytes) -> bool:
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


def _statement(record: KeyRecord) -> bytes:
    """Lists are preceded by how many they hold, and sorted, since rows come in any order."""
    roles = sorted(str(role) for role in record.roles)
    queues = sorted((str(queue), str(approver)) for queue, approver in record.queues)
    parts: list[Part] = [
        record.kind,
        record.owner,
        record.public_key.raw,
        record.key_number,
        record.state,
        len(roles),
        *roles,
        len(queues),
    ]
    for queue, approver in queues:
        parts += [queue, approver]
    return bind("eligibility", *parts)
