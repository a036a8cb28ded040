"""Cases of which somebody has the conversation and not the notes: the reporter turned to them.

They see what was told, what was written since and what was promised; they may write; and they may
ask the holders for the notes. They declare their ties first, like everybody else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from safeshare.casework.correspondence_queries import (
    Correspondence,
    list_correspondence,
)
from safeshare.casework.service.account import (
    conversation,
    find_place_name,
    find_team_name,
    reveal_account,
)
from safeshare.casework.service.conflict import (
    DeclareTie,
    NamesAndPlaces,
    ReadNames,
    attest,
    read_names,
)
from safeshare.casework.service.handling import WriteMessage, write_message
from safeshare.casework.service.opening import Told, messages_told, note_first_opening
from safeshare.casework.service.standing import case_facts, staff_of, standing_of
from safeshare.casework.service.stepping_aside import give_up
from safeshare.casework.service.summary import summary_of
from safeshare.concerns.models import CaseEventKind
from safeshare.concerns.queries import get_case_held, has_alarm, list_holders
from safeshare.concerns.rules import AlarmKind, Answer, CaseStatus
from safeshare.concerns.service.alarms import end_alarm, raise_alarm
from safeshare.concerns.service.compartments import add_event, open_locks
from safeshare.concerns.service.holding import give_keys
from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import StaleError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.policy.actions import Action
from safeshare.updates.queries import Promised, list_promised


@dataclass(frozen=True, slots=True)
class OpenCorrespondence:
    """Ask for the conversation of a case."""

    reference: str


@dataclass(frozen=True, slots=True)
class AskForNotes:
    """Ask the holders of a case for the notes."""

    reference: str


@dataclass(frozen=True, slots=True)
class GiveNotes:
    """Give the notes to whoever the reporter turned to and who asked for them."""

    reference: str


@dataclass(frozen=True, slots=True)
class CorrespondenceView:
    """A conversation as somebody sees it who has nothing else of the case."""

    reference: str
    queue_name: str
    status: CaseStatus
    is_overseer: bool
    is_contact: bool
    has_notes: bool
    has_asked: bool
    answers: Mapping[str, Answer] = field(repr=False)
    place: str | None = field(repr=False)
    team: str | None
    messages: tuple[Told, ...]
    promises: tuple[Promised, ...]


@use_case(Action.CONVERSATION_LIST)
def list_turned_to(door: Door, _command: None) -> Sequence[Correspondence]:
    """The cases whose reporter turned to the actor, the newest first. None that they hold."""
    staff = staff_of(door)
    return list_correspondence(door.read, staff.staff_id, watches=Role.OVERSEER in staff.roles)


@use_case(Action.CONVERSATION_ATTEST, facts=case_facts)
def read_correspondence_names(door: Door, command: ReadNames) -> NamesAndPlaces:
    """The names and places given, before anything else, as holders are shown them."""
    return read_names.perform(door, command)


@use_case(Action.CONVERSATION_ATTEST, facts=case_facts)
def declare_correspondence_tie(door: Door, command: DeclareTie) -> None:
    """Keep a word on ties. With one, the key is taken back and the conversation's key changed.

    The list of those who are kept out lies in the notes, which this person cannot open: the line,
    which is sealed with the conversation, says that they are out.
    """
    staff, case = staff_of(door), standing_of(door, command).case
    with door.change() as session:
        held = get_case_held(session, case.id)
        if not command.has_tie:
            attest(door, session, case.id, staff.staff_id)
            return
        give_up(door, session, held, staff.staff_id)


@use_case(Action.CONVERSATION_OPEN, facts=case_facts)
def open_correspondence(door: Door, command: OpenCorrespondence) -> CorrespondenceView:
    """What was told, written and promised. An entry like any other opening; the alarm ends.

    Raises SealBrokenError, and shows nothing at all, where any part of it was changed or moved.
    """
    standing, staff_id = standing_of(door, command), staff_of(door).staff_id
    case = standing.case
    locks = open_locks(door, case.id, Compartment.CONVERSATION)
    is_overseer = case.overseer_id == staff_id
    answers = reveal_account(door, case, locks)
    view = CorrespondenceView(
        reference=case.reference,
        queue_name=standing.queue_name,
        status=case.status,
        is_overseer=is_overseer,
        is_contact=case.contact_id == staff_id,
        has_notes=standing.is_holder,
        has_asked=has_alarm(door.read, case.id, AlarmKind.WORK_ASKED),
        answers=answers,
        place=find_place_name(door, answers.get("place")),
        team=find_team_name(door, answers.get("handle_by")),
        messages=messages_told(door, locks, summary_of(door, standing).names),
        promises=list_promised(door.read, case.id, conversation(locks).party_id),
    )
    waited = AlarmKind.ESCALATED if is_overseer else AlarmKind.CONTACT_ASKED
    with door.change() as session:
        note_first_opening(session, door, case.id, conversation(locks).party_id)
        end_alarm(session, case.id, waited)
        door.record(Event.CASE_OPENED, case_id=case.id, part="conversation")
    return view


@use_case(Action.CONVERSATION_WRITE, facts=case_facts)
def write_in_correspondence(door: Door, command: WriteMessage) -> None:
    """Write to the reporter, as a holder would. Raises as `write_message` does."""
    write_message.perform(door, command)


@use_case(Action.CONVERSATION_ASK_NOTES, facts=case_facts)
def ask_for_notes(door: Door, command: AskForNotes) -> None:
    """Ask the holders to give their notes to the contact person the reporter asked for.

    Raises StaleError where the actor has them already or is not the contact person.
    """
    standing, staff_id = standing_of(door, command), staff_of(door).staff_id
    with door.change() as session:
        case = get_case_held(session, standing.case.id)
        if standing.is_holder or case.contact_id != staff_id:
            raise StaleError("you have the notes, or you are not the contact person")
        raise_alarm(session, case.id, AlarmKind.WORK_ASKED, door.clock.today())
        add_event(session, door, case.id, CaseEventKind.NOTES_ASKED)
        door.record(Event.CASE_NOTES_ASKED, case_id=case.id)


@use_case(Action.CONVERSATION_GIVE_NOTES, facts=case_facts)
def give_notes(door: Door, command: GiveNotes) -> None:
    """Give the notes to the contact person who asked for them.

    Raises StaleError where nobody asks for them any more, InvalidError where the contact person may
    not hold the case: kept out of it, away, or no longer eligible.
    """
    case_id = standing_of(door, command).case.id
    with door.change() as session:
        case = get_case_held(session, case_id)
        locks = open_locks(
            door, case_id, Compartment.CONVERSATION, Compartment.WORK, session=session
        )
        wanted = case.contact_id
        if wanted is None or wanted in {one.grantee_id for one in list_holders(session, case_id)}:
            raise StaleError("nobody asks for the notes any more")
        give_keys(door, session, case, locks, [wanted])
        end_alarm(session, case_id, AlarmKind.WORK_ASKED)
