"""The overseer as second person: what waits for them, and the reason sealed to them alone.

They have no key to the list of those kept out. So with the reason goes in which teams and places
they were when somebody judged them who has that key. Who has come to be in another since is shown
nothing, whatever the case keeps out, until a holder judges anew who opens the page about the name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.casework.queries import (
    OverseenRequest,
    find_overseen_request,
    list_key_holders,
    list_overseen_requests,
)
from safeshare.casework.rules import Purpose, check_deciding
from safeshare.casework.service.standing import staff_of
from safeshare.concerns.models import Case
from safeshare.concerns.queries import get_case_held, list_holders
from safeshare.concerns.service.exclusions import (
    Locks,
    excluded_from,
    watching_of,
    whereabouts_of,
)
from safeshare.gate import Door, Facts, use_case
from safeshare.kernel.actors import Role, Staff
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.sealed import Compartment, Place, PublicKey, Sealed
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Request
from safeshare.mailbox.queries import get_request
from safeshare.mailbox.rules import RequestState
from safeshare.mailbox.service.requests import check_signed, sign_request
from safeshare.outbox.service.queueing import queue_alerts
from safeshare.people.account_queries import list_with_role
from safeshare.people.queries import Whereabouts, find_names, get_standing
from safeshare.people.service.eligibility import is_signed
from safeshare.policy.actions import Action

JUDGED = "judged"
"""Where what is sealed to an overseer says as whom they were judged."""


@dataclass(frozen=True, slots=True)
class ForOverseer:
    """One request that waits for the overseer of its case, with all of it that they are told."""

    request_id: UUID
    reference: str
    asker_name: str
    is_outside: bool
    asked_on: date
    closes_on: date
    purpose: Purpose
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadForOverseer:
    """Ask for one of the requests that wait for one."""

    request_id: UUID


@dataclass(frozen=True, slots=True)
class DecideAsOverseer:
    """The overseer's word on a request."""

    request_id: UUID
    agrees: bool


def _overseer_facts(door: Door, command: ReadForOverseer | DecideAsOverseer) -> Facts:
    actor = door.actor
    if not isinstance(actor, Staff):
        return Facts()
    found = find_overseen_request(door.read, command.request_id, actor.staff_id)
    if found is None or _said_to(door, actor, found) is None:
        return Facts()
    return Facts(is_its_overseer=True, is_self=found.request.asked_by == actor.staff_id)


def _list_facts(door: Door, _command: None) -> Facts:
    """Nothing to know; but what waits is judged here, where nobody is shown what is opened."""
    if isinstance(door.actor, Staff):
        _waiting(door, door.actor)
    return Facts()


@use_case(Action.IDENTITY_WATCH, facts=_list_facts)
def list_for_overseer(door: Door, _command: None) -> tuple[tuple[UUID, str], ...]:
    """The requests that wait for the actor as overseer: id, and reference of the case. One that is
    not as it was written is left out, with an alarm.
    """
    waiting, broken = _waiting(door, staff_of(door))
    for case_id in broken:
        door.record(Event.ALARM_RAISED, case_id=case_id, alarm="case_not_as_written")
    return tuple((one.request.id, one.case.reference) for one in waiting)


def _waiting(door: Door, staff: Staff) -> tuple[list[OverseenRequest], list[UUID]]:
    """What waits for somebody who may still be asked, and the cases of what is not as written."""
    return door.once((_waiting, staff.staff_id), lambda session: _judged(door, session, staff))


def _judged(door: Door, session: Session, staff: Staff) -> tuple[list[OverseenRequest], list[UUID]]:
    waiting, broken = [], []
    for one in list_overseen_requests(session, staff.staff_id, door.clock.today()):
        try:
            if _said_to(door, staff, one) is not None:
                waiting.append(one)
        except SealBrokenError:
            broken.append(one.case.id)
    return waiting, broken


@use_case(Action.IDENTITY_AGREE, facts=_overseer_facts)
def read_for_overseer(door: Door, command: ReadForOverseer) -> ForOverseer:
    """Why somebody asks for the name without the reporter. Reading it is an entry.

    Raises NotFoundError where nothing waits any more.
    """
    staff = staff_of(door)
    found = find_overseen_request(door.read, command.request_id, staff.staff_id)
    said = _said_to(door, staff, found) if found is not None else None
    if found is None or said is None:
        raise NotFoundError("there is no such request")
    request = found.request
    door.record(Event.REQUEST_READ, case_id=found.case.id)
    return ForOverseer(
        request_id=request.id,
        reference=found.case.reference,
        asker_name=find_names(door.read, [request.asked_by]).get(request.asked_by, ""),
        is_outside=request.is_outside,
        asked_on=request.asked_on,
        closes_on=request.closes_on,
        purpose=Purpose(said["purpose"]),
        reason=str(said["reason"]),
    )


def _said_to(door: Door, staff: Staff, found: OverseenRequest) -> Mapping[str, Any] | None:
    """What was sealed to an overseer's own key. None where they have come to be in a team or at a
    place since: nobody has judged yet whether they are still to know of the case.

    Raises SealBrokenError where the row is not as it was written, or was sealed to somebody else:
    that a row names them as overseer is no right.
    """
    request = found.request
    if request.for_overseer is None:
        return None
    door.insist_as_written(found.case.id, request)
    place = overseer_place(request.id)
    said = door.vault.open_from_person(staff.private_key, place, request.for_overseer)
    now = _as_they_stand(whereabouts_of(door, door.read, staff.staff_id))
    return said if set(now) <= set(str(said.get(JUDGED, "")).split()) else None


def _as_they_stand(its: Whereabouts) -> list[str]:
    """An overseer with the teams they were let into and the places where they are."""
    return [str(its.staff_id), *sorted(str(one) for one in its.approved | its.places)]


def overseer_place(request_id: UUID) -> Place:
    """Where the overseer's copy of a reason lives."""
    return Place(Request.__tablename__, str(request_id), "for_overseer")


def tell_second_people(door: Door, session: Session, case: Case, *, asks_overseer: bool) -> None:
    """Say to everybody who may decide on what the actor asks that something waits: the keepers of
    the name, the supervisors who hold the case, and its overseer, where `asks_overseer`.
    """
    people = _keepers(session, case.id) | supervising_holders(session, case.id)
    people |= {case.overseer_id} if asks_overseer and case.overseer_id is not None else set()
    queue_alerts(session, people - {staff_of(door).staff_id}, door.clock.today())


def supervising_holders(session: Session, case_id: UUID) -> set[UUID]:
    """The supervisors who hold a case."""
    held = {one.grantee_id for one in list_holders(session, case_id)}
    return held & set(list_with_role(session, Role.SUPERVISOR))


def _keepers(session: Session, case_id: UUID) -> set[UUID]:
    """The members of staff who have a key to the name."""
    return {
        one.id
        for one in list_key_holders(session, case_id)
        if one.compartment is Compartment.IDENTITY and one.name is not None
    }


def settle_decision(door: Door, request_id: UUID, *, agrees: bool) -> None:
    """Write down the decision of a second person, and sign it. The policy has judged them by the
    tables; the caller has seen that their own key opens what makes them one.

    Raises SealBrokenError where the request is not as it was signed: what was changed must not be
    signed anew.
    """
    staff_id, today = staff_of(door).staff_id, door.clock.today()
    with door.change() as session:
        case = get_case_held(session, get_request(session, request_id).case_id)
        request = get_request(session, request_id)
        door.insist_as_written(case.id, request)
        check_signed(door, request)
        is_asker = request.asked_by == staff_id
        check_deciding(request.kind, request.state, request.closes_on, today, is_asker=is_asker)
        request.agreed_by = staff_id if agrees else None
        request.state = RequestState.AGREED if agrees else RequestState.DECLINED
        request.closed_on = None if agrees else today
        request.for_overseer = None
        request.mac = sign_request(door, request)
        if agrees:
            queue_alerts(session, _keepers(session, case.id) - {staff_id}, today)
        event = Event.REQUEST_AGREED if agrees else Event.REQUEST_DECLINED
        door.record(event, case_id=case.id, kind=request.kind)


def judge_overseer(door: Door, session: Session, case: Case, locks: Locks) -> str:
    """As whom the overseer of a case may be asked today: themselves, with the keys that they have,
    in the teams and places where they are. Empty where the case has none, or its line does not name
    them, or they came to be kept out of it, or their record is not as it was signed: then a keeper
    or a supervisor decides.

    Whoever waits to be let into a team that is kept out is not asked either.
    """
    named = case.overseer_id
    if named is None or named not in watching_of(door, locks, case.id, session):
        return ""
    if named in excluded_from(door, locks, case.id, session):
        return ""
    standing = get_standing(session, named)
    if not is_signed(door, standing) or Role.OVERSEER not in standing.roles:
        return ""
    stands = _as_they_stand(whereabouts_of(door, session, named))
    return " ".join([*stands, f"key-{standing.member.key_number}"])


def seal_for_overseer(
    door: Door, session: Session, case: Case, request_id: UUID, said: Mapping[str, str]
) -> Sealed | None:
    """The reason for the overseer of a case, as they were judged. None where they may not be asked.

    Raises SealBrokenError where their record was changed meanwhile.
    """
    if not said[JUDGED] or case.overseer_id is None:
        return None
    standing = get_standing(session, case.overseer_id)
    if not is_signed(door, standing):
        raise SealBrokenError("an account's record is not as it was signed")
    key = PublicKey(standing.member.public_key)
    return door.vault.seal_to_person(key, overseer_place(request_id), said)


@use_case(Action.IDENTITY_AGREE, facts=_overseer_facts)
def decide_as_overseer(door: Door, command: DecideAsOverseer) -> None:
    """Agree to a request, or decline it. A keeper must still give the key: nobody else has it.

    Raises StaleError where it has been decided or has expired, SealBrokenError where it waits for
    another overseer or was changed: their own key has opened it to judge them.
    """
    settle_decision(door, command.request_id, agrees=command.agrees)
