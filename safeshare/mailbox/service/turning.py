"""The reporter turns to somebody else: to the next person in line, or to the overseer.

Both are done by the reporter's own session, whose key opens the conversation. So no holder has to
agree, or even to look. The new person has the conversation and nothing of the handlers' notes,
whose key a reporter never had.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.models import Case, CaseEventKind
from safeshare.concerns.queries import (
    Happened,
    get_case,
    get_case_held,
    list_events,
    list_grants,
)
from safeshare.concerns.rules import AlarmKind
from safeshare.concerns.rules.exclusions import Why
from safeshare.concerns.service.alarms import raise_alarm
from safeshare.concerns.service.compartments import add_event, open_locks
from safeshare.concerns.service.exclusions import Locks, excluded_from, watching_of
from safeshare.concerns.service.holding import give_keys, take_keys
from safeshare.concerns.service.promoting import next_in_line
from safeshare.concerns.service.rotation import rotate
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import InvalidError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.queries import find_shown_names
from safeshare.mailbox.rules import check_turning, may_turn_again_on
from safeshare.mailbox.service.party import party_facts, reporter_of
from safeshare.mailbox.service.putting_out import put_out
from safeshare.people.queries import list_standings
from safeshare.people.rules import why_not_overseer
from safeshare.people.service.eligibility import facts_of
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class Turning:
    """Whom the reporter can turn to. Names are None where the queue shows roles alone.

    `can_ask_again_on` is None where they may ask now.
    """

    has_contact: bool
    contact_name: str | None
    has_next: bool
    can_ask_again_on: date | None
    has_overseer: bool
    overseer_name: str | None
    is_escalated: bool


@dataclass(frozen=True, slots=True)
class AskForSomebodyElse:
    """Ask for the next person in line. `keeps_earlier`: whether the present contact person goes on
    being able to read.
    """

    keeps_earlier: bool


@use_case(Action.MAILBOX_TURN, facts=party_facts)
def look_whom_to_turn_to(door: Door, _command: None) -> Turning:
    """What the page says before the reporter decides."""
    case_id = reporter_of(door).case_id
    case, locks = get_case(door.read, case_id), _locks(door, case_id)
    events = list_events(door.read, case_id)
    people = {one for one in (case.contact_id, case.overseer_id) if one is not None}
    names = find_shown_names(door.read, case_id, people)
    turning = Turning(
        has_contact=case.contact_id is not None,
        contact_name=names.get(case.contact_id) if case.contact_id else None,
        has_next=next_in_line(door, door.read, case_id, locks) is not None,
        can_ask_again_on=may_turn_again_on(_asked_on(events), door.clock.today()),
        has_overseer=_overseer_is_here(door, door.read, case, locks),
        overseer_name=names.get(case.overseer_id) if case.overseer_id else None,
        is_escalated=_is_escalated(door.read, case),
    )
    door.record(Event.MAILBOX_OPENED, case_id=case_id, part="line")
    return turning


@use_case(Action.MAILBOX_TURN, facts=party_facts)
def ask_for_somebody_else(door: Door, command: AskForSomebodyElse) -> None:
    """Give the conversation to the next person in line, who becomes the contact person.

    Whoever is passed over loses every key unless the reporter lets them keep it, and the key of the
    conversation is changed: what is written from then on they cannot read, even with a copy of the
    key that they had. They are kept out from then on, like whoever was ticked when it was sent: the
    line says so, so that nobody gives it back to them.

    Raises InvalidError: "nobody_left" where the line is used up, "asked_lately" where they asked
    too often, "last_key" where the earlier person is the last who could open the notes.
    """
    case_id = reporter_of(door).case_id
    with door.change() as session:
        case = get_case_held(session, case_id)
        check_turning(_asked_on(list_events(session, case_id)), door.clock.today())
        locks = _locks(door, case_id, session)
        following = next_in_line(door, session, case_id, locks)
        if following is None:
            raise InvalidError("nobody_left")
        earlier = case.contact_id
        give_keys(door, session, case, locks, [following])
        if earlier is not None and not command.keeps_earlier:
            put_out(door, session, case, locks, earlier, Why.TICKED)
            take_keys(door, session, case_id, earlier)
            rotate(door, session, case_id, locks)
        case.contact_id = following
        add_event(session, door, case_id, CaseEventKind.SOMEBODY_ELSE_ASKED)
        raise_alarm(session, case_id, AlarmKind.CONTACT_ASKED, door.clock.today())
        kept = "kept" if command.keeps_earlier else "removed"
        door.record(Event.MAILBOX_SOMEBODY_ELSE_ASKED, case_id=case_id, earlier=kept)


@use_case(Action.MAILBOX_TURN, facts=party_facts)
def escalate(door: Door, _command: None) -> None:
    """Give the conversation to the overseer of the case. Twice is the same as once.

    Raises InvalidError: "no_overseer" where there is none who could be given it now.
    """
    case_id = reporter_of(door).case_id
    with door.change() as session:
        case = get_case_held(session, case_id)
        if not _is_escalated(session, case):
            locks = _locks(door, case_id, session)
            if case.overseer_id is None or not _overseer_is_here(door, session, case, locks):
                raise InvalidError("no_overseer")
            give_keys(door, session, case, locks, [case.overseer_id])
            add_event(session, door, case_id, CaseEventKind.ESCALATED)
            today = door.clock.today()
            raise_alarm(session, case_id, AlarmKind.ESCALATED, today, overseer_on=today)
        door.record(Event.MAILBOX_ESCALATED, case_id=case_id)


def _locks(door: Door, case_id: UUID, session: Session | None = None) -> Locks:
    return open_locks(door, case_id, Compartment.CONVERSATION, session=session)


def _overseer_is_here(door: Door, session: Session, case: Case, locks: Locks) -> bool:
    """Whether the overseer can be called in. A column names them, which a writer of the tables can
    change: so the line, which is sealed, has to name them too. Nobody who came to be kept out.
    """
    named = case.overseer_id
    if named is None or named not in watching_of(door, locks, case.id, session):
        return False
    if named in excluded_from(door, locks, case.id, session):
        return False
    facts = facts_of(door, list_standings(session, [named]))
    return bool(facts) and why_not_overseer(facts[0]) is None


def _is_escalated(session: Session, case: Case) -> bool:
    return case.overseer_id is not None and bool(list_grants(session, case.id, case.overseer_id))


def _asked_on(events: Sequence[Happened]) -> list[date]:
    return [one.on for one in events if one.kind is CaseEventKind.SOMEBODY_ELSE_ASKED]
