"""Handing on what an overseer watched, when they left, are overseer no more, go away for long, or
came to be in another team or place.

The alarms of a case are then the next one's. What was sealed to the earlier one is taken back. The
reason of a request for the name is sealed anew when a holder opens that page. The conversation is
given again by the reporter alone, who is told that somebody else oversees the case. Whoever opens a
case hands it on where its overseer came to be kept out of it.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.casework.correspondence_queries import has_alarm
from safeshare.casework.overseeing_queries import Unwatched, list_unwatched
from safeshare.casework.service.account import Locks
from safeshare.concerns.models import Case, OverseerLine
from safeshare.concerns.queries import get_case_held, list_case_grants, list_holders
from safeshare.concerns.rules import OVER, AlarmKind
from safeshare.concerns.service.alarms import end_alarm, raise_alarm
from safeshare.concerns.service.exclusions import keeps_out
from safeshare.concerns.service.holding import take_keys
from safeshare.concerns.service.overseers import (
    draw_overseer,
    note_new_overseer,
    open_line,
    replace_line,
)
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import InvalidError, SealBrokenError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.service.putting_out import end_watch, take_back_reasons
from safeshare.outbox.service.queueing import queue_nudge
from safeshare.people.account_queries import find_last_come
from safeshare.people.service.liveness import LivePeople, find_live_people
from safeshare.policy.actions import Action

CASES_A_ROUND = 100
"""How many cases one transaction goes through."""


@dataclass(frozen=True, slots=True)
class _Handing:
    """A case whose overseer is gone, who comes after them, and who is in line after that. `before`
    are those who may have overseen it.
    """

    case_id: UUID
    earlier: UUID | None
    before: frozenset[UUID]
    following: UUID | None
    line: tuple[UUID, ...]


@use_case(Action.WORK_WATCH)
def hand_on_watch(door: Door, after: UUID | None) -> UUID | None:
    """Give the next cases by id whose overseer is gone to the next in their line. Returns where to
    go on; None where nothing is left.

    A concern of today waits for tomorrow: an entry of the ledger must not tell its hour. Whoever
    came to be in a team or at a place since the concern came is passed over: the line was drawn by
    somebody who could judge them, and the worker cannot. Where nobody is left in line an alarm
    stands, until a holder opens the case and lots are drawn anew.
    """
    people = find_live_people(door)
    found = list_unwatched(door.read, people.watching, door.clock.today(), after, CASES_A_ROUND)
    if not found:
        return None
    door.expect([one.case_id for one in found])
    come = find_last_come(door.read, people.overseers, min(one.received_on for one in found))
    handings = [_next(door, one, people, come) for one in found]
    due = [
        made
        for one, made in zip(found, handings, strict=True)
        if made.earlier is not None or made.following is not None or not one.is_told
    ]
    if due:
        with door.change() as session:
            for one in due:
                _hand_on(door, session, one)
    return found[-1].case_id if len(found) == CASES_A_ROUND else None


def needs_overseer(door: Door, case: Case, locks: Locks) -> bool:
    """Whether nobody oversees an open case, or somebody who came to be kept out of any: as only
    those can judge who have its notes.
    """
    if case.overseer_id is None:
        return case.status not in OVER
    return keeps_out(door, locks, case.id, case.overseer_id)


def find_another_overseer(door: Door, session: Session, case: Case, locks: Locks) -> None:
    """Whoever opens a case with its notes takes the watch from an overseer who came to be kept out,
    and draws lots for it where it has none; else the alarm stands. What was sealed to whoever had
    it is taken back. The caller holds its row.

    A conversation that the reporter gave them they give up themselves, when they next ask for it.
    """
    named = case.overseer_id
    if named is not None and keeps_out(door, locks, case.id, named, session):
        end_watch(session, case)
        door.record(Event.CASE_OVERSEER_CHANGED, case_id=case.id)
    if case.overseer_id is not None or case.status in OVER:
        return
    take_back_reasons(session, case.id)
    holders = frozenset(one.grantee_id for one in list_holders(session, case.id))
    is_found = draw_overseer(door, session, case, locks, holders)
    if not is_found and not has_alarm(session, case.id, AlarmKind.NO_OVERSEER):
        raise_alarm(session, case.id, AlarmKind.NO_OVERSEER, door.clock.today())
        door.record(Event.CASE_OVERSEER_CHANGED, case_id=case.id)


def _next(door: Door, case: Unwatched, people: LivePeople, come: Mapping[UUID, date]) -> _Handing:
    case_id = case.case_id
    row = door.read.get_one(OverseerLine, case_id)
    try:
        line: Sequence[UUID] = open_line(door, row)
    except SealBrokenError:
        door.record(Event.ALARM_RAISED, case_id=case_id, alarm="overseer_line_not_as_written")
        line = ()
    holders = {one.grantee_id for one in list_holders(door.read, case_id)}
    since = {one for one, on in come.items() if on >= case.received_on}
    able = people.overseers - holders - since
    following = next((one for one in line if one in able), None)
    rest = tuple(one for one in line if one != following)
    before = people.watching | ({case.overseer_id} if case.overseer_id else set())
    return _Handing(case_id, case.overseer_id, before, following, rest)


def _hand_on(door: Door, session: Session, handing: _Handing) -> None:
    case = get_case_held(session, handing.case_id)
    if case.overseer_id != handing.earlier:
        return  # A holder opened it meanwhile and drew lots.
    _take_back(door, session, case, handing.before)
    case.overseer_id = handing.following
    if handing.following is None:
        raise_alarm(session, case.id, AlarmKind.NO_OVERSEER, door.clock.today())
        door.record(Event.CASE_OVERSEER_CHANGED, case_id=case.id)
        return
    replace_line(door, session.get_one(OverseerLine, case.id), handing.line)
    note_new_overseer(door, session, case)


def _take_back(door: Door, session: Session, case: Case, before: frozenset[UUID]) -> None:
    """Unmake what was sealed to whoever oversaw a case. Where they moved nothing says who it was:
    of those who watch over cases, it is who has the conversation and no other key.
    """
    take_back_reasons(session, case.id)
    grants = list_case_grants(session, case.id)
    others = {one.grantee_id for one in grants if one.compartment is not Compartment.CONVERSATION}
    for staff_id in {one.grantee_id for one in grants} & before - others - {case.contact_id}:
        end_alarm(session, case.id, AlarmKind.ESCALATED)
        queue_nudge(session, grants[0].party_id, door.clock.today())
        with suppress(InvalidError):  # The last key to a conversation stays where it is.
            take_keys(door, session, case.id, staff_id)
