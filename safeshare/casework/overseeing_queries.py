"""Finding the cases whose overseer is gone, and keeping their alarms."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from safeshare.concerns.models import Case, CaseAlarm
from safeshare.concerns.rules import OVER, AlarmKind


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A case whose overseer is gone, or that has none. `is_told`: the alarm of it stands."""

    case_id: UUID
    received_on: date
    overseer_id: UUID | None
    is_told: bool


def list_unwatched(
    session: Session, watching: Collection[UUID], today: date, after: UUID | None, most: int
) -> Sequence[Unwatched]:
    """The open cases of earlier days that none of these people oversees, by id, after `after`."""
    alarmed = exists().where(CaseAlarm.case_id == Case.id, CaseAlarm.kind == AlarmKind.NO_OVERSEER)
    gone = Case.overseer_id.not_in(sorted(watching))
    statement = (
        select(Case.id, Case.received_on, Case.overseer_id, alarmed)
        .where(
            or_(Case.overseer_id.is_(None), gone),
            Case.status.not_in(sorted(OVER)),
            Case.received_on < today,
        )
        .order_by(Case.id)
        .limit(most)
    )
    rows = session.execute(statement if after is None else statement.where(Case.id > after))
    return [Unwatched(*row) for row in rows]


def end_overseen(session: Session) -> None:
    """End the alarm of no overseer where there is one again, or where the case is over."""
    done = select(Case.id).where(or_(Case.overseer_id.is_not(None), Case.status.in_(sorted(OVER))))
    session.execute(
        delete(CaseAlarm).where(
            CaseAlarm.kind == AlarmKind.NO_OVERSEER, CaseAlarm.case_id.in_(done)
        ),
        execution_options={"synchronize_session": False},
    )
