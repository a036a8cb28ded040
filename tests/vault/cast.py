"""What the vault's tests share: places, cheap stretching."""

from dataclasses import replace
from uuid import UUID

from safeshare.kernel.sealed import Compartment, Place, PrivateKey, PublicKey
from safeshare.vault import Cost
from safeshare.vault.hpke import new_private_key, public_half

CHEAP = Cost(memory_kib=8, passes=1)

CASE = UUID("11111111-1111-4111-8111-111111111111")
PARTY = UUID("22222222-2222-4222-8222-222222222222")
ANOTHER = UUID("33333333-3333-4333-8333-333333333333")

TOLD = Place(
    table="concerns",
    row="44444444-4444-4444-8444-444444444444",
    field="told",
    case_id=CASE,
    compartment=Compartment.CONVERSATION,
    party_id=PARTY,
    key_number=1,
)
GRANT = replace(TOLD, table="grants", field="sealed")
OUTSIDE = Place(table="accounts", row="7", field="totp")


OVERHEAD = 1 + 4 + 12 + 16
"""Bytes that sealing adds: format, key number, nonce and tag."""


def elsewhere(place: Place) -> list[Place]:
    """The same place with one part changed, for each of its parts in turn."""
    return [
        replace(place, table="messages"),
        replace(place, row="44444444-4444-4444-8444-444444444445"),
        replace(place, field="other"),
        replace(place, case_id=ANOTHER),
        replace(place, compartment=Compartment.WORK),
        replace(place, compartment=None),
        replace(place, party_id=ANOTHER),
        replace(place, party_id=None),
        replace(place, key_number=2),
    ]


def key_pair(suite: int) -> tuple[PrivateKey, PublicKey]:
    private_key = new_private_key(suite)
    return private_key, public_half(private_key)
