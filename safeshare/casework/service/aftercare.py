"""The end of aftercare: by time, once nobody is asked about detriment any more."""

from datetime import timedelta

from sqlalchemy import select

from safeshare.concerns.models import Case, CaseEventKind
from safeshare.concerns.rules import CaseStatus
from safeshare.concerns.service.compartments import add_event
from safeshare.gate import Door, use_case
from safeshare.ledger.events import Event
from safeshare.policy.actions import Action

AFTERCARE_DAYS = 180
"""From the closing to the last question about detriment (blueprint section 6)."""

CASES_A_ROUND = 50


@use_case(Action.WORK_AFTERCARE)
def end_aftercare(door: Door, _command: None) -> int:
    """Close for good what was in aftercare long enough. Returns how many; call again until 0."""
    before = door.clock.today() - timedelta(days=AFTERCARE_DAYS)
    due = (
        select(Case)
        .where(Case.status == CaseStatus.AFTERCARE, Case.closed_on < before)
        .limit(CASES_A_ROUND)
    )
    if door.read.scalar(due) is None:
        return 0
    with door.change() as session:
        cases = session.scalars(due.with_for_update(skip_locked=True)).all()
        for case in cases:
            case.status = CaseStatus.CLOSED
            add_event(session, door, case.id, CaseEventKind.CLOSED, CaseStatus.CLOSED)
            door.record(Event.CASE_AFTERCARE_ENDED, case_id=case.id)
    return len(cases)
