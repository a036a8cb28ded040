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

from safeshare.casework.overseeing_queries import Unwatched, list_unwatched
from safeshare.casework.service.account import Locks
from safeshare.concerns.models import Case, OverseerLine
from safeshare.concerns.queries import get_case_held, has_alarm, list_holders
from safeshare.concerns.rules import OVER, AlarmKind
from safeshare.concerns.service.alarms import raise_alarm
from safeshare.concerns.service.exclusions import keeps_out
from safeshare.concerns.service.holding import take_keys
from safeshare.concerns.service.overseers import (
    draw_overseer,
    note_new_overseer,
    open_line,
    replace_line,
)
from safeshare.concerns.service.resealing import changes_due
from safeshare.concerns.service.rotation import can_rotate, rotate
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import InvalidError, SealBrokenError
from safeshare.kernel.sealed import Compartment, Sealed
from safeshare.ledger.events import Event
from safeshare.mailbox.service.putting_out import end_watch
from safeshare.people.account_queries import find_last_come
from safeshare.people.service.liveness import LivePeople, find_live_people, hold_unchanged
from safeshare.policy.actions import Action

CASES_A_ROUND = 100
"""How many cases one transaction goes through."""


@dataclass(frozen=True, slots=True)
class _Handing:
    """A case whose overseer is gone, who comes after them, and who is in line after that. `found`
    is the line in which that was read.
    """

    case_id: UUID
    earlier: UUID | None
    following: UUID | None
    found: Sealed
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
        coming = {one.following for one in due if one.following is not None}
        with door.change() as session:
            held = hold_unchanged(session, {one: people.records[one] for one in coming})
            for one in due:
                if one.following is None or one.following in held:
                    _hand_on(door, session, one)
    return found[-1].case_id if len(found) == CASES_A_ROUND else None


def needs_overseer(door: Door, case: Case, locks: Locks) -> bool:
    """Whether nobody oversees an open case, or somebody who came to be kept out of any: as only
    those can judge who have its notes.
    """
    if case.overseer_id is None:
        return case.status not in OVER
    return keeps_out(door, locks, case.id, case.overseer_id)


def find_another_overseer(
    door: Door, session: Session, case: Case, locks: Locks, *, is_gone: bool = False
) -> Locks:
    """Whoever opens a case with its notes takes the watch from an overseer who `is_gone` or came to
    be kept out, and draws lots for it where it has none; else the alarm stands. What was sealed to
    whoever had it is taken back. The caller holds its row. Returns the locks as they are then.
    """
    named = case.overseer_id
    if named is not None and not is_gone and not keeps_out(door, locks, case.id, named, session):
        return locks
    if named is not None:
        door.record(Event.CASE_OVERSEER_CHANGED, case_id=case.id)
    locks = _take_watch(door, session, case, locks)
    if case.status not in OVER:
        _draw(door, session, case, locks)
    return locks


def _take_watch(door: Door, session: Session, case: Case, locks: Locks) -> Locks:
    """Take back what was sealed to whoever has the watch. Where the reporter had called them in, or
    somebody from whom it was taken when they moved, the conversation's key is changed.
    """
    part, called = Compartment.CONVERSATION, end_watch(door, session, case)
    if called is not None:
        take_keys(door, session, case.id, called)
    is_due = changes_due(door, session, case.id, {part: locks[part].key.number})
    if (called is None and not is_due) or not can_rotate(door, session, case.id, locks):
        return locks
    return {**locks, **rotate(door, session, case.id, {part: locks[part]}, known=locks)}


def _draw(door: Door, session: Session, case: Case, locks: Locks) -> None:
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
    return _Handing(case_id, case.overseer_id, following, row.line, rest)


def _hand_on(door: Door, session: Session, handing: _Handing) -> None:
    case = get_case_held(session, handing.case_id)
    row = session.get_one(OverseerLine, case.id)
    if (case.overseer_id, row.line) != (handing.earlier, handing.found):
        return  # Meanwhile lots were drawn, or somebody was put out of the line: the next round's.
    called = end_watch(door, session, case)
    if called is not None:
        with suppress(InvalidError):  # The last key to a conversation stays where it is.
            take_keys(door, session, case.id, called)
    case.overseer_id = handing.following
    if handing.following is None:
        raise_alarm(session, case.id, AlarmKind.NO_OVERSEER, door.clock.today())
        door.record(Event.CASE_OVERSEER_CHANGED, case_id=case.id)
        return
    replace_line(door, row, handing.line)
    note_new_overseer(door, session, case)
