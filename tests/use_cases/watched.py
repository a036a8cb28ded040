"""The daily watch, for tests."""

from collections import Counter

from sqlalchemy import select

from safeshare.casework.service.watching import (
    AlarmsPage,
    CaseHealth,
    Watched,
    check_cases,
    read_alarms,
    watch_cases,
)
from safeshare.concerns.models import CaseAlarm
from safeshare.concerns.rules import AlarmKind
from safeshare.kernel.actors import Operator, Worker
from safeshare.outbox.models import OutgoingMail
from safeshare.outbox.rules import MailKind
from tests.cast import Stage
from tests.use_cases.handlers import case_of


def watch(stage: Stage) -> Watched | None:
    return stage.gate.run(watch_cases, Worker(), None)


def next_morning(stage: Stage, days: int = 1) -> Watched | None:
    stage.time.advance(days=days)
    return watch(stage)


def alarms_of(stage: Stage, reference: str) -> dict[AlarmKind, CaseAlarm]:
    with stage.system.database.reading() as session:
        rows = select(CaseAlarm).where(CaseAlarm.case_id == case_of(stage, reference).id)
        return {one.kind: one for one in session.scalars(rows)}


def alerted(stage: Stage) -> Counter[str]:
    """Who was promised the mail that something waits, by sign-in name."""
    names = {one.staff_id: name for name, one in stage.enrolled.items()}
    with stage.system.database.reading() as session:
        rows = select(OutgoingMail.recipient_id).where(OutgoingMail.kind == MailKind.ALERT)
        return Counter(names[one] for one in session.scalars(rows))


def seen_by(stage: Stage, name: str) -> AlarmsPage:
    return stage.gate.run(read_alarms, stage.staff(name), None)


def overseer_of(stage: Stage, reference: str) -> str:
    overseer_id = case_of(stage, reference).overseer_id
    return next(name for name, one in stage.enrolled.items() if one.staff_id == overseer_id)


def health(stage: Stage) -> CaseHealth:
    return stage.gate.run(check_cases, Operator(), None)
