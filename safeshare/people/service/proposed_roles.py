"""Roles that watch over cases: proposed by an administrator, and nothing until somebody who does
that work already has approved them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from safeshare.gate import Door, Facts, use_case
from safeshare.kernel.actors import Role, Staff
from safeshare.kernel.errors import SealBrokenError, StaleError
from safeshare.ledger.events import Event
from safeshare.people.account_queries import count_others_with_role, list_proposed_roles
from safeshare.people.models import ProposedRole, StaffRole, StaffState
from safeshare.people.queries import Standing, find_names
from safeshare.people.rules import roles_fit
from safeshare.people.service.eligibility import sign
from safeshare.people.service.membership import held_standing
from safeshare.people.service.waiting import end_waiting, is_as_proposed
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class ProposedFor:
    """A role that waits for an approval. `is_signed` is False where it was put into the tables
    behind our back, or decided before: nobody can approve it.
    """

    staff_id: UUID
    display_name: str
    role: Role
    is_signed: bool


@dataclass(frozen=True, slots=True)
class ApproveRole:
    """Let a proposed role count."""

    staff_id: UUID
    role: Role


def _approval_facts(door: Door, command: ApproveRole) -> Facts:
    is_self = isinstance(door.actor, Staff) and door.actor.staff_id == command.staff_id
    return Facts(is_self=is_self, is_without_overseer=_is_without_overseer(door))


def _list_facts(door: Door, _command: None) -> Facts:
    return Facts(is_without_overseer=_is_without_overseer(door))


@use_case(Action.PEOPLE_APPROVE_ROLE, facts=_list_facts)
def list_proposed(door: Door, _command: None) -> Sequence[ProposedFor]:
    """The roles that wait for somebody's approval, the actor's own left out."""
    own = door.actor.staff_id if isinstance(door.actor, Staff) else None
    waiting = [one for one in list_proposed_roles(door.read) if one.staff_id != own]
    names = find_names(door.read, [one.staff_id for one in waiting])
    return [
        ProposedFor(one.staff_id, names[one.staff_id], one.role, is_as_proposed(door, one))
        for one in waiting
    ]


@use_case(Action.PEOPLE_APPROVE_ROLE, facts=_approval_facts)
def approve_role(door: Door, command: ApproveRole) -> None:
    """Let a proposed role count. Raises StaleError where nobody proposes it any more, and
    SealBrokenError where nobody ever did, or it was decided before.
    """
    with door.change() as session:
        standing = held_standing(door, session, command.staff_id)
        row = session.get(ProposedRole, (command.staff_id, command.role), with_for_update=True)
        roles = standing.roles | {command.role}
        if row is None or not roles_fit(roles) or standing.member.state is StaffState.LEFT:
            raise StaleError("This role is not proposed any more.")
        if not is_as_proposed(door, row):
            raise SealBrokenError("a proposed role is not as it was signed")
        end_waiting(door, session, row)
        session.add(StaffRole(staff_id=command.staff_id, role=command.role))
        sign(door, Standing(standing.member, roles, standing.memberships))
        door.record(Event.PEOPLE_ROLE_APPROVED, staff=str(command.staff_id), role=str(command.role))


def _is_without_overseer(door: Door) -> bool:
    return not count_others_with_role(door.read, Role.OVERSEER)
