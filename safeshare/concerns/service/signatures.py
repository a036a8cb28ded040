"""Every signed record of the installation, for the operator: which of them are not believed, and
believing them again after an older backup was put back or after they were put right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete
from sqlalchemy.orm import Session

from safeshare.concerns.queries import find_routing
from safeshare.concerns.service.routing import ROUTING, routing_record
from safeshare.gate import Door, use_case
from safeshare.kernel.keys import SignedRecord
from safeshare.ledger.events import Event
from safeshare.people.models import (
    OnCall,
    Queue,
    ServiceKey,
    SignedList,
    StaffRole,
)
from safeshare.people.queries import (
    Standing,
    list_all_standings,
    list_queues,
    list_rotas,
    list_service_keys,
)
from safeshare.people.rules import proposed_of
from safeshare.people.service.eligibility import (
    queue_record,
    rota_record,
    service_record,
    sign,
    sign_queue,
    sign_rota,
    sign_service_key,
    staff_record,
)
from safeshare.people.service.waiting import propose_roles
from safeshare.policy.actions import Action


class Fault(StrEnum):
    """Why a record is not believed."""

    FORGED = "forged"
    OLDER = "older"


@dataclass(frozen=True, slots=True)
class Doubted:
    """A record that is not believed: its subject, what people call it, and why."""

    subject: str
    name: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class _Row:
    """One signed record with where it lies."""

    record: SignedRecord
    mac: bytes
    name: str
    owner: Standing | Queue | ServiceKey | SignedList
    turns: Sequence[OnCall] = ()


@use_case(Action.SIGNATURES_ACCEPT)
def list_doubted(door: Door, _command: None) -> Sequence[Doubted]:
    """Every record that is not as it was signed, or not the newest."""
    return [found for row in _rows(door.read) if (found := _doubted(door, row)) is not None]


@use_case(Action.SIGNATURES_ACCEPT)
def accept_signatures(door: Door, subjects: Sequence[str]) -> Sequence[Doubted]:
    """Sign these records as the tables now say. Returns what was accepted.

    An older record is taken as it was. A person whose record was forged is let into no queue by
    this, and has no role that watches over cases: others must approve both again.
    """
    accepted = []
    with door.change() as session:
        for row in _rows(session):
            found = _doubted(door, row)
            if found is None or found.subject not in subjects:
                continue
            accepted.append(found)
            _sign_again(door, session, row, found.fault)
        counts = {fault: sum(one.fault is fault for one in accepted) for fault in Fault}
        door.record(
            Event.SIGNATURES_ACCEPTED,
            forged=str(counts[Fault.FORGED]),
            older=str(counts[Fault.OLDER]),
            subjects=" ".join(sorted(one.subject for one in accepted)),
        )
    return accepted


def _rows(session: Session) -> Iterator[_Row]:
    for one in list_all_standings(session):
        yield _Row(staff_record(one), one.member.mac, one.member.display_name, one)
    names = {queue.id: queue.name for queue in list_queues(session)}
    for queue in list_queues(session):
        yield _Row(queue_record(queue), queue.mac, queue.name, queue)
    for rota, turns in list_rotas(session):
        name = names[rota.queue_id] if rota.queue_id else ""
        yield _Row(rota_record(rota, turns), rota.mac, f"{name}, rota", rota, turns)
    for key in list_service_keys(session):
        yield _Row(service_record(key), key.mac, key.owner_name or str(key.kind), key)
    signed, rules = find_routing(session)
    if signed is not None:
        yield _Row(routing_record(signed, rules), signed.mac, ROUTING, signed)


def _doubted(door: Door, row: _Row) -> Doubted | None:
    if door.is_signed(row.record, row.mac):
        return None
    is_ours = door.vault.eligibility_valid(row.record, row.mac)
    return Doubted(row.record.subject, row.name, Fault.OLDER if is_ours else Fault.FORGED)


def _sign_again(door: Door, session: Session, row: _Row, fault: Fault) -> None:
    match row.owner:
        case Standing() as standing:
            _sign_person(door, session, standing, fault)
        case Queue() as queue:
            sign_queue(door, queue)
        case ServiceKey() as key:
            sign_service_key(door, key)
        case SignedList(name=name) as signed if name != ROUTING:
            sign_rota(door, signed, row.turns)
        case SignedList() as signed:
            rules = find_routing(session)[1]
            signed.revision = door.next_revision(ROUTING, signed.name, signed.revision)
            signed.mac = door.sign(routing_record(signed, rules))


def _sign_person(door: Door, session: Session, standing: Standing, fault: Fault) -> None:
    roles = standing.roles
    if fault is Fault.FORGED:
        again, staff_id = proposed_of(roles), standing.member.id
        for row in standing.memberships:
            row.approved_by = None
        session.execute(
            delete(StaffRole).where(StaffRole.staff_id == staff_id, StaffRole.role.in_(again))
        )
        propose_roles(door, session, staff_id, again)
        roles = roles - again
    sign(door, Standing(standing.member, roles, standing.memberships))
