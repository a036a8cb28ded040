"""Says what a sealed value belongs to, as bytes that no other belonging could produce.

The result is the additional data of AES-GCM and the `info` of HPKE and HKDF, so that a value
that was moved to another row, case, party or purpose does not open. One-shot HPKE takes no
additional data; RFC 9180 section 8.1 recommends `info` for this.
"""

from uuid import UUID

from safeshare.kernel.sealed import Place

Part = bytes | str | int | UUID | None

_DOMAIN = b"safeshare/1"


def bind(purpose: str, *parts: Part) -> bytes:
    """Encode a purpose and its parts without ambiguity.

    Each part is preceded by a mark for presence and by its length, so that neither ("ab", "c")
    and ("a", "bc") nor None and "" can be mistaken for each other. Numbers and ids are written
    as text: a purpose always has the same kinds of parts in the same order.
    """
    return _DOMAIN + b"".join(_encoded(part) for part in (purpose, *parts))


def bind_place(purpose: str, place: Place) -> bytes:
    """Encode the purpose of a value and every part of the place where it lives."""
    return bind(
        purpose,
        place.table,
        place.row,
        place.field,
        place.case_id,
        place.compartment,
        place.party_id,
        place.key_number,
    )


def _encoded(part: Part) -> bytes:
    if part is None:
        return b"\x00"
    raw = part if isinstance(part, bytes) else str(part).encode()
    return b"\x01" + len(raw).to_bytes(4, "big") + raw
