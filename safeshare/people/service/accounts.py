"""Joining: an account with its keys, and the approval that makes somebody eligible for a queue."""

from dataclasses import dataclass, field
from uuid import UUID

import pyotp
from sqlalchemy.orm import Session

from safeshare.gate import Door, Facts, use_case
from safeshare.kernel.actors import Role, Staff
from safeshare.kernel.errors import InvalidError, StaleError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.keys import StaffSecrets
from safeshare.kernel.sealed import PrivateKey, Sealed
from safeshare.ledger.events import Event
from safeshare.people.models import QueueMember, StaffMember, StaffRole, StaffState
from safeshare.people.queries import Standing, find_staff_by_sign_in_name, get_standing
from safeshare.people.rules import new_sign_in_name, roles_fit
from safeshare.people.service.eligibility import is_signed, sign
from safeshare.people.service.second_factor import totp_place
from safeshare.policy.actions import Action

NAMED_BY_INIT = UUID(int=0)
"""The approver of the first supervisor, whom the operator names when setting up."""


@dataclass(frozen=True, slots=True)
class EnrolStaff:
    """A new account. The person is a member of `queue_ids` only once somebody else approves."""

    sign_in_name: str
    display_name: str
    job_title: str
    email: str
    passphrase: str = field(repr=False)
    roles: frozenset[Role]
    queue_ids: tuple[UUID, ...] = ()
    location_id: UUID | None = None
    approved_by_init: bool = False


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What is shown once to the new member of staff, and their key for the rest of this run."""

    staff_id: UUID
    private_key: PrivateKey = field(repr=False)
    recovery_code: str = field(repr=False)
    totp_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ApproveMember:
    """Approve somebody as a member of a queue."""

    staff_id: UUID
    queue_id: UUID


@use_case(Action.PEOPLE_ENROL)
def enrol_staff(door: Door, command: EnrolStaff) -> Enrolled:
    """Make an account.

    `approved_by_init` is for the first supervisor, whom the operator names (blueprint §4). Raises
    InvalidError where roles exclude each other or the name is taken.
    """
    if not roles_fit(command.roles):
        raise InvalidError("roles_do_not_fit", "roles")
    sign_in_name = new_sign_in_name(command.sign_in_name)
    if find_staff_by_sign_in_name(door.read, sign_in_name):
        raise InvalidError("sign_in_name_taken", "sign_in_name")
    staff_id = new_id()
    secrets = door.vault.enrol_staff(staff_id, command.passphrase)
    totp_secret = pyotp.random_base32()
    sealed_totp = door.vault.seal_server(totp_place(staff_id), totp_secret.encode())
    member = _new_member(staff_id, sign_in_name, command, secrets, sealed_totp)
    memberships = tuple(
        QueueMember(
            queue_id=queue_id,
            staff_id=staff_id,
            approved_by=NAMED_BY_INIT if command.approved_by_init else None,
            trained_for_danger=True,
        )
        for queue_id in command.queue_ids
    )
    sign(door, Standing(member, command.roles, memberships))
    with door.change() as session:
        session.add(member)
        session.flush()
        session.add_all(StaffRole(staff_id=staff_id, role=role) for role in command.roles)
        session.add_all(memberships)
        door.record(Event.PEOPLE_ENROLLED, staff=str(staff_id))
    return Enrolled(staff_id, secrets.private_key, secrets.recovery_code, totp_secret)


def _new_member(
    staff_id: UUID,
    sign_in_name: str,
    command: EnrolStaff,
    secrets: StaffSecrets,
    sealed_totp: Sealed,
) -> StaffMember:
    return StaffMember(
        id=staff_id,
        sign_in_name=sign_in_name,
        display_name=command.display_name,
        job_title=command.job_title,
        email=command.email,
        location_id=command.location_id,
        state=StaffState.ACTIVE,
        salt=secrets.salt,
        verifier=secrets.verifier,
        public_key=secrets.public_key.raw,
        key_number=1,
        wrapped_key=secrets.wrapped,
        recovery_wrap=secrets.recovery_wrap,
        totp_secret=sealed_totp,
        totp_last_step=0,
    )


def _approval_facts(door: Door, command: ApproveMember) -> Facts:
    actor = door.actor
    if not isinstance(actor, Staff):
        return Facts()
    return Facts(
        is_self=actor.staff_id == command.staff_id,
        is_in_queue=command.queue_id in actor.queue_ids,
    )


@use_case(Action.PEOPLE_APPROVE, facts=_approval_facts)
def approve_member(door: Door, command: ApproveMember) -> None:
    """Make somebody eligible for a queue: by its supervisor or an overseer, never by oneself."""
    actor = door.actor
    if not isinstance(actor, Staff):
        raise TypeError("only a member of staff approves")
    with door.change() as session:
        _approve(door, session, actor.staff_id, command)
        door.record(Event.PEOPLE_APPROVED, staff=str(command.staff_id), queue=str(command.queue_id))


def _approve(door: Door, session: Session, approver_id: UUID, command: ApproveMember) -> None:
    standing = get_standing(session, command.staff_id)
    if not is_signed(door, standing):
        raise StaleError("This account's record was changed outside SafeShare. Ask for a reset.")
    membership = session.get(QueueMember, (command.queue_id, command.staff_id))
    if membership is None:
        raise StaleError("This person has not asked to join the queue.")
    membership.approved_by = approver_id
    sign(door, standing)
