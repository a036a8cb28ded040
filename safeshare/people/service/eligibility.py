"""Signing what chooses or bars people, and believing only what is signed (blueprint §4).

A signature covers everything that decides who is given a concern, or whose name is shown beside
whose key, and counts up with each signing. A record that is not as it was signed, or is not the
newest, is left out of every choice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.gate import Door
from safeshare.kernel.keys import SignedRecord
from safeshare.kernel.sealed import PublicKey
from safeshare.people.models import (
    KeyKind,
    OnCall,
    Queue,
    ServiceKey,
    SignedList,
    StaffState,
)
from safeshare.people.queries import (
    Standing,
    count_officers_together,
    list_current_service_keys,
    list_queues,
    list_rotas,
)
from safeshare.people.rules import MemberFacts, is_away


@dataclass(frozen=True, slots=True)
class TrustedOfficers:
    """Recovery officers, as a reporter is shown them. `together` of the `number` there are open the
    recovery key; `names` are those whose record is as it was signed.
    """

    names: tuple[str, ...] = ()
    together: int = 0
    number: int = 0


def is_signed(door: Door, standing: Standing) -> bool:
    """Whether a member of staff is as they were last signed."""
    return door.is_signed(staff_record(standing), standing.member.mac)


def sign(door: Door, standing: Standing) -> None:
    """Sign what the standing now says. The caller checked the old signature, or made it new."""
    member = standing.member
    member.revision = door.next_revision("staff", str(member.id), member.revision)
    member.mac = door.sign(staff_record(standing))


def sign_queue(door: Door, queue: Queue) -> None:
    """Sign what a queue's row now says. The caller checked the old signature, or made it new."""
    queue.revision = door.next_revision("queue", str(queue.id), queue.revision)
    queue.mac = door.sign(queue_record(queue))


def is_queue_signed(door: Door, queue: Queue) -> bool:
    """Whether a queue's row is as it was last signed."""
    return door.is_signed(queue_record(queue), queue.mac)


def sign_rota(door: Door, rota: SignedList, turns: Iterable[OnCall]) -> None:
    """Sign all turns of one queue's rota. The caller checked the old signature, or made it new."""
    rota.revision = door.next_revision("rota", rota.name, rota.revision)
    rota.mac = door.sign(rota_record(rota, turns))


def is_rota_signed(door: Door, rota: SignedList, turns: Iterable[OnCall]) -> bool:
    """Whether the turns of a queue's rota are those that were last signed."""
    return door.is_signed(rota_record(rota, turns), rota.mac)


def sign_service_key(door: Door, key: ServiceKey) -> None:
    """Sign a recovery key or an officer's."""
    key.revision = door.next_revision(str(key.kind), f"{key.set_id}/{key.owner_id}", key.revision)
    key.mac = door.sign(service_record(key))


def trusted_public_key(door: Door, key: ServiceKey) -> PublicKey | None:
    """The public half of a service key; None, and so never sealed to, where its MAC fails."""
    if door.is_signed(service_record(key), key.mac):
        return PublicKey(key.public_key)
    return None


def trusted_recovery(door: Door) -> tuple[ServiceKey | None, PublicKey | None]:
    """The recovery key in use where there is one, and its public half where it is as signed."""
    kept = _current_keys(door)
    found = next((one for one in kept if one.kind is KeyKind.RECOVERY), None)
    return found, trusted_public_key(door, found) if found is not None else None


def trusted_officers(door: Door) -> TrustedOfficers:
    """The officers of the recovery key in use, by their names as they were signed."""
    officers = [one for one in _current_keys(door) if one.kind is KeyKind.OFFICER]
    return TrustedOfficers(
        names=tuple(one.owner_name for one in officers if trusted_public_key(door, one)),
        together=count_officers_together(door.read, officers[0].set_id) if officers else 0,
        number=len(officers),
    )


def _current_keys(door: Door) -> Sequence[ServiceKey]:
    return door.once("current service keys", list_current_service_keys)


def trusted_queues(door: Door, session: Session) -> tuple[list[Queue], frozenset[str]]:
    """The queues that are as they were signed, in their order, and the ids of the others."""
    queues = list_queues(session)
    trusted = [queue for queue in queues if is_queue_signed(door, queue)]
    refused = {str(queue.id) for queue in queues} - {str(queue.id) for queue in trusted}
    return trusted, frozenset(refused)


def trusted_rota(
    door: Door, session: Session, queues: Iterable[Queue], on: date
) -> tuple[Mapping[UUID, UUID], frozenset[str]]:
    """Who answers for each of these queues on a day, and the names of the rotas that were changed
    behind our back: those name nobody. Of two turns on one day the later one counts.
    """
    rotas = {rota.queue_id: (rota, turns) for rota, turns in list_rotas(session)}
    on_call: dict[UUID, UUID] = {}
    refused: set[str] = set()
    for queue in queues:
        rota, turns = rotas.get(queue.id, (None, ()))
        if rota is None or not is_rota_signed(door, rota, turns):
            refused.add(f"rota/{queue.id}")
            continue
        today = [turn for turn in turns if turn.from_on <= on <= turn.until_on]
        if today:
            on_call[queue.id] = max(today, key=lambda turn: (turn.from_on, turn.id)).staff_id
    return on_call, frozenset(refused)


def facts_of(door: Door, standings: Sequence[Standing]) -> list[MemberFacts]:
    """What the rules of eligibility need to know of these people, signatures judged."""
    today = door.clock.today()
    return [
        MemberFacts(
            staff_id=standing.member.id,
            active=standing.member.state is not StaffState.LEFT,
            available=not is_away(standing.member.away_from, standing.member.away_until, today),
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


def staff_record(standing: Standing) -> SignedRecord:
    """What the signature on a member of staff covers."""
    member = standing.member
    said = {
        "public_key": member.public_key.hex(),
        "key_number": member.key_number,
        "sign_in_name": member.sign_in_name,
        "display_name": member.display_name,
        "job_title": member.job_title,
        "staff_number": member.staff_number,
        "email": member.email,
        "location": _text(member.location_id),
        "state": str(member.state),
        "ends_on": _text(member.ends_on),
        "away_from": _text(member.away_from),
        "away_until": _text(member.away_until),
        "roles": sorted(str(role) for role in standing.roles),
        "memberships": sorted(
            [str(row.queue_id), _text(row.approved_by) or "", bool(row.trained_for_danger)]
            for row in standing.memberships
        ),
    }
    return SignedRecord("staff", str(member.id), member.revision, said)


def queue_record(queue: Queue) -> SignedRecord:
    """What the signature on a queue covers."""
    said = {
        "code": queue.code,
        "name": queue.name,
        "position": queue.position,
        "holders_wanted": queue.holders_wanted,
        "reserve": _text(queue.reserve_id),
        "shows_names": queue.shows_names,
    }
    return SignedRecord("queue", str(queue.id), queue.revision, said)


def rota_record(rota: SignedList, turns: Iterable[OnCall]) -> SignedRecord:
    """What the signature on a queue's rota covers."""
    said = {
        "queue": str(rota.queue_id),
        "turns": sorted(
            [str(turn.staff_id), str(turn.from_on), str(turn.until_on)] for turn in turns
        ),
    }
    return SignedRecord("rota", rota.name, rota.revision, said)


def service_record(key: ServiceKey) -> SignedRecord:
    """What the signature on a recovery key or an officer's covers."""
    said = {
        "name": key.owner_name,
        "number": key.number,
        "public_key": key.public_key.hex(),
        "is_current": key.is_current,
    }
    return SignedRecord(str(key.kind), f"{key.set_id}/{key.owner_id}", key.revision, said)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
