"""Serving a queue: proposed by one, approved by another, and left again.

Nobody approves themselves, and no administrator approves anybody (blueprint section 4): a person
whom an administrator made up is let into no queue.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.gate import Door, Facts, use_case
from safeshare.kernel.actors import Role, Staff
from safeshare.kernel.errors import InvalidError, NotFoundError, SealBrokenError, StaleError
from safeshare.ledger.events import Event
from safeshare.people.models import Queue, QueueMember, StaffMember, StaffState
from safeshare.people.queries import (
    Standing,
    find_staff_by_sign_in_name,
    get_standing,
    list_choosable_standings,
    list_queues,
    list_unapproved,
)
from safeshare.people.rules import (
    FEWEST_THAT_HIDE,
    eligible_holders,
    normal_sign_in_name,
    roles_fit,
)
from safeshare.people.rules.roles import QUEUE_ROLES
from safeshare.people.service.approvers import tell_approvers
from safeshare.people.service.eligibility import facts_of, is_signed, sign
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class Coming:
    """What becomes of the cases that somebody watches when they come to be in a team or at a place,
    named by wiring: it lies in a higher slice. The same for every case, whatever it keeps out.
    """

    end_watches: Callable[[Door, Session, UUID], None]


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody and a queue, as a command."""

    staff_id: UUID
    queue_id: UUID


@dataclass(frozen=True, slots=True)
class ProposeByName:
    """Somebody by their sign-in name, and a queue."""

    sign_in_name: str
    queue_id: UUID


@dataclass(frozen=True, slots=True)
class ApproveMember:
    """Approve somebody as a member of a queue. `trained`: for concerns with the danger flag."""

    staff_id: UUID
    queue_id: UUID
    trained: bool = True


@dataclass(frozen=True, slots=True)
class WaitingMember:
    """Somebody who waits to be let into a queue. `is_signed` is False where the record was changed
    behind our back: nobody can let them in.
    """

    staff_id: UUID
    queue_id: UUID
    queue_name: str
    display_name: str
    job_title: str
    email: str
    has_new_keys: bool
    is_signed: bool


def held_standing(door: Door, session: Session, staff_id: UUID) -> Standing:
    """Somebody's standing, held until the transaction ends: two changes of it take turns. A case
    may come to name them meanwhile, so that neither waits for the other.

    Raises NotFoundError, and SealBrokenError where the record is not as it was signed.
    """
    session.get(StaffMember, staff_id, with_for_update={"key_share": True})
    standing = get_standing(session, staff_id)
    if not is_signed(door, standing):
        raise SealBrokenError("an account's record is not as it was signed")
    return standing


@use_case(Action.PEOPLE_WAITING)
def list_waiting_members(door: Door, _command: None) -> Sequence[WaitingMember]:
    """Who waits for the actor's approval: an overseer sees all, a supervisor those of their queues,
    and nobody themselves.
    """
    actor = staff_of(door)
    names = {queue.id: queue.name for queue in list_queues(door.read)}
    return [
        _waiting(door, standing, row, names[row.queue_id])
        for standing, row in list_unapproved(door.read)
        if _decides(actor, row)
    ]


@use_case(Action.PEOPLE_PROPOSE)
def propose_member(door: Door, command: Membership) -> None:
    """Ask for somebody to be let into a queue. They wait for an approval.

    Raises InvalidError where their roles do not fit, StaleError where they are in it or wait.
    """
    with door.change() as session:
        standing = held_standing(door, session, command.staff_id)
        if session.get(Queue, command.queue_id) is None:
            raise NotFoundError("there is no such queue")
        if standing.member.state is StaffState.LEFT:
            raise StaleError("This account has ended.")
        if any(row.queue_id == command.queue_id for row in standing.memberships):
            raise StaleError("This person is in the queue, or waits for an approval already.")
        if not (standing.roles & QUEUE_ROLES and roles_fit(standing.roles)):
            raise InvalidError("queue_without_role", "staff")
        row = QueueMember(
            queue_id=command.queue_id,
            staff_id=command.staff_id,
            approved_by=None,
            trained_for_danger=False,
        )
        session.add(row)
        _sign_with(door, standing, (*standing.memberships, row))
        tell_approvers(door, session, command.staff_id, [command.queue_id])
        _tell(door, Event.PEOPLE_PROPOSED, command)


@use_case(Action.PEOPLE_PROPOSE)
def propose_by_name(door: Door, command: ProposeByName) -> None:
    """The same with a sign-in name. Raises InvalidError where nobody has it."""
    name = normal_sign_in_name(command.sign_in_name)
    member = find_staff_by_sign_in_name(door.read, name)
    if member is None:
        raise InvalidError("no_such_person", "sign_in_name")
    propose_member.perform(door, Membership(member.id, command.queue_id))


def membership_facts(door: Door, command: Membership | ApproveMember) -> Facts:
    """Whether it is about the actor, and about a queue of theirs."""
    actor = door.actor
    if not isinstance(actor, Staff):
        return Facts()
    return Facts(
        is_self=actor.staff_id == command.staff_id,
        is_in_queue=command.queue_id in actor.queue_ids,
    )


@use_case(Action.PEOPLE_APPROVE, facts=membership_facts)
def approve_member(door: Door, command: ApproveMember) -> None:
    """Make somebody eligible for a queue: by its supervisor or an overseer, never by oneself.

    Raises StaleError where they do not wait for it any more.
    """
    with door.change() as session:
        standing = held_standing(door, session, command.staff_id)
        row = _waiting_row(standing, command.queue_id)
        if standing.member.state is StaffState.LEFT:
            raise StaleError("This account has ended.")
        row.approved_by = staff_of(door).staff_id
        row.trained_for_danger = command.trained
        sign(door, standing)
        door.rule(Coming).end_watches(door, session, command.staff_id)
        _tell(door, Event.PEOPLE_APPROVED, command)


@use_case(Action.PEOPLE_APPROVE, facts=membership_facts)
def turn_down_member(door: Door, command: Membership) -> None:
    """Let somebody who waits not into a queue. Raises StaleError where they do not wait."""
    with door.change() as session:
        standing = held_standing(door, session, command.staff_id)
        row = _waiting_row(standing, command.queue_id)
        session.delete(row)
        _sign_with(door, standing, [one for one in standing.memberships if one is not row])
        _tell(door, Event.PEOPLE_TURNED_DOWN, command)


@use_case(Action.PEOPLE_LEAVE_QUEUE, facts=membership_facts)
def leave_queue(door: Door, command: Membership) -> int:
    """Take somebody out of a queue: they are given no more of its concerns. The keys that they have
    stay theirs until somebody hands the cases over and takes the keys.

    Returns how many eligible members are left. Raises StaleError where they are not in it.
    """
    with door.change() as session:
        standing = held_standing(door, session, command.staff_id)
        row = next((one for one in standing.memberships if one.queue_id == command.queue_id), None)
        if row is None:
            raise StaleError("This person is not in the queue any more.")
        session.delete(row)
        _sign_with(door, standing, [one for one in standing.memberships if one is not row])
        _tell(door, Event.PEOPLE_LEFT_QUEUE, command)
        session.flush()
        return warn_where_few(door, session, [command.queue_id])[command.queue_id]


def count_eligible(door: Door, session: Session) -> dict[UUID, int]:
    """How many people of each queue could be given a concern today."""
    facts = facts_of(door, list_choosable_standings(session))
    return {queue.id: len(eligible_holders(facts, queue.id)) for queue in list_queues(session)}


def warn_where_few(door: Door, session: Session, queue_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Raise an alarm for each of these queues that has nobody left, or one alone. Returns how many
    eligible members each of all queues has.
    """
    counts = count_eligible(door, session)
    for queue_id in sorted(queue_ids):
        if counts[queue_id] < LEAST_TO_WORK:
            alarm = "queue_without_members" if not counts[queue_id] else "queue_with_one_member"
            door.record(Event.ALARM_RAISED, alarm=alarm, queue=str(queue_id))
    return counts


LEAST_TO_WORK = 2
"""Below this the reserve steps in: one person alone could bury a concern."""


def staff_of(door: Door) -> Staff:
    """The actor, who the policy has made sure is a member of staff."""
    if not isinstance(door.actor, Staff):
        raise NotFoundError("there is nothing here for you")
    return door.actor


def is_hidden(eligible: int) -> bool:
    """Whether a queue has so many available members that its tables do not show who was left out
    of a case (blueprint section 4).
    """
    return eligible >= FEWEST_THAT_HIDE


def _decides(actor: Staff, row: QueueMember) -> bool:
    is_its = Role.SUPERVISOR in actor.roles and row.queue_id in actor.queue_ids
    return row.staff_id != actor.staff_id and (Role.OVERSEER in actor.roles or is_its)


def _waiting(door: Door, standing: Standing, row: QueueMember, queue_name: str) -> WaitingMember:
    member = standing.member
    return WaitingMember(
        staff_id=member.id,
        queue_id=row.queue_id,
        queue_name=queue_name,
        display_name=member.display_name,
        job_title=member.job_title,
        email=member.email,
        has_new_keys=member.key_number > 1,
        is_signed=is_signed(door, standing),
    )


def _waiting_row(standing: Standing, queue_id: UUID) -> QueueMember:
    row = next((one for one in standing.memberships if one.queue_id == queue_id), None)
    if row is None:
        raise StaleError("This person has not asked to join the queue.")
    if row.approved_by is not None:
        raise StaleError("Somebody has approved this person already.")
    return row


def _sign_with(door: Door, standing: Standing, rows: Collection[QueueMember]) -> None:
    sign(door, Standing(standing.member, standing.roles, tuple(rows)))


def _tell(door: Door, event: Event, command: Membership | ApproveMember) -> None:
    door.record(event, staff=str(command.staff_id), queue=str(command.queue_id))
