"""Invitations: an administrator proposes an account, and a link that works once lets its owner in.

What was proposed is sealed and bound to the link's hash, with the instant at which it ends. So a
writer of the tables can neither put a link of their own on somebody's invitation nor change what
it gives, nor make it last.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import InvalidError, SealBrokenError, StaleError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.sealed import Place
from safeshare.ledger.events import Event
from safeshare.outbox.rules import is_safe_address
from safeshare.outbox.service.queueing import queue_invitation
from safeshare.people.account_queries import find_invitation, list_waiting_invitations
from safeshare.people.models import Invitation, InvitationState, Location, Queue
from safeshare.people.queries import find_staff_by_sign_in_name
from safeshare.people.rules import (
    LINK_LASTS,
    insist_on_fitting,
    is_link_over,
    new_sign_in_name,
)
from safeshare.policy.actions import Action

DAYS_KEPT = 30
"""How long after its end an invitation is kept, so that its link can say what became of it."""

_MAIL_BYTES = 1024


class LinkFault(StrEnum):
    """Why a link does not work."""

    UNKNOWN = "unknown"
    USED = "used"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    NAME_TAKEN = "name_taken"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An account as it is to be. `ends_on` is an inspector's last day. By number and place a
    reporter can keep the person out.
    """

    sign_in_name: str
    display_name: str
    job_title: str
    email: str
    roles: frozenset[Role]
    queue_ids: tuple[UUID, ...] = ()
    ends_on: date | None = None
    staff_number: str | None = None
    location_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Invite:
    """Propose an account. `address` is that of the page of links, to which the link is added."""

    proposal: Proposal
    address: str


@dataclass(frozen=True, slots=True)
class Invited:
    """What is shown once to whoever invited."""

    link: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation that waits for its owner. None where it was tampered with."""

    invitation_id: UUID
    proposal: Proposal | None
    expires_at: datetime | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Make a link worthless."""

    invitation_id: UUID


@dataclass(frozen=True, slots=True)
class LookAtLink:
    """Ask what a link is for."""

    link: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """A link that works."""

    invitation_id: UUID
    proposal: Proposal
    expires_at: datetime


@use_case(Action.PEOPLE_INVITE)
def invite(door: Door, command: Invite) -> Invited:
    """Propose an account, and promise the mail with its link.

    Raises InvalidError where roles, queues, last day, name or address do not fit.
    """
    proposal = _checked(door, command.proposal)
    link, invitation_id = door.vault.new_link(), new_id()
    link_hash = door.vault.link_hash(link)
    expires_at = door.clock.security_now() + LINK_LASTS
    details = json.dumps(_written(proposal, expires_at)).encode()
    mail = {"address": proposal.email, "link": command.address + link}
    invitation = Invitation(
        id=invitation_id,
        link_hash=link_hash,
        details=door.vault.seal_server(details_place(link_hash), details),
        mail=door.vault.seal_for_worker("contact", mail_place(invitation_id), mail, _MAIL_BYTES),
        state=InvitationState.WAITING,
        purge_on=expires_at.date() + timedelta(days=DAYS_KEPT),
    )
    with door.change() as session:
        session.add(invitation)
        queue_invitation(session, invitation_id, door.clock.today())
        roles = " ".join(sorted(proposal.roles))
        door.record(Event.PEOPLE_INVITED, invitation=str(invitation_id), roles=roles)
    return Invited(command.address + link, expires_at)


@use_case(Action.PEOPLE_LIST)
def list_waiting(door: Door, _command: None) -> Sequence[Waiting]:
    """The invitations that wait for their owner, those whose link has ended included."""
    return [_waiting(door, one) for one in list_waiting_invitations(door.read)]


@use_case(Action.PEOPLE_INVITE)
def withdraw_invitation(door: Door, command: Withdraw) -> None:
    """Make a link worthless. Raises StaleError where it was used or withdrawn meanwhile."""
    with door.change() as session:
        row = session.get(Invitation, command.invitation_id, with_for_update=True)
        if row is None or row.state is not InvitationState.WAITING:
            raise StaleError("This invitation was used or withdrawn before.")
        row.state = InvitationState.WITHDRAWN
        door.record(Event.PEOPLE_WITHDRAWN, invitation=str(command.invitation_id))


@use_case(Action.PEOPLE_JOIN)
def look_at_link(door: Door, command: LookAtLink) -> OpenInvitation | LinkFault:
    """What a link is for, or why it does not work. One of ours that does not is on the ledger."""
    return open_link(door, command.link)


def open_link(door: Door, link: str) -> OpenInvitation | LinkFault:
    """The same, as a part of joining. What was never a link of ours is no entry: nobody guesses 256
    random bits, and any stranger could fill the ledger.
    """
    found = _opened(door, link)
    if isinstance(found, LinkFault) and found is not LinkFault.UNKNOWN:
        door.record(Event.PEOPLE_LINK_REFUSED, why=found)
    return found


def invitation_address(door: Door, invitation_id: UUID) -> str | None:
    """Where the mail of an invitation goes; nowhere once it was used or withdrawn."""
    row = door.read.get(Invitation, invitation_id)
    if row is None or row.state is not InvitationState.WAITING:
        return None
    return str(_mail(door, row)["address"])


def invitation_link(door: Door, invitation_id: UUID) -> str:
    """The link that the mail carries; empty once it was used or withdrawn."""
    row = door.read.get(Invitation, invitation_id)
    return str(_mail(door, row)["link"]) if row is not None else ""


def details_place(link_hash: bytes) -> Place:
    """Where what an invitation gives is sealed: by its link, so that no other link opens it."""
    return Place(Invitation.__tablename__, link_hash.hex(), "details")


def mail_place(invitation_id: UUID) -> Place:
    """Where the address and the link of an invitation are sealed."""
    return Place(Invitation.__tablename__, str(invitation_id), "mail")


def _mail(door: Door, row: Invitation) -> dict[str, Any]:
    return door.vault.open_for_worker("contact", mail_place(row.id), row.mail)


def _checked(door: Door, proposal: Proposal) -> Proposal:
    today = door.clock.security_now().date()
    insist_on_fitting(proposal.roles, proposal.queue_ids, proposal.ends_on, today)
    name = new_sign_in_name(proposal.sign_in_name)
    if find_staff_by_sign_in_name(door.read, name):
        raise InvalidError("sign_in_name_taken", "sign_in_name")
    if "@" not in proposal.email or not is_safe_address(proposal.email):
        raise InvalidError("email_not_allowed", "email")
    if any(door.read.get(Queue, one) is None for one in proposal.queue_ids):
        raise InvalidError("unknown_queue", "queues")
    if proposal.location_id is not None and door.read.get(Location, proposal.location_id) is None:
        raise InvalidError("unknown_place", "location")
    return Proposal(
        sign_in_name=name,
        display_name=proposal.display_name,
        job_title=proposal.job_title,
        email=proposal.email,
        roles=proposal.roles,
        queue_ids=proposal.queue_ids,
        ends_on=proposal.ends_on,
        staff_number=proposal.staff_number,
        location_id=proposal.location_id,
    )


def _opened(door: Door, link: str) -> OpenInvitation | LinkFault:
    row = find_invitation(door.read, door.vault.link_hash(link))
    if row is None:
        return LinkFault.UNKNOWN
    if row.state is not InvitationState.WAITING:
        return LinkFault(row.state.value)
    proposal, expires_at = _details(door, row)
    if is_link_over(expires_at, door.clock.security_now()):
        return LinkFault.EXPIRED
    return OpenInvitation(row.id, proposal, expires_at)


def _waiting(door: Door, row: Invitation) -> Waiting:
    try:
        proposal, expires_at = _details(door, row)
    except SealBrokenError:
        return Waiting(row.id, None, None, is_over=True)
    is_over = is_link_over(expires_at, door.clock.security_now())
    return Waiting(row.id, proposal, expires_at, is_over=is_over)


def _details(door: Door, row: Invitation) -> tuple[Proposal, datetime]:
    opened = door.vault.open_server(details_place(row.link_hash), row.details)
    return _read(json.loads(opened))


def _written(proposal: Proposal, expires_at: datetime) -> dict[str, object]:
    return {
        "sign_in_name": proposal.sign_in_name,
        "display_name": proposal.display_name,
        "job_title": proposal.job_title,
        "email": proposal.email,
        "roles": sorted(proposal.roles),
        "queues": [str(one) for one in proposal.queue_ids],
        "ends_on": proposal.ends_on.isoformat() if proposal.ends_on else "",
        "staff_number": proposal.staff_number or "",
        "location": str(proposal.location_id) if proposal.location_id else "",
        "expires_at": expires_at.isoformat(),
    }


def _read(written: Mapping[str, Any]) -> tuple[Proposal, datetime]:
    proposal = Proposal(
        sign_in_name=written["sign_in_name"],
        display_name=written["display_name"],
        job_title=written["job_title"],
        email=written["email"],
        roles=frozenset(Role(one) for one in written["roles"]),
        queue_ids=tuple(UUID(one) for one in written["queues"]),
        ends_on=date.fromisoformat(written["ends_on"]) if written["ends_on"] else None,
        staff_number=written["staff_number"] or None,
        location_id=UUID(written["location"]) if written["location"] else None,
    )
    return proposal, datetime.fromisoformat(written["expires_at"])
