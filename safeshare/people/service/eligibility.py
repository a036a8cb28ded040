"""Signing who may be given concerns, and believing only what is signed (blueprint §4)."""

from collections.abc import Iterable, Sequence

from safeshare.gate import Door
from safeshare.kernel.actors import Role
from safeshare.kernel.keys import KeyRecord
from safeshare.kernel.sealed import PublicKey
from safeshare.people.models import QueueMember, ServiceKey, StaffMember, StaffState
from safeshare.people.queries import Standing
from safeshare.people.rules import MemberFacts


def staff_record(
    member: StaffMember, roles: Iterable[Role], memberships: Iterable[QueueMember]
) -> KeyRecord:
    """What the MAC of a member of staff covers."""
    return KeyRecord(
        kind="staff",
        owner=member.id,
        public_key=PublicKey(member.public_key),
        key_number=member.key_number,
        state=f"{member.state} until {member.ends_on}" if member.ends_on else member.state,
        roles=tuple(roles),
        queues=tuple((row.queue_id, row.approved_by) for row in memberships if row.approved_by),
    )


def service_record(key: ServiceKey) -> KeyRecord:
    """What the MAC of a service key covers."""
    return KeyRecord(
        kind=key.kind,
        owner=f"{key.set_id}/{key.owner_id}",
        public_key=PublicKey(key.public_key),
        key_number=1,
        state="current" if key.is_current else "past",
    )


def is_signed(door: Door, standing: Standing) -> bool:
    """Whether the MAC of a member of staff covers what the tables now say."""
    record = staff_record(standing.member, standing.roles, standing.memberships)
    return door.vault.eligibility_valid(record, standing.member.mac)


def sign(door: Door, standing: Standing) -> None:
    """Put the MAC on what the standing now says. The caller checked the old one, or made it new."""
    record = staff_record(standing.member, standing.roles, standing.memberships)
    standing.member.mac = door.vault.eligibility_mac(record)


def trusted_public_key(door: Door, key: ServiceKey) -> PublicKey | None:
    """The public half of a service key; None, and so never sealed to, where its MAC fails."""
    if door.vault.eligibility_valid(service_record(key), key.mac):
        return PublicKey(key.public_key)
    return None


def facts_of(door: Door, standings: Sequence[Standing]) -> list[MemberFacts]:
    """What the rules of eligibility need to know of these people, signatures judged."""
    return [
        MemberFacts(
            staff_id=standing.member.id,
            active=standing.member.state is not StaffState.LEFT,
            available=standing.member.state is StaffState.ACTIVE,
            roles=standing.roles,
            mac_valid=is_signed(door, standing),
            approved_queues=frozenset(
                row.queue_id for row in standing.memberships if row.approved_by
            ),
            trained_queues=frozenset(
                row.queue_id for row in standing.memberships if row.trained_for_danger
            ),
        )
        for standing in standings
    ]
