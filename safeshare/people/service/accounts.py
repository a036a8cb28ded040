"""Joining: an account with its keys, and the approval that makes somebody eligible for a queue."""

from dataclasses import dataclass, field
from uuid import UUID

import pyotp

from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import InvalidError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.keys import StaffSecrets
from safeshare.kernel.sealed import PrivateKey, Sealed
from safeshare.ledger.events import Event
from safeshare.people.models import QueueMember, StaffMember, StaffRole, StaffState
from safeshare.people.queries import Standing, find_staff_by_sign_in_name
from safeshare.people.rules import new_sign_in_name, roles_fit
from safeshare.people.service.eligibility import sign
from safeshare.people.service.second_factor import backup_code_rows, totp_place
from safeshare.policy.actions import Action

NAMED_BY_INIT = UUID(int=0)
"""The approver of the first supervisor, whom the operator names when setting up."""


@dataclass(frozen=True, slots=True)
class EnrolStaff:
    """A new account. The person is a member of `queue_ids` only once somebody else approves.

    Without `has_codes` they have no backup codes, and are led to make some when they sign in.
    """

    sign_in_name: str
    display_name: str
    job_title: str
    email: str
    passphrase: str = field(repr=False)
    roles: frozenset[Role]
    queue_ids: tuple[UUID, ...] = ()
    location_id: UUID | None = None
    approved_by_init: bool = False
    staff_number: str | None = None
    has_codes: bool = True


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What is shown once to the new member of staff, and their key for the rest of this run."""

    staff_id: UUID
    private_key: PrivateKey = field(repr=False)
    recovery_code: str = field(repr=False)
    totp_secret: str = field(repr=False)
    backup_codes: tuple[str, ...] = field(default=(), repr=False)


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
    codes = door.vault.new_backup_codes() if command.has_codes else ()
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
        session.add_all(backup_code_rows(door, staff_id, codes))
        door.record(Event.PEOPLE_ENROLLED, staff=str(staff_id))
    return Enrolled(staff_id, secrets.private_key, secrets.recovery_code, totp_secret, codes)


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
        staff_number=command.staff_number,
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
