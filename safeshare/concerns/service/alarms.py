"""A case that needs somebody: parts of the use cases that make it so, or that help it."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from safeshare.concerns.models import CaseAlarm
from safeshare.concerns.rules import AlarmKind
from safeshare.gate import Door
from safeshare.kernel.actors import Reporter
from safeshare.outbox.service.queueing import queue_nudge


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


def end_call(door: Door, session: Session, case_id: UUID, party_ids: Iterable[UUID]) -> None:
    """The overseer whom the reporter called in is gone. They are told, since nobody but they can
    give the next one the conversation, who must not have an alarm of what they cannot open.

    Not while they are there themselves: mail would tell when that was.
    """
    end_alarm(session, case_id, AlarmKind.ESCALATED)
    if not isinstance(door.actor, Reporter):
        for party_id in sorted(party_ids):
            queue_nudge(session, party_id, door.clock.today())


def tell_overseer_anew(session: Session, case_id: UUID) -> None:
    """Let the alarms that an overseer was told of be mailed again: it is somebody else now."""
    session.execute(
        update(CaseAlarm)
        .where(CaseAlarm.case_id == case_id, CaseAlarm.overseer_on.is_not(None))
        .values(mailed_on=None),
        execution_options={"synchronize_session": False},
    )
