"""Finding promises and updates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from safeshare.db.plain import list_plain
from safeshare.updates.models import NudgeAddress, Promise, Update
from safeshare.updates.rules import PromiseKind, PromiseState


@dataclass(frozen=True, slots=True)
class DueBy:
    """What the sweep looks for: promises fallen due, and those to be reminded of, by due date."""

    fallen_due: date
    reminded: Mapping[PromiseKind, date]

    @property
    def asked(self) -> dict[str, date]:
        """What the statements below are asked with. A kind without a reminder is never due one."""
        reminded = {_until(kind): self.reminded.get(kind, date.min) for kind in PromiseKind}
        return {"fallen_due": self.fallen_due, **reminded}


def list_promises(session: Session, case_id: UUID, party_id: UUID) -> Sequence[Promise]:
    """Every promise to a party, settled ones too, the soonest due first."""
    return session.scalars(_PROMISES, {"case_id": case_id, "party_id": party_id}).all()


_PROMISES = (
    select(Promise)
    .where(Promise.case_id == bindparam("case_id"), Promise.party_id == bindparam("party_id"))
    .order_by(Promise.due_on, Promise.kind)
)
"""Built once: every message to a reporter asks it."""


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise to a party, with the day on which an automatic update told of it."""

    kind: PromiseKind
    state: PromiseState
    due_on: date
    kept_on: date | None
    missed_on: date | None
    told_on: date | None


def list_promised(session: Session, case_id: UUID, party_id: UUID) -> tuple[Promised, ...]:
    """Every promise to a party and what the machine told them, the soonest due first."""
    rows = list_plain(session, _PROMISED, {"case_id": case_id, "party_id": party_id})
    return tuple(Promised(*row) for row in rows)


_PROMISED = (
    select(
        Promise.kind,
        Promise.state,
        Promise.due_on,
        Promise.kept_on,
        Promise.missed_on,
        Update.on,
    )
    .outerjoin(Update, Update.promise_id == Promise.id)
    .where(Promise.case_id == bindparam("case_id"), Promise.party_id == bindparam("party_id"))
    .order_by(Promise.due_on, Promise.kind)
)
"""Built once: every opening of a case asks it."""


def list_promises_with_updates(
    session: Session, case_id: UUID, party_id: UUID
) -> list[tuple[Promise, Update | None]]:
    """Every promise to a party, the soonest due first, with the automatic update that told of it
    where there was one.
    """
    rows = session.execute(_WITH_UPDATES, {"case_id": case_id, "party_id": party_id})
    return [(row[0], row[1]) for row in rows]


_WITH_UPDATES = (
    select(Promise, Update)
    .outerjoin(Update, Update.promise_id == Promise.id)
    .where(Promise.case_id == bindparam("case_id"), Promise.party_id == bindparam("party_id"))
    .order_by(Promise.due_on, Promise.kind)
)
"""Built once: every opening of a mailbox asks it."""


def anything_due(session: Session, due: DueBy) -> bool:
    """Whether the sweep has something to do."""
    return session.scalar(_ANY_DUE, due.asked) is not None


def claim_due_parties(session: Session, due: DueBy, limit: int) -> Sequence[UUID]:
    """Take up to `limit` parties with something due, so that nobody else can until the commit.

    On PostgreSQL rows that another sweep has are passed over; on SQLite, which has no such rows,
    the write transaction has kept every other one out. The row taken is the one that every party
    has exactly one of, and that never changes.
    """
    return session.scalars(_DUE_PARTIES.limit(limit), due.asked).all()


def claim_party(session: Session, party_id: UUID) -> None:
    """Wait until no sweep and nobody else is about a party's promises, and keep them for oneself
    until the commit.
    """
    session.execute(_PARTY_HELD, {"party_id": party_id})


_PARTY_HELD = (
    select(NudgeAddress.party_id)
    .where(NudgeAddress.party_id == bindparam("party_id"))
    .with_for_update()
)


def list_due(session: Session, party_ids: Sequence[UUID], due: DueBy) -> Sequence[Promise]:
    """What is due of these parties' promises, as it stands after they were claimed."""
    return session.scalars(_DUE, {"party_ids": party_ids, **due.asked}).all()


def _until(kind: PromiseKind) -> str:
    return f"{kind}_until"


def _is_due() -> ColumnElement[bool]:
    reminders = (
        and_(
            Promise.kind == kind,
            Promise.due_on <= bindparam(_until(kind)),
            Promise.reminded_on.is_(None),
        )
        for kind in PromiseKind
    )
    fallen = Promise.due_on <= bindparam("fallen_due")
    return and_(Promise.state == PromiseState.PENDING, or_(fallen, *reminders))


_ANY_DUE = select(Promise.id).where(_is_due()).limit(1)
_DUE = (
    select(Promise)
    .where(Promise.party_id.in_(bindparam("party_ids", expanding=True)), _is_due())
    .order_by(Promise.due_on, Promise.kind)
)
_DUE_PARTIES = (
    select(NudgeAddress.party_id)
    .where(NudgeAddress.party_id.in_(select(Promise.party_id).where(_is_due())))
    .order_by(NudgeAddress.party_id)
    .with_for_update(skip_locked=True)
)
