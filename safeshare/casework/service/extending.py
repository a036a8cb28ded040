"""Telling the reporter later what was found: one holder asks, a supervisor who is another agrees.

The reason is written for the reporter and is what the supervisor judges: there is no second one for
the file. It reaches the reporter as a message of whoever agreed, with the new date.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.casework.rules import Proposal, Proposed, check_endorsing, proposal_in
from safeshare.casework.service.account import conversation
from safeshare.casework.service.agreeing import supervising_holders
from safeshare.casework.service.saying import say, sealed_for_reporter
from safeshare.casework.service.sheet import Sheet, read_sheet, replace_sheet, resealed
from safeshare.casework.service.standing import case_facts, staff_of, standing_of
from safeshare.casework.service.summary import CaseSummary, summary_of
from safeshare.concerns.models import CaseEventKind
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules import clean_reason
from safeshare.concerns.service.compartments import add_event
from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import SealBrokenError, StaleError
from safeshare.ledger.events import Event
from safeshare.outbox.service.queueing import queue_alerts
from safeshare.people.queries import find_names
from safeshare.policy.actions import Action
from safeshare.updates.rules import LaterDates
from safeshare.updates.service.promises import extend_feedback, find_later_dates

_KEPT = "later_date"
"""Where the case sheet keeps the newest asking."""


@dataclass(frozen=True, slots=True)
class ReadExtension:
    """Ask whether the feedback may be put off, and who asked for it."""

    reference: str


@dataclass(frozen=True, slots=True)
class ExtensionShown:
    """How the feedback stands. `promised_on` is the date that the reporter was told, None where
    nothing is owed; `dates` those to which it may be put off. `waits`: somebody's asking does.
    `second_people` are the supervisors who could agree to what the actor asks.
    """

    summary: CaseSummary
    promised_on: date | None
    dates: tuple[date, ...]
    asked: Proposal | None
    asked_by_name: str
    decided_by_name: str
    waits: bool
    may_decide: bool
    second_people: tuple[str, ...]

    @property
    def seen(self) -> str:
        """What was asked, in one short word that goes with the page that showed it."""
        return self.asked.seen if self.asked else ""


@dataclass(frozen=True, slots=True)
class AskForExtension:
    """Ask to tell the reporter by a later date, for a reason that they read."""

    reference: str
    until: date
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DecideExtension:
    """A supervisor's word on the asking that they saw."""

    reference: str
    seen: str
    agrees: bool


@use_case(Action.CASE_OPEN, facts=case_facts)
def read_extension(door: Door, command: ReadExtension) -> ExtensionShown:
    """How the feedback stands, and what was asked. An entry like any other opening."""
    standing, staff = standing_of(door, command), staff_of(door)
    sheet, case_id = read_sheet(door, standing.case), standing.case.id
    later, asked = _later_dates(door, door.read, sheet), proposal_in(sheet.says, _KEPT)
    others = supervising_holders(door.read, case_id) - {staff.staff_id}
    names = find_names(door.read, others | _people_of(asked))
    waits = _waits(asked, later)
    is_theirs = asked is not None and asked.by == staff.staff_id
    shown = ExtensionShown(
        summary=summary_of(door, standing),
        promised_on=later.open_promise.due_on if later.open_promise else None,
        dates=later.dates,
        asked=asked,
        asked_by_name=names.get(asked.by, "") if asked else "",
        decided_by_name=names.get(asked.decided_by, "") if asked and asked.decided_by else "",
        waits=waits,
        may_decide=waits and not is_theirs and Role.SUPERVISOR in staff.roles,
        second_people=tuple(sorted(names[one] for one in others)),
    )
    door.record(Event.CASE_OPENED, case_id=case_id, part="later_date")
    return shown


@use_case(Action.CASE_EXTEND, facts=case_facts)
def ask_for_extension(door: Door, command: AskForExtension) -> None:
    """Write the asking into the case sheet; nothing is put off by it.

    Raises InvalidError where the reason is missing or too long, StaleError where the feedback
    cannot be put off to this date, somebody's asking waits, or the sheet was changed meanwhile.
    """
    reason, case = clean_reason(command.reason), standing_of(door, command).case
    staff_id, today = staff_of(door).staff_id, door.clock.today()
    sheet = read_sheet(door, case)
    asked = Proposal(Proposed.LATER_DATE, reason, staff_id, today, until=command.until)
    changed = resealed(door, sheet, {_KEPT: asked.stored()})
    with door.change() as session:
        get_case_held(session, case.id)
        later = _later_dates(door, session, sheet)
        if command.until not in later.dates or _waits(proposal_in(sheet.says, _KEPT), later):
            raise StaleError("the date cannot be had, or an asking waits already")
        replace_sheet(session, sheet, changed)
        queue_alerts(session, supervising_holders(session, case.id) - {staff_id}, today)
        door.record(Event.CASE_EXTENSION_ASKED, case_id=case.id)


@use_case(Action.CASE_EXTEND_AGREE, facts=case_facts)
def decide_extension(door: Door, command: DecideExtension) -> None:
    """A supervisor who is another person agrees, and so writes to the reporter; or does not.

    Raises BarredError where they asked themselves, StaleError where nothing waits for them or
    something else than they saw, the feedback can be put off no more, or the sheet was changed
    meanwhile.
    """
    case, staff_id = standing_of(door, command).case, staff_of(door).staff_id
    sheet = read_sheet(door, case)
    asked = check_endorsing(proposal_in(sheet.says, _KEPT), staff_id, command.seen)
    if asked.until is None:
        raise SealBrokenError("a later date is not one that we wrote")
    decided = replace(
        asked, decided_by=staff_id, decided_on=door.clock.today(), is_endorsed=command.agrees
    )
    changed = resealed(door, sheet, {_KEPT: decided.stored()})
    message = sealed_for_reporter(door, case.id, asked.reason) if command.agrees else None
    with door.change() as session:
        held = get_case_held(session, case.id)
        replace_sheet(session, sheet, changed)
        if message is None:
            door.record(Event.CASE_EXTENSION_REFUSED, case_id=case.id)
            return
        say(session, door, held, message)
        extend_feedback(door, session, case.id, message.party_id, asked.until)
        add_event(session, door, case.id, CaseEventKind.FEEDBACK_EXTENDED)
        door.record(Event.CASE_EXTENSION_AGREED, case_id=case.id)


def _later_dates(door: Door, session: Session, sheet: Sheet) -> LaterDates:
    lock = conversation(sheet.locks)
    return find_later_dates(door, session, lock.case_id, lock.party_id)


def _waits(asked: Proposal | None, later: LaterDates) -> bool:
    """Whether an asking still waits. One whose date has passed, or of a case that was closed, has
    lapsed, and keeps nobody from asking again.
    """
    return asked is not None and asked.waits and asked.until in later.dates


def _people_of(asked: Proposal | None) -> set[UUID]:
    return {one for one in (asked.by, asked.decided_by) if one} if asked else set()
