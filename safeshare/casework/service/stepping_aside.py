"""Somebody with a tie gives a case up: what they had is handed on, and the keys are changed.

The tie is sealed in the case. What the tables and the ledger say is the same for every cause: a
holder was added, a holder was removed.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from safeshare.casework.models import Attestation
from safeshare.casework.queries import list_attested, list_key_holders, staff_with
from safeshare.casework.service.keepers import hand_on_name
from safeshare.casework.service.overseeing import find_another_overseer
from safeshare.casework.service.standing import NamesACase, case_facts, staff_of, standing_of
from safeshare.concerns.models import Case, GranteeKind
from safeshare.concerns.queries import get_case_held, list_holders
from safeshare.concerns.rules import AlarmKind
from safeshare.concerns.rules.exclusions import Why
from safeshare.concerns.service.alarms import raise_alarm
from safeshare.concerns.service.compartments import open_locks, our_grants
from safeshare.concerns.service.exclusions import Locks, excluded_from
from safeshare.concerns.service.holding import give_keys, take_keys
from safeshare.concerns.service.promoting import next_holder, next_in_line
from safeshare.concerns.service.rotation import can_rotate, rotate
from safeshare.gate import Door, use_case
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.service.putting_out import put_out
from safeshare.outbox.service.queueing import queue_alerts
from safeshare.policy.actions import Action

_FEWEST_LIVE = 2


@dataclass(frozen=True, slots=True)
class _Left:
    """The holders who stay, whoever came in their place, and who of them has declared no tie."""

    holders: frozenset[UUID]
    promoted: UUID | None
    attested: frozenset[UUID]


@use_case(Action.CASE_LEAVE, facts=case_facts)
def leave_case(door: Door, command: NamesACase) -> None:
    """Give up a case that one came to be kept out of, as with a tie. The gate sees to it as soon as
    such a holder asks for anything: nobody else has all the keys to hand on what was theirs.
    """
    staff_id, case = staff_of(door).staff_id, standing_of(door, command).case
    with door.change() as session:
        give_up(door, session, get_case_held(session, case.id), staff_id)


def give_up(door: Door, session: Session, case: Case, staff_id: UUID) -> None:
    """The actor steps aside with whatever keys they have. The caller holds the case's row."""
    locks = open_locks(door, case.id, session=session)
    if Compartment.WORK in locks:
        step_aside(door, session, case, locks, staff_id)
    else:
        step_aside_from_conversation(door, session, case, locks, staff_id)


def step_aside(door: Door, session: Session, case: Case, locks: Locks, staff_id: UUID) -> None:
    """Keep a holder out for good, promote the next in line, and hand on what was theirs: the key of
    the name, and being the contact person. The keys of every compartment that they had are changed.

    The caller holds the case's row and opened the holder's own locks in this transaction. Where
    nobody at all is left, not even recovery, the last key stays where it is and opens nothing
    through SafeShare: a concern is never destroyed. The overseer is told at once.
    """
    put_out(door, session, case, locks, staff_id, Why.TIE)
    locks = find_another_overseer(door, session, case, locks)
    left = _promote(door, session, case, locks)
    was_contact = case.contact_id == staff_id
    if Compartment.IDENTITY in locks:
        _hand_on_name(door, session, case, locks, left)
    if can_rotate(door, session, case.id, locks):
        take_keys(door, session, case.id, staff_id)
        rotate(door, session, case.id, locks)
    else:
        door.record(Event.ALARM_RAISED, case_id=case.id, alarm="last_key_kept")
    _forget_word(session, case.id, staff_id)
    if was_contact:
        case.contact_id = _new_contact(session, case.id, left)
    _tell(door, session, case, left)


def step_aside_from_conversation(
    door: Door, session: Session, case: Case, locks: Locks, staff_id: UUID
) -> None:
    """The same for somebody who has the conversation alone. The next in line takes their place
    where the reporter had asked for them.
    """
    put_out(door, session, case, locks, staff_id, Why.TIE)
    following = None
    if case.contact_id == staff_id:
        following = next_in_line(door, session, case.id, locks)
        if following is not None:
            give_keys(door, session, case, locks, [following])
            raise_alarm(session, case.id, AlarmKind.CONTACT_ASKED, door.clock.today())
    take_keys(door, session, case.id, staff_id)
    rotate(door, session, case.id, locks)
    case.contact_id = following if following is not None else case.contact_id
    _forget_word(session, case.id, staff_id)


def _promote(door: Door, session: Session, case: Case, locks: Locks) -> _Left:
    promoted = next_holder(door, session, case, locks)
    parts = (Compartment.CONVERSATION, Compartment.WORK)
    if promoted is not None:
        give_keys(door, session, case, {part: locks[part] for part in parts}, [promoted])
    excluded = excluded_from(door, locks, case.id, session)
    holders = _staff(session, case.id) - excluded
    return _Left(holders, promoted, list_attested(session, case.id) & holders)


def _hand_on_name(door: Door, session: Session, case: Case, locks: Locks, left: _Left) -> None:
    """As many keepers as before: whoever knows the case already comes before whoever is new."""
    keepers = {one.grantee_id for one in our_grants(door, session, locks[Compartment.IDENTITY])}
    others = sorted(
        left.holders - keepers,
        key=lambda one: (one not in left.attested, one == left.promoted, one),
    )
    hand_on_name(door, session, case, locks, others)


def _new_contact(session: Session, case_id: UUID, left: _Left) -> UUID | None:
    """A holder who has declared that they have no tie, before others one who keeps the name; nobody
    where none has: then every holder sees that the case waits for a contact person.
    """
    keepers = staff_with(list_key_holders(session, case_id), Compartment.IDENTITY)
    known = sorted(left.attested, key=lambda one: (one not in keepers, one))
    return known[0] if known else None


def _forget_word(session: Session, case_id: UUID, staff_id: UUID) -> None:
    """Whatever they had said before of having no tie."""
    session.execute(
        delete(Attestation).where(Attestation.case_id == case_id, Attestation.staff_id == staff_id)
    )


def _tell(door: Door, session: Session, case: Case, left: _Left) -> None:
    today = door.clock.today()
    told = {one for one in (left.promoted, case.contact_id) if one is not None}
    if len(left.holders) < _FEWEST_LIVE:
        raise_alarm(session, case.id, AlarmKind.FEW_HOLDERS, today, overseer_on=today)
        told |= {case.overseer_id} if case.overseer_id is not None else set()
    queue_alerts(session, sorted(told), today)


def _staff(session: Session, case_id: UUID) -> frozenset[UUID]:
    return frozenset(
        one.grantee_id
        for one in list_holders(session, case_id)
        if one.grantee_kind is GranteeKind.STAFF
    )
