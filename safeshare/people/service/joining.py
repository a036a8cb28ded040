"""Joining by invitation: the invited person chooses a passphrase and a second factor themselves.

Nothing is stored before the last step. Until then everything that was made lies in the visitor's
sealed session, and the link still works; then account, keys and factors are one commit.
"""

from dataclasses import dataclass, field
from uuid import UUID

import pyotp
from sqlalchemy import update
from sqlalchemy.orm import Session

from safeshare.gate import Door, use_case
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.keys import StaffSecrets
from safeshare.ledger.events import Event
from safeshare.people.account_queries import get_organisation
from safeshare.people.models import (
    Invitation,
    InvitationState,
    QueueMember,
    StaffMember,
    StaffRole,
    StaffState,
)
from safeshare.people.queries import Standing, find_staff_by_sign_in_name
from safeshare.people.rules import Weakness, proposed_of, weakness_of
from safeshare.people.service.approvers import tell_approvers, tell_who_watch
from safeshare.people.service.eligibility import sign
from safeshare.people.service.invitations import (
    LinkFault,
    OpenInvitation,
    Proposal,
    open_link,
)
from safeshare.people.service.passkeys import AddPasskey, new_passkey_row
from safeshare.people.service.second_factor import backup_code_rows, first_step, totp_place
from safeshare.people.service.waiting import propose_roles
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class ChoosePassphrase:
    """The passphrase that the invited person thought of."""

    link: str = field(repr=False)
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything of an account that is made before it exists. Kept in the visitor's session."""

    staff_id: UUID
    secrets: StaffSecrets = field(repr=False)
    totp_secret: str = field(repr=False)
    backup_codes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class TryDigits:
    """Six digits that prove that a phone has the secret."""

    secret: str = field(repr=False)
    six_digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Join:
    """Begin the account. `totp_step` is the step of the digits that were proved; None, and a
    `passkey`, where there are none.
    """

    link: str = field(repr=False)
    prepared: Prepared = field(repr=False)
    totp_step: int | None = None
    passkey: AddPasskey | None = None


@use_case(Action.PEOPLE_JOIN)
def choose_passphrase(door: Door, command: ChoosePassphrase) -> Prepared | Weakness | LinkFault:
    """Make the keys of the account to be, wrapped under the passphrase; or say why it is too weak,
    or the link no good.
    """
    found = open_link(door, command.link)
    if isinstance(found, LinkFault):
        return found
    weakness = weakness_of(command.passphrase, _about(door, found.proposal))
    if weakness is not None:
        return weakness
    staff_id = new_id()
    secrets = door.vault.enrol_staff(staff_id, command.passphrase)
    codes = door.vault.new_backup_codes()
    return Prepared(staff_id, secrets, pyotp.random_base32(), codes)


@use_case(Action.PEOPLE_JOIN)
def try_digits(door: Door, command: TryDigits) -> int | None:
    """The step of the digits that a phone shows; None where they are not the secret's."""
    return first_step(door, command.secret, command.six_digits)


@use_case(Action.PEOPLE_JOIN)
def join(door: Door, command: Join) -> LinkFault | None:
    """Begin the account, and use the link up: one commit. Returns why it cannot begin, if so.

    Roles that watch over cases are only proposed, and no queue counts before it is approved.
    """
    if command.totp_step is None and command.passkey is None:
        raise TypeError("an account needs a second factor")
    found = open_link(door, command.link)
    if isinstance(found, LinkFault):
        return found
    member = _member(door, found.proposal, command)
    waiting = proposed_of(found.proposal.roles)
    roles = found.proposal.roles - waiting
    memberships = tuple(
        QueueMember(queue_id=one, staff_id=member.id, trained_for_danger=False)
        for one in found.proposal.queue_ids
    )
    with door.change() as session:
        fault = _use_up(session, found)
        if fault is not None:
            door.record(Event.PEOPLE_LINK_REFUSED, why=fault)
            return fault
        sign(door, Standing(member, roles, memberships))
        session.add(member)
        session.flush()
        session.add_all(StaffRole(staff_id=member.id, role=one) for one in roles)
        propose_roles(door, session, member.id, waiting)
        session.add_all(memberships)
        session.add_all(backup_code_rows(door, member.id, command.prepared.backup_codes))
        if command.passkey is not None:
            session.add(new_passkey_row(door, member.id, command.passkey))
        tell_approvers(door, session, member.id, found.proposal.queue_ids)
        if waiting:
            tell_who_watch(door, session, member.id)
        invitation = str(found.invitation_id)
        door.record(Event.PEOPLE_ENROLLED, staff=str(member.id), invitation=invitation)
    return None


def _use_up(session: Session, found: OpenInvitation) -> LinkFault | None:
    """Take the link. Of two who use it at once, one has it."""
    taken = session.scalar(
        update(Invitation)
        .where(Invitation.id == found.invitation_id, Invitation.state == InvitationState.WAITING)
        .values(state=InvitationState.USED)
        .returning(Invitation.id)
    )
    if taken is None:
        return LinkFault.USED
    if find_staff_by_sign_in_name(session, found.proposal.sign_in_name):
        return LinkFault.NAME_TAKEN
    return None


def _member(door: Door, proposal: Proposal, command: Join) -> StaffMember:
    prepared, secrets = command.prepared, command.prepared.secrets
    totp_secret = None
    if command.totp_step is not None:
        place = totp_place(prepared.staff_id)
        totp_secret = door.vault.seal_server(place, prepared.totp_secret.encode())
    return StaffMember(
        id=prepared.staff_id,
        sign_in_name=proposal.sign_in_name,
        display_name=proposal.display_name,
        job_title=proposal.job_title,
        staff_number=proposal.staff_number,
        location_id=proposal.location_id,
        email=proposal.email,
        state=StaffState.ACTIVE,
        salt=secrets.salt,
        verifier=secrets.verifier,
        public_key=secrets.public_key.raw,
        key_number=1,
        wrapped_key=secrets.wrapped,
        recovery_wrap=secrets.recovery_wrap,
        totp_secret=totp_secret,
        totp_last_step=command.totp_step or 0,
        session_number=1,
        misses=0,
        ends_on=proposal.ends_on,
    )


def _about(door: Door, proposal: Proposal) -> tuple[str, ...]:
    """What anybody can know of the person, for judging their passphrase."""
    return (
        get_organisation(door.read),
        proposal.display_name,
        proposal.sign_in_name,
        proposal.job_title,
        proposal.email,
    )
