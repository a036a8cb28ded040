"""Accounts as administrators see and change them: who there is, roles, and the end of an account.

An administrator can give nobody a case. Roles that watch over cases are proposed, and count once an
overseer has approved them; who serves a queue leaves it before the role or the account goes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import StaleError
from safeshare.ledger.events import Event
from safeshare.people.account_queries import (
    AccountPlace,
    find_roles,
    is_last_administrator,
    list_accounts,
    list_proposed_roles,
    one_administrator_at_a_time,
)
from safeshare.people.models import StaffMember, StaffRole, StaffState
from safeshare.people.queries import Standing, get_standing, list_locations, list_queues
from safeshare.people.rules import insist_on_fitting_roles, proposed_of
from safeshare.people.rules.roles import QUEUE_ROLES
from safeshare.people.service.approvers import tell_who_watch
from safeshare.people.service.eligibility import sign
from safeshare.people.service.membership import held_standing
from safeshare.people.service.waiting import propose_roles, withdraw_roles
from safeshare.policy.actions import Action

ROWS = 50
"""Accounts on one page."""


class Refusal(StrEnum):
    """Why an administrator's change was refused. Each is on the ledger."""

    LAST_ADMINISTRATOR = "last_administrator"
    STILL_IN_QUEUE = "still_in_queue"


@dataclass(frozen=True, slots=True)
class Account:
    """An account on an administrator's page."""

    staff_id: UUID
    sign_in_name: str
    display_name: str
    job_title: str
    email: str
    state: StaffState
    roles: frozenset[Role]
    proposed: frozenset[Role]
    ends_on: date | None
    staff_number: str | None
    location_id: UUID | None
    queue_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """One page of accounts, and where the next begins."""

    accounts: Sequence[Account]
    next: AccountPlace | None


@dataclass(frozen=True, slots=True)
class LookAtAccount:
    """Ask for one account."""

    staff_id: UUID


@dataclass(frozen=True, slots=True)
class ChangeRoles:
    """The roles that somebody is to have from now on, and an inspector's last day."""

    staff_id: UUID
    roles: frozenset[Role]
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class EndAccount:
    """Let an account be used no more."""

    staff_id: UUID


@use_case(Action.PEOPLE_LIST)
def list_all_accounts(door: Door, after: AccountPlace | None) -> AccountsPage:
    """Accounts by name, a page at a time."""
    found = list_accounts(door.read, after, ROWS + 1)
    shown = found[:ROWS]
    roles = find_roles(door.read, [one.id for one in shown])
    accounts = [_account(one, roles[one.id], ()) for one in shown]
    last = shown[-1] if len(found) > ROWS else None
    return AccountsPage(accounts, AccountPlace(last.display_name, last.id) if last else None)


@use_case(Action.PEOPLE_LIST)
def look_at_account(door: Door, command: LookAtAccount) -> Account:
    """One account. Raises NotFoundError."""
    standing = get_standing(door.read, command.staff_id)
    proposed = list_proposed_roles(door.read, command.staff_id)
    queue_ids = tuple(row.queue_id for row in standing.memberships)
    return _account(standing.member, standing.roles, (one.role for one in proposed), queue_ids)


@use_case(Action.PEOPLE_LIST)
def list_queue_names(door: Door, _command: None) -> Sequence[tuple[UUID, str]]:
    """The queues that somebody can be proposed for."""
    return [(one.id, one.name) for one in list_queues(door.read)]


@use_case(Action.PEOPLE_LIST)
def list_place_names(door: Door, _command: None) -> Sequence[tuple[UUID, str]]:
    """The places where somebody can work."""
    return [(one.id, one.name) for one in list_locations(door.read)]


@use_case(Action.PEOPLE_ROLES)
def change_roles(door: Door, command: ChangeRoles) -> Refusal | None:
    """Change somebody's roles. Those that watch over cases wait for an approval.

    Returns why it is refused, if it is. Raises InvalidError where the roles do not fit together.
    """
    standing = get_standing(door.read, command.staff_id)
    today = door.clock.security_now().date()
    queues = [row.queue_id for row in standing.memberships]
    if queues and not command.roles & QUEUE_ROLES:
        door.record(Event.PEOPLE_REFUSED, staff=str(command.staff_id), why=Refusal.STILL_IN_QUEUE)
        return Refusal.STILL_IN_QUEUE
    insist_on_fitting_roles(command.roles, command.ends_on, today)
    with door.change() as session:
        one_administrator_at_a_time(session)
        fresh = held_standing(door, session, command.staff_id)
        gives_up = Role.ADMINISTRATOR not in command.roles
        if gives_up and is_last_administrator(session, command.staff_id):
            return _refuse(door, command.staff_id, Refusal.LAST_ADMINISTRATOR)
        now, waiting = _divided(command.roles, fresh.roles, serves=bool(fresh.memberships))
        _put_roles(door, session, fresh, now, waiting)
        fresh.member.ends_on = command.ends_on
        sign(door, Standing(fresh.member, now, fresh.memberships))
        if waiting:
            tell_who_watch(door, session, command.staff_id)
        roles = " ".join(sorted(command.roles))
        door.record(Event.PEOPLE_ROLES_CHANGED, staff=str(command.staff_id), roles=roles)
    return None


@use_case(Action.PEOPLE_END)
def end_account(door: Door, command: EndAccount) -> Refusal | None:
    """End an account: it may not sign in, and its sessions are over. Returns why not, if so.

    Whoever serves a queue leaves it first, so that no case is left without people.
    """
    with door.change() as session:
        one_administrator_at_a_time(session)
        standing = held_standing(door, session, command.staff_id)
        if is_last_administrator(session, command.staff_id):
            return _refuse(door, command.staff_id, Refusal.LAST_ADMINISTRATOR)
        if standing.memberships:
            return _refuse(door, command.staff_id, Refusal.STILL_IN_QUEUE)
        if standing.member.state is StaffState.LEFT:
            raise StaleError("This account has ended before.")
        standing.member.state = StaffState.LEFT
        sign(door, standing)
        door.record(Event.PEOPLE_ENDED, staff=str(command.staff_id))
    return None


def _account(
    member: StaffMember,
    roles: frozenset[Role],
    proposed: Iterable[Role],
    queue_ids: tuple[UUID, ...] = (),
) -> Account:
    return Account(
        staff_id=member.id,
        sign_in_name=member.sign_in_name,
        display_name=member.display_name,
        job_title=member.job_title,
        email=member.email,
        state=member.state,
        roles=roles,
        proposed=frozenset(proposed),
        ends_on=member.ends_on,
        staff_number=member.staff_number,
        location_id=member.location_id,
        queue_ids=queue_ids,
    )


def _divided(
    wanted: frozenset[Role], had: frozenset[Role], *, serves: bool
) -> tuple[frozenset[Role], frozenset[Role]]:
    """The roles that count at once, and those that wait: a watching role that is new.

    Who `serves` a queue stays what they are there until somebody approved what they are to be: else
    an administrator could thin a queue out by promoting its people, and leave it to whom they like.
    """
    waiting = proposed_of(wanted) - had
    now = wanted - waiting
    return (now | had & QUEUE_ROLES if serves and not now & QUEUE_ROLES else now), waiting


def _put_roles(
    door: Door,
    session: Session,
    standing: Standing,
    now: frozenset[Role],
    waiting: frozenset[Role],
) -> None:
    staff_id = standing.member.id
    session.execute(
        delete(StaffRole).where(StaffRole.staff_id == staff_id, StaffRole.role.not_in(now))
    )
    withdraw_roles(door, session, staff_id)
    session.add_all(StaffRole(staff_id=staff_id, role=one) for one in now - standing.roles)
    propose_roles(door, session, staff_id, waiting)


def _refuse(door: Door, staff_id: UUID, why: Refusal) -> Refusal:
    door.record(Event.PEOPLE_REFUSED, staff=str(staff_id), why=why)
    return why
