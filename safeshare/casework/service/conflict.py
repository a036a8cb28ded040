"""Before any content: a holder sees the names and places given, and says whether they have a tie.

"Friends investigate friends" is what this is against (HMICFRS, Values and culture, recommendations
5 and 13).
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.casework.models import Attestation
from safeshare.casework.queries import find_declaration
from safeshare.casework.service.account import find_place_name, reveal_account
from safeshare.casework.service.standing import case_facts, staff_of, standing_of
from safeshare.casework.service.stepping_aside import step_aside
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules import Answer
from safeshare.concerns.service.compartments import open_locks
from safeshare.concerns.service.exclusions import excluded_from
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

    `has_attested`: the actor has declared before that they have no tie.
    """

    reference: str
    who: str | None
    where: str | None
    place: str | None
    has_attested: bool


@dataclass(frozen=True, slots=True)
class DeclareTie:
    """A holder's word on a case."""

    reference: str
    has_tie: bool


@use_case(Action.CASE_ATTEST, facts=case_facts)
def read_names(door: Door, command: ReadNames) -> NamesAndPlaces:
    """The names and places given, and nothing else of what was told."""
    standing = standing_of(door, command)
    locks = open_locks(door, standing.case.id, Compartment.CONVERSATION)
    answers = reveal_account(door, standing.case, locks)
    door.record(Event.CASE_NAMES_READ, case_id=standing.case.id)
    return NamesAndPlaces(
        reference=command.reference,
        who=_said(answers.get("who")),
        where=_said(answers.get("where")),
        place=find_place_name(door, answers.get("place")),
        has_attested=standing.has_attested,
    )


@use_case(Action.CASE_ATTEST, facts=case_facts)
def declare_tie(door: Door, command: DeclareTie) -> None:
    """Keep a holder's word. Without a tie they may open the case; with one they hold it no longer:
    the next in line takes their place, and the keys are changed.

    Raises StaleError where they wait to be let into a team that is kept out of it.
    """
    staff, case = staff_of(door), standing_of(door, command).case
    with door.change() as session:
        held = get_case_held(session, case.id)
        locks = open_locks(door, case.id, session=session)
        if command.has_tie:
            step_aside(door, session, held, locks, staff.staff_id)
            return
        if staff.staff_id in excluded_from(door, locks, case.id, session):
            raise StaleError("you may not be given this case today")
        attest(door, session, case.id, staff.staff_id)


def attest(door: Door, session: Session, case_id: UUID, staff_id: UUID) -> None:
    """Part of use cases: keep somebody's word that they have no tie. The newest date counts."""
    word = find_declaration(session, case_id, staff_id)
    if word is None:
        word = Attestation(case_id=case_id, staff_id=staff_id)
        session.add(word)
    word.on = door.clock.today()
    door.record(Event.CASE_CONFLICT_ATTESTED, case_id=case_id)


def _said(answer: Answer | None) -> str | None:
    if answer is not None and not isinstance(answer, str):
        raise NotFoundError("the answer is not a text")
    return answer
