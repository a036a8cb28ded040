"""Finding the cases whose reporter turned to somebody who does not hold them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from safeshare.casework.models import Attestation
from safeshare.concerns.models import Case, Grant, GranteeKind
from safeshare.concerns.rules import CaseStatus
from safeshare.kernel.sealed import Compartment
from safeshare.people.models import Queue


@dataclass(frozen=True, slots=True)
class Correspondence:
    """A case whose reporter turned to somebody, and whether they declared that they have no tie."""

    reference: str
    queue_name: str
    status: CaseStatus
    is_overseer: bool
    has_attested: bool


def list_correspondence(
    session: Session, staff_id: UUID, *, watches: bool
) -> Sequence[Correspondence]:
    """The cases of which somebody has the conversation and not the notes. Of those that an overseer
    was called into, who `watches` over cases, only what they oversee still.
    """
    declared = and_(Attestation.case_id == Case.id, Attestation.staff_id == staff_id)
    asked_for = or_(Case.overseer_id == staff_id, Case.contact_id == staff_id)
    rows = session.execute(
        select(
            Case.reference,
            Queue.name,
            Case.status,
            Case.overseer_id == staff_id,
            Attestation.on.is_not(None),
        )
        .join(Queue, Queue.id == Case.queue_id)
        .outerjoin(Attestation, declared)
        .where(
            Case.id.in_(_held_by(staff_id, Compartment.CONVERSATION)),
            Case.id.not_in(_held_by(staff_id, Compartment.WORK)),
            *((asked_for,) if watches else ()),
        )
        .order_by(Case.reference)
    )
    return [Correspondence(row[0], row[1], row[2], bool(row[3]), row[4]) for row in rows]


def _held_by(staff_id: UUID, compartment: Compartment) -> Select[UUID]:
    return select(Grant.case_id).where(
        Grant.grantee_id == staff_id,
        Grant.grantee_kind == GranteeKind.STAFF,
        Grant.compartment == compartment,
    )
