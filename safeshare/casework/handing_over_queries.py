"""Finding the cases that one person could hand over to another."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from safeshare.concerns.models import Grant, GranteeKind
from safeshare.kernel.sealed import Compartment


def list_to_hand_over(
    session: Session,
    giver_id: UUID,
    staff_id: UUID,
    held_by: UUID | None,
    *,
    after: UUID | None,
    most: int,
) -> Sequence[UUID]:
    """The cases that the giver holds and the other person does not, in the order of their ids; with
    `held_by`, only those that this third person holds as well.
    """
    found = _to_hand_over(giver_id, staff_id, held_by)
    if after is not None:
        found = found.where(Grant.case_id > after)
    return session.scalars(found.distinct().order_by(Grant.case_id).limit(most)).all()


def count_to_hand_over(
    session: Session, giver_id: UUID, staff_id: UUID, held_by: UUID | None
) -> int:
    """How many cases `list_to_hand_over` would find in all."""
    found = _to_hand_over(giver_id, staff_id, held_by).distinct().subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def _to_hand_over(giver_id: UUID, staff_id: UUID, held_by: UUID | None) -> Select[UUID]:
    found = (
        select(Grant.case_id)
        .where(
            Grant.grantee_id == giver_id,
            Grant.compartment == Compartment.WORK,
            Grant.grantee_kind == GranteeKind.STAFF,
        )
        .where(~_holds(staff_id))
    )
    return found if held_by is None else found.where(_holds(held_by))


def _holds(staff_id: UUID) -> ColumnElement[bool]:
    other = aliased(Grant)
    return exists().where(
        other.case_id == Grant.case_id,
        other.compartment == Compartment.WORK,
        other.grantee_id == staff_id,
    )
