"""A case that needs somebody: parts of the use cases that make it so, or that help it."""

from datetime import date
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from safeshare.concerns.models import CaseAlarm
from safeshare.concerns.rules import AlarmKind


def raise_alarm(
    session: Session, case_id: UUID, kind: AlarmKind, today: date, overseer_on: date | None = None
) -> None:
    """Say that a case needs somebody; where that was said before, say it anew.

    Mail about it is the daily watch's to promise, so that it tells no time of day.
    """
    end_alarm(session, case_id, kind)
    session.add(CaseAlarm(case_id=case_id, kind=kind, raised_on=today, overseer_on=overseer_on))


def end_alarm(session: Session, case_id: UUID, kind: AlarmKind) -> None:
    """Somebody has done what an alarm asked for."""
    session.execute(delete(CaseAlarm).where(CaseAlarm.case_id == case_id, CaseAlarm.kind == kind))


def tell_overseer_anew(session: Session, case_id: UUID) -> None:
    """Let the alarms that an overseer was told of be mailed again: it is somebody else now."""
    session.execute(
        update(CaseAlarm)
        .where(CaseAlarm.case_id == case_id, CaseAlarm.overseer_on.is_not(None))
        .values(mailed_on=None),
        execution_options={"synchronize_session": False},
    )
