"""Finding how somebody stands to a case, who has its keys, and what an overseer is asked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from safeshare.casework.models import Attestation
from safeshare.concerns.models import Attachment, Case, Grant, GranteeKind
from safeshare.db.plain import list_plain
from safeshare.kernel.sealed import Compartment
from safeshare.mailbox.models import Request
from safeshare.mailbox.rules import RequestKind, RequestState
from safeshare.people.models import KeyKind, Queue, ServiceKey, StaffMember


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """A case, and how one member of staff stands to it. `grants` are all that they have in it."""

    case: Case
    queue_name: str
    queue_code: str
    declared: Attestation | None
    contact_name: str | None
    overseer_name: str | None
    has_files: bool
    grants: tuple[Grant, ...]

    @property
    def is_holder(self) -> bool:
        """Whether they have a key to the work on it."""
        return any(one.compartment is Compartment.WORK for one in self.grants)

    @property
    def is_correspondent(self) -> bool:
        """Whether they have a key to the conversation."""
        return any(one.compartment is Compartment.CONVERSATION for one in self.grants)

    @property
    def has_attested(self) -> bool:
        """Whether they declared that they have no tie."""
        return self.declared is not None


def find_standing(session: Session, reference: str, staff_id: UUID) -> CaseStanding | None:
    """How somebody stands to the case with this public number, in one statement."""
    rows = session.execute(_STANDING, {"reference": reference, "staff_id": staff_id}).all()
    if not rows:
        return None
    grants: list[Grant | None] = [row[-1] for row in rows]
    return CaseStanding(*rows[0][:-1], tuple(one for one in grants if one is not None))


def find_declaration(session: Session, case_id: UUID, staff_id: UUID) -> Attestation | None:
    """What somebody declared of their ties to a case."""
    return session.get(Attestation, (case_id, staff_id))


def list_reachable(session: Session, staff_id: UUID, references: Collection[str]) -> frozenset[str]:
    """Which of these cases somebody has any key to, or oversees."""
    held = exists().where(
        Grant.case_id == Case.id,
        Grant.grantee_id == staff_id,
        Grant.grantee_kind == GranteeKind.STAFF,
    )
    rows = select(Case.reference).where(
        Case.reference.in_(sorted(references)), or_(held, Case.overseer_id == staff_id)
    )
    return frozenset(session.scalars(rows))


def list_attested(session: Session, case_id: UUID) -> frozenset[UUID]:
    """Who has declared that they have no tie to a case."""
    rows = select(Attestation.staff_id).where(Attestation.case_id == case_id)
    return frozenset(session.scalars(rows))


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who has which key of a compartment. `name` is None for the recovery key that is in use."""

    compartment: Compartment
    key_number: int
    id: UUID
    name: str | None


def list_key_holders(session: Session, case_id: UUID) -> Sequence[KeyHolder]:
    """Who has which key of a case: staff by name, and recovery."""
    return [KeyHolder(*row) for row in list_plain(session, _KEY_HOLDERS, {"case_id": case_id})]


def staff_with(holders: Sequence[KeyHolder], compartment: Compartment) -> dict[UUID, str]:
    """The staff among these who have a key to a compartment, by name."""
    return {
        one.id: one.name
        for one in holders
        if one.compartment is compartment and one.name is not None
    }


def _key_holders() -> Select[Compartment, int, UUID, str]:
    is_theirs = and_(StaffMember.id == Grant.grantee_id, Grant.grantee_kind == GranteeKind.STAFF)
    recovery = select(ServiceKey.owner_id).where(
        ServiceKey.kind == KeyKind.RECOVERY, ServiceKey.is_current
    )
    return (
        select(Grant.compartment, Grant.key_number, Grant.grantee_id, StaffMember.display_name)
        .outerjoin(StaffMember, is_theirs)
        .where(
            Grant.case_id == bindparam("case_id"),
            or_(StaffMember.id.is_not(None), Grant.grantee_id.in_(recovery)),
        )
        .order_by(StaffMember.display_name)
    )


_KEY_HOLDERS = _key_holders()


def _standing() -> Select[Case, str, str, Attestation, str, str, bool, Grant]:
    staff_id = bindparam("staff_id", type_=Uuid())
    theirs = and_(
        Grant.case_id == Case.id,
        Grant.grantee_kind == GranteeKind.STAFF,
        Grant.grantee_id == staff_id,
    )
    declared = and_(Attestation.case_id == Case.id, Attestation.staff_id == staff_id)
    contact, overseer = aliased(StaffMember), aliased(StaffMember)
    has_files = exists().where(Attachment.case_id == Case.id)
    names = (contact.display_name, overseer.display_name)
    return (
        select(Case, Queue.name, Queue.code, Attestation, *names, has_files, Grant)
        .join(Queue, Queue.id == Case.queue_id)
        .outerjoin(Grant, theirs)
        .outerjoin(Attestation, declared)
        .outerjoin(contact, contact.id == Case.contact_id)
        .outerjoin(overseer, overseer.id == Case.overseer_id)
        .where(Case.reference == bindparam("reference"))
    )


_STANDING = _standing()
"""Built once: it is asked before everything that anybody does with a case."""


def keeps_name(session: Session, case_id: UUID, staff_id: UUID) -> bool:
    """Whether somebody has a key to who the reporter is."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    Grant.case_id == case_id,
                    Grant.compartment == Compartment.IDENTITY,
                    Grant.grantee_kind == GranteeKind.STAFF,
                    Grant.grantee_id == staff_id,
                )
            )
        )
    )


@dataclass(frozen=True, slots=True)
class OverseenRequest:
    """A request of necessity, with its case."""

    request: Request
    case: Case


def list_overseen_requests(
    session: Session, overseer_id: UUID, today: date
) -> Sequence[OverseenRequest]:
    """The requests of necessity that wait, in the cases of one overseer, oldest first."""
    rows = session.execute(
        _overseen(overseer_id)
        .where(Request.closes_on >= today)
        .order_by(Request.asked_on, Request.id)
    )
    return [OverseenRequest(row[0], row[1]) for row in rows]


def find_overseen_request(
    session: Session, request_id: UUID, overseer_id: UUID
) -> OverseenRequest | None:
    """The one of these requests with this id."""
    row = session.execute(_overseen(overseer_id).where(Request.id == request_id)).one_or_none()
    return None if row is None else OverseenRequest(row[0], row[1])


def _overseen(overseer_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(Request, Case)
        .join(Case, Case.id == Request.case_id)
        .where(
            Case.overseer_id == overseer_id,
            Request.kind == RequestKind.NAME_NECESSARY,
            Request.state == RequestState.WAITING,
            Request.for_overseer.is_not(None),
        )
    )
