"""The sweep: what the passing of time does to promises. Run by the worker, as often as it likes."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.gate import Door, use_case
from safeshare.ledger.events import Event
from safeshare.outbox.service.queueing import queue_nudge
from safeshare.policy.actions import Action
from safeshare.updates.models import Promise, Update
from safeshare.updates.queries import DueBy, anything_due, claim_due_parties, list_due
from safeshare.updates.rules import (
    PromiseState,
    Step,
    Timetable,
    last_fallen_due,
    made_by_miss,
    reminded_until,
    step_at,
)
from safeshare.updates.service.promises import promise_rows, standing

PARTIES_A_SWEEP = 25
"""Few enough that a handler's answer never waits long for the rows that a sweep has taken."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did. `parties` is 0 when there was nothing to do."""

    parties: int = 0
    updates: int = 0
    reminders: int = 0


@use_case(Action.WORK_SWEEP)
def sweep_promises(door: Door, _command: None) -> Swept:
    """Do what is due for up to `PARTIES_A_SWEEP` parties; call again until `parties` is 0.

    Everything that a due promise brings about is one commit: its new state, the automatic update,
    the next promise and the nudge. A sweep that is killed has done nothing, and the next does it.
    An automatic update names its promise, and the database allows one for each.
    """
    due = _due_by(door)
    if not anything_due(door.read, due):
        return Swept()
    with door.change() as session:
        parties = claim_due_parties(session, due, PARTIES_A_SWEEP)
        promises = list_due(session, parties, due)
        steps = [_take_step(door, session, promise) for promise in promises]
        told = {promise.party_id for promise, step in zip(promises, steps, strict=True) if step}
        _nudge(door, session, told)
        swept = Swept(len(parties), sum(steps), len(steps) - sum(steps))
        door.record(
            Event.PROMISES_SWEPT, updates=str(swept.updates), reminders=str(swept.reminders)
        )
    return swept


def _due_by(door: Door) -> DueBy:
    return DueBy(
        fallen_due=last_fallen_due(door.clock.now()),
        reminded=reminded_until(door.rule(Timetable), door.clock.today()),
    )


def _take_step(door: Door, session: Session, promise: Promise) -> bool:
    """Do what the rules say about one promise. Whether something appeared in the mailbox."""
    timetable, now, today = door.rule(Timetable), door.clock.now(), door.clock.today()
    step = step_at(timetable, standing(promise), now, promise.reminded_on)
    if step is Step.REMIND:
        promise.reminded_on = today
        return False
    if step is Step.NOTHING:
        return False
    next_one = made_by_miss(timetable, standing(promise), now) if step is Step.UPDATE else None
    _settle(promise, step)
    session.add(
        Update(
            promise_id=promise.id,
            case_id=promise.case_id,
            party_id=promise.party_id,
            kind=promise.kind,
            on=today,
            parameters={"due_on": promise.due_on.isoformat()},
        )
    )
    if next_one is not None:
        session.add_all(promise_rows(promise.case_id, promise.party_id, today, [next_one]))
    return True


def _settle(promise: Promise, step: Step) -> None:
    """A question that was put is kept; anything else was missed on the day it was due."""
    if step is Step.ASK:
        promise.state, promise.kept_on = PromiseState.KEPT, promise.due_on
    else:
        promise.state, promise.missed_on = PromiseState.MISSED, promise.due_on


def _nudge(door: Door, session: Session, parties: set[UUID]) -> None:
    for party_id in parties:
        queue_nudge(session, party_id, door.clock.today())
