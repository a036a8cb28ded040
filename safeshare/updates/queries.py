"""Finding promises and updates."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from safeshare.updates.models import Promise, Update


def list_promises(session: Session, case_id: UUID, party_id: UUID) -> Sequence[Promise]:
    """Every promise to a party, settled ones too, the soonest due first."""
    return session.scalars(
        select(Promise)
        .where(Promise.case_id == case_id, Promise.party_id == party_id)
        .order_by(Promise.due_on, Promise.kind)
    ).all()


def list_updates(session: Session, case_id: UUID, party_id: UUID) -> Sequence[Update]:
    """The automatic updates in a party's mailbox, oldest first."""
    return session.scalars(
        select(Update)
        .where(Update.case_id == case_id, Update.party_id == party_id)
        .order_by(Update.on, Update.kind)
    ).all()
