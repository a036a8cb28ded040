"""The line of overseers of a case, sealed to the worker. Parts of other use cases.

The worker hands on what an overseer watched, whether or not anybody opens the case. It has no key
to the list of the excluded. So whoever has one, or is sending the concern, leaves the excluded out
and seals to the worker who comes next.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from safeshare.concerns.models import Case, CaseEventKind, Grant, OverseerLine
from safeshare.concerns.rules import AlarmKind, draw_order
from safeshare.concerns.rules.exclusions import Why, succession_in, succession_record
from safeshare.concerns.service.alarms import end_alarm, tell_overseer_anew
from safeshare.concerns.service.compartments import add_event
from safeshare.concerns.service.exclusions import (
    Locks,
    exclude,
    excluded_from,
    let_watch,
    watching_of,
)
from safeshare.concerns.service.holding import take_keys
from safeshare.gate import Door
from safeshare.kernel.errors import InvalidError
from safeshare.kernel.sealed import Compartment, Place, Sealed
from safeshare.ledger.events import Event
from safeshare.people.service.liveness import find_live_people, hold_unchanged

LINE_BYTES = 512
"""What every line fills, an empty one too."""

MOST_IN_LINE = 22
"""How many people fit, at 22 characters each beside the names of the fields."""


def overseer_line(door: Door, case_id: UUID, line: Sequence[UUID]) -> OverseerLine:
    """The row of a new case; the caller adds it."""
    return OverseerLine(case_id=case_id, line=_sealed(door, case_id, line))


def open_line(door: Door, row: OverseerLine) -> tuple[UUID, ...]:
    """Who is next, for the worker. Raises SealBrokenError where it is not the newest of ours."""
    door.insist_as_written(row.case_id, row)
    return succession_in(door.vault.open_for_worker("contact", line_place(row.case_id), row.line))


def line_place(case_id: UUID) -> Place:
    """Where the line of a case is sealed."""
    return Place(OverseerLine.__tablename__, str(case_id), "line")


def replace_line(door: Door, row: OverseerLine, line: Sequence[UUID]) -> None:
    """Seal who is next now."""
    row.line = _sealed(door, row.case_id, line)


def shut_out(
    door: Door, session: Session, case: Case, locks: Locks, people: Iterable[UUID], why: Why
) -> None:
    """Keep more people out for good, of the line of overseers too: the worker, who goes by it, asks
    no list. It is drawn anew from those who may still be called in, whoever the people are, so that
    the tables do not tell who might have overseen the case. Raises as `exclude` does.
    """
    exclude(door, session, case, locks, people, why)
    left = watching_of(door, locks, case.id, session) - {case.overseer_id}
    replace_line(door, session.get_one(OverseerLine, case.id), draw_order(left))


def draw_overseer(
    door: Door, session: Session, case: Case, locks: Locks, holders: frozenset[UUID]
) -> bool:
    """Find an overseer for a case that has none, by lot among all who are eligible today, and a new
    line after them. Nobody who is kept out, and no holder. The caller holds the case's row and has
    its notes. Returns whether anybody is left; else the line is sealed empty, so that nobody whom
    this list keeps out is found in an older one, and the alarm is to stand.
    """
    people = find_live_people(door)
    drawn = draw_order(people.overseers - holders - excluded_from(door, locks, case.id, session))
    held = hold_unchanged(session, {one: people.records[one] for one in drawn})
    named = next((one for one in drawn if one in held), None)
    if drawn or watching_of(door, locks, case.id, session):
        line = [one for one in drawn if one != named]
        replace_line(door, session.get_one(OverseerLine, case.id), line)
        let_watch(door, session, case.id, locks, drawn)
    if named is None:
        return False
    case.overseer_id = named
    note_new_overseer(door, session, case)
    return True


def end_watches(door: Door, session: Session, staff_id: UUID) -> None:
    """Let somebody oversee no case any more, open or over: they came to be in a team or at a place,
    or have new keys. It may be kept out, and nobody who has no key to a case can ask its list. So
    it is the same for every case, and tells of none. The worker hands the open ones on.

    What a reporter gave them who had called them in goes with it, whatever else they come to be
    before anybody looks. The cases are held first: one whose reporter is calling them in at this
    moment is waited for.
    """
    overseen = select(Case.id).where(Case.overseer_id == staff_id).order_by(Case.id)
    session.execute(overseen.with_for_update())
    for case_id in _list_called_in(session, staff_id):
        with suppress(InvalidError):  # The last key to a conversation stays where it is.
            take_keys(door, session, case_id, staff_id)
    session.execute(
        update(Case).where(Case.overseer_id == staff_id).values(overseer_id=None),
        execution_options={"synchronize_session": False},
    )


def _list_called_in(session: Session, staff_id: UUID) -> Sequence[UUID]:
    """The cases whose overseer this person is and has the conversation, which their reporter gave
    them, and no other key.
    """
    mine = Grant.grantee_id == staff_id
    others = select(Grant.case_id).where(mine, Grant.compartment != Compartment.CONVERSATION)
    called = (
        select(Case.id)
        .join(Grant, Grant.case_id == Case.id)
        .where(Case.overseer_id == staff_id, mine, Case.id.not_in(others))
        .where(Case.contact_id.is_distinct_from(staff_id))
    )
    return session.scalars(called.distinct().order_by(Case.id)).all()


def note_new_overseer(door: Door, session: Session, case: Case) -> None:
    """The timeline, which the reporter sees, says that somebody else oversees the case. They are
    mailed of the alarms that stand.
    """
    end_alarm(session, case.id, AlarmKind.NO_OVERSEER)
    tell_overseer_anew(session, case.id)
    add_event(session, door, case.id, CaseEventKind.OVERSEER_CHANGED)
    door.record(Event.CASE_OVERSEER_CHANGED, case_id=case.id, staff=str(case.overseer_id))


def _sealed(door: Door, case_id: UUID, line: Sequence[UUID]) -> Sealed:
    record = succession_record(line[:MOST_IN_LINE])
    return door.vault.seal_for_worker("contact", line_place(case_id), record, LINE_BYTES)
