"""Giving cases to people with the recovery key. Officers give keys and are never shown content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.casework.rules import RecoveryPurpose, recovery_reason
from safeshare.casework.service.overseeing import find_another_overseer
from safeshare.casework.watching_queries import list_abandoned
from safeshare.concerns.models import Case, GranteeKind
from safeshare.concerns.queries import find_case_by_reference, get_case_held, list_holders
from safeshare.concerns.rules import QueueMembers, choose_holders, draw_order
from safeshare.concerns.service.compartments import Lock, open_locks
from safeshare.concerns.service.exclusions import excluded_from, succession_of
from safeshare.concerns.service.holding import give_keys, says_danger
from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import (
    InvalidError,
    NobodyEligibleError,
    NotFoundError,
    SealBrokenError,
)
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Author
from safeshare.mailbox.service.messages import add_message, seal_message
from safeshare.outbox.service.queueing import queue_nudge
from safeshare.people.models import Queue
from safeshare.people.queries import find_staff_by_sign_in_name, list_choosable_standings
from safeshare.people.rules import (
    MemberFacts,
    eligible_holders,
    eligible_overseers,
    normal_sign_in_name,
    reserve_chain,
)
from safeshare.people.service.eligibility import facts_of, trusted_queues
from safeshare.people.service.liveness import find_live_people, find_there, hold_unchanged
from safeshare.policy.actions import Action

CASES_A_ROUND = 10
"""How many cases one transaction gives to new people."""

_GIVEN = (Compartment.CONVERSATION, Compartment.WORK)

_Locks = Mapping[Compartment, Lock]


@dataclass(frozen=True, slots=True)
class GiveCase:
    """Give one case to people, by their sign-in names. `reason` is sealed and read by the reporter.

    `with_identity` gives them the key to who the reporter is as well.
    """

    reference: str
    people: tuple[str, ...]
    purpose: RecoveryPurpose
    reason: str = field(repr=False)
    with_identity: bool = False


@dataclass(frozen=True, slots=True)
class GiveAbandoned:
    """Give the next cases that nobody can open to eligible people, after this one by id."""

    reason: str = field(repr=False)
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What one round did. `last` is None where nothing was left.

    `left` counts the cases that could not be given: nobody may have them, or this recovery key does
    not open them.
    """

    last: UUID | None
    given: int
    left: int


@use_case(Action.RECOVERY_LOOK)
def check_purpose(door: Door, command: GiveCase) -> None:
    """Say, before any code is typed, whether a case may be given for this purpose.

    Raises NotFoundError where there is no such case, and InvalidError where the purpose is not so.
    """
    _insist_on_purpose(door, door.read, _case(door, command.reference).id, command.purpose)


@use_case(Action.RECOVERY_GIVE)
def give_case(door: Door, command: GiveCase) -> None:
    """Let people hold a case. The reporter is told so, and why, in the conversation.

    Raises NotFoundError where there is no such case, or no grant of it to this recovery key;
    InvalidError where the reason is missing, a name is nobody's, somebody is not eligible or is
    kept out of the case, or it is given because nobody is left while somebody is: then nobody was
    given anything.
    """
    reason = recovery_reason(command.reason)
    case = _case(door, command.reference)
    people = [_staff_id(door, name) for name in command.people]
    wanted = (*_GIVEN, Compartment.IDENTITY) if command.with_identity else _GIVEN
    locks = _open(door, case.id, *wanted)
    with door.change() as session:
        held = get_case_held(session, case.id)
        _insist_on_purpose(door, session, case.id, command.purpose)
        _give(door, session, held, locks, people, reason)
        if command.with_identity:
            for one in people:
                door.record(Event.IDENTITY_GIVEN, case_id=case.id, staff=str(one))
        door.record(
            Event.RECOVERY_CASE_GIVEN,
            case_id=case.id,
            purpose=command.purpose,
            people=str(len(people)),
            identity="given" if command.with_identity else "kept",
        )


@use_case(Action.RECOVERY_GIVE)
def give_abandoned(door: Door, command: GiveAbandoned) -> Given:
    """Find new holders for the next cases that nobody can open, and give them the keys.

    They are chosen as for a new concern: those next in line first, then by lot among the eligible
    people of its queue and its reserves, never anybody who is kept out. Their overseer is replaced
    where that one is gone. The identity stays closed.
    """
    reason = recovery_reason(command.reason)
    people = find_live_people(door)
    cases = list_abandoned(door.read, people.present, command.after, CASES_A_ROUND)
    if not cases:
        return Given(None, 0, 0)
    choosing = _choosing(door)
    given = 0
    with door.change() as session:
        # Before any case: whoever changes one of them waits for the cases that they watch.
        hold_unchanged(session, {one: people.records[one] for one in people.overseers})
        for one in cases:
            given += _give_to_new(door, session, choosing, one.id, reason)
        left = len(cases) - given
        door.record(Event.RECOVERY_ROUND_ENDED, given=str(given), left=str(left))
    return Given(cases[-1].id, given, len(cases) - given)


@dataclass(frozen=True, slots=True)
class _Choosing:
    """What new holders are chosen from."""

    facts: Sequence[MemberFacts]
    queues: Mapping[UUID, Queue]


def _choosing(door: Door) -> _Choosing:
    facts = facts_of(door, list_choosable_standings(door.read))
    queues, _refused = trusted_queues(door, door.read)
    return _Choosing(facts, {queue.id: queue for queue in queues})


def _give_to_new(
    door: Door, session: Session, choosing: _Choosing, case_id: UUID, reason: str
) -> bool:
    """Whether the case could be given to anybody."""
    case = get_case_held(session, case_id)
    try:
        locks = open_locks(door, case_id, *_GIVEN, session=session)
        excluded = excluded_from(door, locks, case_id, session)
        line = succession_of(door, locks, case_id, session)
        danger = says_danger(door, session, case_id, locks)
        chosen = _choose(choosing, case, line, excluded, danger=danger)
    except (NotFoundError, NobodyEligibleError):
        door.record(Event.RECOVERY_CASE_LEFT, case_id=case_id)
        return False
    except SealBrokenError:
        door.record(Event.ALARM_RAISED, case_id=case_id, alarm="recovery_grant_does_not_open")
        return False
    _give(door, session, case, locks, chosen, reason)
    is_gone = case.overseer_id not in eligible_overseers(choosing.facts)
    find_another_overseer(door, session, case, locks, is_gone=is_gone)
    door.record(
        Event.RECOVERY_CASE_GIVEN,
        case_id=case_id,
        purpose=RecoveryPurpose.NOBODY_LEFT,
        people=str(len(chosen)),
        identity="kept",
    )
    return True


def _choose(
    choosing: _Choosing,
    case: Case,
    line: Sequence[UUID],
    excluded: frozenset[UUID],
    *,
    danger: bool,
) -> Sequence[UUID]:
    """Raises NobodyEligibleError."""
    codes = {queue.code: queue for queue in choosing.queues.values()}
    ids = {queue.id: queue.code for queue in choosing.queues.values()}
    home = choosing.queues.get(case.queue_id)
    if home is None:
        raise NobodyEligibleError("the case's queue is not as it was signed")
    reserves = {
        code: ids.get(queue.reserve_id) if queue.reserve_id else None
        for code, queue in codes.items()
    }
    chain = reserve_chain(home.code, reserves, tuple(codes))
    members = [_members(choosing, codes[code].id, danger=danger) for code in chain]
    everybody = frozenset[UUID]().union(*(one.members for one in members))
    order = [*(one for one in line if one in everybody), *draw_order(everybody - set(line))]
    return choose_holders(order, members, excluded, wanted=home.holders_wanted).holders


def _members(choosing: _Choosing, queue_id: UUID, *, danger: bool) -> QueueMembers:
    members = eligible_holders(choosing.facts, queue_id, danger=danger)
    supervisors = {one.staff_id for one in choosing.facts if Role.SUPERVISOR in one.roles}
    return QueueMembers(members, members & supervisors)


def _give(
    door: Door,
    session: Session,
    case: Case,
    locks: _Locks,
    people: Sequence[UUID],
    reason: str,
) -> None:
    give_keys(door, session, case, locks, people)
    message = seal_message(door, locks[Compartment.CONVERSATION], Author.OFFICERS, reason)
    add_message(session, door, message)
    queue_nudge(session, message.party_id, door.clock.today())


def _case(door: Door, reference: str) -> Case:
    case = find_case_by_reference(door.read, reference)
    if case is None:
        raise NotFoundError("There is no case with this reference.")
    return case


def _insist_on_purpose(
    door: Door, session: Session, case_id: UUID, purpose: RecoveryPurpose
) -> None:
    """The reporter reads the purpose, so it must not say that nobody is left while somebody is."""
    if purpose is not RecoveryPurpose.NOBODY_LEFT:
        return
    grants = list_holders(session, case_id)
    staff = {one.grantee_id for one in grants if one.grantee_kind is GranteeKind.STAFF}
    if find_there(door, session, staff):
        raise InvalidError(
            "Somebody who holds this case can still open it, so nobody_left is not true of it, and "
            "the reporter would read it. Say what it is for: reporter_asked, holders_asked, safety "
            "or law.",
            field="purpose",
        )


def _staff_id(door: Door, name: str) -> UUID:
    member = find_staff_by_sign_in_name(door.read, normal_sign_in_name(name))
    if member is None:
        raise InvalidError(f"Nobody has the sign-in name {name}.", field="people")
    return member.id


def _open(door: Door, case_id: UUID, *wanted: Compartment) -> _Locks:
    locks = open_locks(door, case_id, *wanted)
    if not set(wanted) <= locks.keys():
        raise NotFoundError("The recovery key does not open the whole case.")
    return locks
