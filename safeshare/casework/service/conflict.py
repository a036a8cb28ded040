"""Before any content: a holder sees the names and places given, and says whether they have a tie.

"Friends investigate friends" is what this is against (HMICFRS, Values and culture, recommendations
5 and 13).
"""

from dataclasses import dataclass

from safeshare.casework.models import Attestation
from safeshare.casework.queries import find_declaration
from safeshare.casework.service.account import find_place_name, reveal_account
from safeshare.casework.service.standing import case_facts, staff_of, standing_of
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules import Answer
from safeshare.concerns.service.compartments import open_locks
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import NotFoundError, StaleError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class ReadNames:
    """Ask for the names and places of a case."""

    reference: str


@dataclass(frozen=True, slots=True)
class NamesAndPlaces:
    """All that the page before the content shows. None where nothing was said.

    `has_tie` is what the actor declared before, None where they have not.
    """

    reference: str
    who: str | None
    where: str | None
    place: str | None
    has_tie: bool | None


@dataclass(frozen=True, slots=True)
class DeclareTie:
    """A holder's word on a case."""

    reference: str
    has_tie: bool


@use_case(Action.CASE_ATTEST, facts=case_facts)
def read_names(door: Door, command: ReadNames) -> NamesAndPlaces:
    """The names and places given, and nothing else of what was told.

    Whoever declared a tie is not shown even them again.
    """
    standing = standing_of(door, command)
    if standing.declared is not None and standing.declared.has_tie:
        return NamesAndPlaces(command.reference, None, None, None, has_tie=True)
    locks = open_locks(door, standing.case.id, Compartment.CONVERSATION)
    answers = reveal_account(door, standing.case, locks)
    door.record(Event.CASE_NAMES_READ, case_id=standing.case.id)
    return NamesAndPlaces(
        reference=command.reference,
        who=_said(answers.get("who")),
        where=_said(answers.get("where")),
        place=find_place_name(door, answers.get("place")),
        has_tie=False if standing.declared is not None else None,
    )


@use_case(Action.CASE_ATTEST, facts=case_facts)
def declare_tie(door: Door, command: DeclareTie) -> None:
    """Keep a holder's word. Without a tie they may open the case; with one they never may.

    A contact person with a tie is the contact person no more, from that moment on.

    Raises StaleError where they have declared otherwise before.
    """
    staff, case = staff_of(door), standing_of(door, command).case
    event = Event.CASE_CONFLICT_DECLARED if command.has_tie else Event.CASE_CONFLICT_ATTESTED
    with door.change() as session:
        held = get_case_held(session, case.id)
        before = find_declaration(session, case.id, staff.staff_id)
        if before is not None and before.has_tie and not command.has_tie:
            raise StaleError("you have declared a tie before")
        if before is None:
            before = Attestation(case_id=case.id, staff_id=staff.staff_id)
            session.add(before)
        before.has_tie, before.on = command.has_tie, door.clock.today()
        if command.has_tie and held.contact_id == staff.staff_id:
            held.contact_id = None
        door.record(event, case_id=case.id)


def _said(answer: Answer | None) -> str | None:
    if answer is not None and not isinstance(answer, str):
        raise NotFoundError("the answer is not a text")
    return answer
