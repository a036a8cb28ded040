"""Finding what accounts are signed in with, who was invited, and who administers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from safeshare.kernel.actors import Role
from safeshare.ledger.events import Event
from safeshare.ledger.models import Chain, LedgerEntry
from safeshare.people.models import (
    BackupCode,
    Installation,
    Invitation,
    InvitationState,
    Passkey,
    ProposedRole,
    QueueMember,
    StaffMember,
    StaffRole,
    StaffState,
)


@dataclass(frozen=True, slots=True)
class AccountPlace:
    """Where a page of accounts goes on: after this name and id."""

    display_name: str
    staff_id: UUID


def find_staff_by_email(session: Session, email: str) -> StaffMember | None:
    """The one account with this work address, whatever its case; None where several have it."""
    wanted = func.lower(StaffMember.email) == email.casefold()
    found = session.scalars(select(StaffMember).where(wanted).limit(2)).all()
    return found[0] if len(found) == 1 else None


def list_passkeys(session: Session, staff_id: UUID) -> Sequence[Passkey]:
    """The passkeys of one person."""
    return session.scalars(select(Passkey).where(Passkey.staff_id == staff_id)).all()


def count_backup_codes(session: Session, staff_id: UUID) -> int:
    """How many backup codes somebody has left."""
    query = select(func.count()).select_from(BackupCode).where(BackupCode.staff_id == staff_id)
    return session.scalar(query) or 0


def find_invitation(session: Session, link_hash: bytes) -> Invitation | None:
    """The invitation of a link, used or not."""
    return session.scalar(select(Invitation).where(Invitation.link_hash == link_hash))


def list_waiting_invitations(session: Session) -> Sequence[Invitation]:
    """The invitations that nobody used or withdrew."""
    query = select(Invitation).where(Invitation.state == InvitationState.WAITING)
    return session.scalars(query.order_by(Invitation.purge_on, Invitation.id)).all()


def list_accounts(session: Session, after: AccountPlace | None, most: int) -> Sequence[StaffMember]:
    """Accounts by display name, from the one after `after` on."""
    query = select(StaffMember).order_by(StaffMember.display_name, StaffMember.id).limit(most)
    if after is not None:
        same_name = and_(
            StaffMember.display_name == after.display_name, StaffMember.id > after.staff_id
        )
        query = query.where(or_(StaffMember.display_name > after.display_name, same_name))
    return session.scalars(query).all()


def find_roles(session: Session, staff_ids: Sequence[UUID]) -> dict[UUID, frozenset[Role]]:
    """The roles that count, of each of these people."""
    found: dict[UUID, set[Role]] = {one: set() for one in staff_ids}
    query = select(StaffRole.staff_id, StaffRole.role).where(StaffRole.staff_id.in_(staff_ids))
    for staff_id, role in session.execute(query):
        found[staff_id].add(role)
    return {one: frozenset(roles) for one, roles in found.items()}


def list_proposed_roles(session: Session, staff_id: UUID | None = None) -> Sequence[ProposedRole]:
    """The roles that wait for an approval, of everybody or of one person."""
    query = select(ProposedRole).order_by(ProposedRole.staff_id, ProposedRole.role)
    if staff_id is not None:
        query = query.where(ProposedRole.staff_id == staff_id)
    return session.scalars(query).all()


def count_others_with_role(session: Session, role: Role, staff_id: UUID | None = None) -> int:
    """How many people but this one have a role and have not left."""
    query = (
        select(func.count())
        .select_from(StaffMember)
        .join(StaffRole, StaffRole.staff_id == StaffMember.id)
        .where(StaffRole.role == role, StaffMember.state != StaffState.LEFT)
    )
    if staff_id is not None:
        query = query.where(StaffMember.id != staff_id)
    return session.scalar(query) or 0


def is_last_administrator(session: Session, staff_id: UUID) -> bool:
    """Whether this person administers, and nobody else could once they have left.

    Call it in the transaction that takes the role away, after `one_administrator_at_a_time`.
    """
    is_one = session.get(StaffRole, (staff_id, Role.ADMINISTRATOR)) is not None
    return is_one and not count_others_with_role(session, Role.ADMINISTRATOR, staff_id)


def one_administrator_at_a_time(session: Session) -> None:
    """Of two administrators who remove each other at once the second waits, and is then refused."""
    session.execute(select(Installation.id).with_for_update())


def one_recovery_key_at_a_time(session: Session) -> None:
    """Of two ceremonies that put a key in at once the second waits, and is then refused."""
    session.execute(select(Installation.id).with_for_update())


def get_organisation(session: Session) -> str:
    """The name of the installation's organisation; empty before it is set up."""
    return session.scalar(select(Installation.organisation)) or ""


def list_sign_ins(
    session: Session, staff_id: UUID, since: date, most: int
) -> Sequence[LedgerEntry]:
    """What the ledger tells of somebody's sign-ins, the newest first."""
    events = (
        Event.PEOPLE_SIGNED_IN,
        Event.PEOPLE_SIGN_IN_FAILED,
        Event.PEOPLE_CONFIRMED,
        Event.PEOPLE_FACTOR_CHANGED,
        Event.PEOPLE_SIGNED_OUT_EVERYWHERE,
    )
    query = (
        select(LedgerEntry)
        .where(
            LedgerEntry.chain == Chain.STAFF,
            LedgerEntry.event.in_(events),
            LedgerEntry.on >= since,
            LedgerEntry.note["staff"].as_string() == str(staff_id),
        )
        .order_by(LedgerEntry.position.desc())
        .limit(most)
    )
    return session.scalars(query).all()


def list_with_role(session: Session, role: Role) -> Sequence[UUID]:
    """Everybody who has a role and has not left."""
    return session.scalars(
        select(StaffMember.id)
        .join(StaffRole, StaffRole.staff_id == StaffMember.id)
        .where(StaffMember.state != StaffState.LEFT, StaffRole.role == role)
    ).all()


def list_changed_whereabouts(session: Session, since: date) -> Sequence[LedgerEntry]:
    """The changes of staff numbers and places, the newest first."""
    changes = select(LedgerEntry).where(
        LedgerEntry.chain == Chain.STAFF,
        LedgerEntry.event == Event.PEOPLE_WHEREABOUTS_CHANGED,
        LedgerEntry.on >= since,
        LedgerEntry.note["changed"].as_string() != "",
    )
    return session.scalars(changes.order_by(LedgerEntry.position.desc())).all()


def find_last_come(
    session: Session, staff_ids: Collection[UUID], since: date
) -> Mapping[UUID, date]:
    """The last day, of those from `since`, on which each of these people came to be in a team or
    had their place changed, as the ledger tells. Who did not is missing.
    """
    note = LedgerEntry.note
    moved = LedgerEntry.event == Event.PEOPLE_WHEREABOUTS_CHANGED
    rows = session.execute(
        select(note["staff"].as_string(), LedgerEntry.on)
        .where(
            LedgerEntry.chain == Chain.STAFF,
            LedgerEntry.on >= since,
            or_(
                LedgerEntry.event == Event.PEOPLE_APPROVED,
                and_(moved, note["changed"].as_string().endswith("place")),
            ),
            note["staff"].as_string().in_(sorted(map(str, staff_ids))),
        )
        .order_by(LedgerEntry.on)
    )
    return {UUID(row[0]): row[1] for row in rows}


def list_approvers(session: Session, queue_id: UUID) -> frozenset[UUID]:
    """Who may let people into a queue and approve its settings: its supervisors, and overseers."""
    supervisors = (
        select(QueueMember.staff_id)
        .join(StaffRole, StaffRole.staff_id == QueueMember.staff_id)
        .where(
            QueueMember.queue_id == queue_id,
            QueueMember.approved_by.is_not(None),
            StaffRole.role == Role.SUPERVISOR,
        )
    )
    overseers = select(StaffRole.staff_id).where(StaffRole.role == Role.OVERSEER)
    active = select(StaffMember.id).where(StaffMember.state == StaffState.ACTIVE)
    return frozenset(
        session.scalars(active.where(StaffMember.id.in_(supervisors.union(overseers))))
    )


def list_who_watch(session: Session) -> frozenset[UUID]:
    """Who approves what is of no one queue: overseers; where there is none, supervisors."""
    overseers = frozenset(list_with_role(session, Role.OVERSEER))
    return overseers or frozenset(list_with_role(session, Role.SUPERVISOR))
