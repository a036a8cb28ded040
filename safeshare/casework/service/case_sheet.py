"""The sealed sheet of what handlers code: themes and outcome. Coding, and closing a case."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from safeshare.casework.rules import Outcome, check_closing
from safeshare.casework.service.account import conversation
from safeshare.casework.service.endorsing import check_endorsed
from safeshare.casework.service.sheet import Sheet, read_sheet, replace_sheet, resealed
from safeshare.casework.service.standing import case_facts, standing_of
from safeshare.casework.service.summary import CaseSummary, summary_of
from safeshare.concerns.models import Case, CaseEventKind
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules import CaseStatus
from safeshare.concerns.service.compartments import add_event
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import StaleError
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Author
from safeshare.mailbox.service.messages import add_message, seal_message
from safeshare.outbox.service.queueing import queue_nudge
from safeshare.policy.actions import Action
from safeshare.themes.models import Parcel
from safeshare.themes.rules import Group, Vocabulary, coded_themes
from safeshare.themes.service.parcels import prepare_parcel
from safeshare.updates.rules import Happening
from safeshare.updates.service.promises import settle_promises


@dataclass(frozen=True, slots=True)
class ReadThemes:
    """Ask for the themes of a case, and those there are."""

    reference: str


@dataclass(frozen=True, slots=True)
class ThemesOfCase:
    """The themes with which a case is coded, of all there are."""

    summary: CaseSummary
    groups: tuple[Group, ...]
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeThemes:
    """Say what a case is about, in place of what was said before."""

    reference: str
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CloseCase:
    """End the handling from the status that was seen, and tell the reporter."""

    reference: str
    seen: CaseStatus
    outcome: Outcome
    text: str = field(repr=False)


@use_case(Action.CASE_OPEN, facts=case_facts)
def read_themes(door: Door, command: ReadThemes) -> ThemesOfCase:
    """The themes of a case, for the page that changes them."""
    standing = standing_of(door, command)
    sheet = read_sheet(door, standing.case)
    door.record(Event.CASE_OPENED, case_id=standing.case.id, part="themes")
    return ThemesOfCase(
        summary=summary_of(door, standing),
        groups=door.rule(Vocabulary).groups,
        themes=tuple(sheet.says.get("themes", ())),
    )


@use_case(Action.CASE_CODE_THEMES, facts=case_facts)
def code_themes(door: Door, command: CodeThemes) -> None:
    """Code a case, and tell the worker's count of it.

    Raises InvalidError for no, too many or unknown themes, StaleError where a colleague changed
    the sheet meanwhile.
    """
    themes = coded_themes(door.rule(Vocabulary), command.themes)
    case = standing_of(door, command).case
    sheet = read_sheet(door, case)
    parcel = prepare_parcel(door, case.id, case.received_on, themes)
    changed = resealed(door, sheet, {"themes": list(themes)})
    with door.change() as session:
        get_case_held(session, case.id)
        replace_sheet(session, sheet, changed)
        session.add(parcel)
        add_event(session, door, case.id, CaseEventKind.CODED)
        door.record(Event.CASE_CODED, case_id=case.id)


@use_case(Action.CASE_CLOSE, facts=case_facts)
def close_case(door: Door, command: CloseCase) -> None:
    """End the handling with an outcome. From then on we only check that the reporter is all right.

    Raises InvalidError where the message is missing or the outcome does not fit, StaleError where
    the case has moved on or a colleague changed the sheet meanwhile.
    """
    case = standing_of(door, command).case
    sheet = read_sheet(door, case)
    check_endorsed(sheet, command.outcome)
    message = seal_message(door, conversation(sheet.locks), Author.STAFF, command.text)
    changed = resealed(door, sheet, {"outcome": command.outcome.value})
    parcel = _parcel(door, case, sheet)
    with door.change() as session:
        held = get_case_held(session, case.id)
        if held.status is not command.seen:
            raise StaleError("the status has changed since it was shown")
        _end(session, door, held, command.outcome)
        replace_sheet(session, sheet, changed)
        add_message(session, door, message)
        session.add_all(parcel)
        for happening in _happenings(case):
            settle_promises(door, session, case.id, message.party_id, happening)
        queue_nudge(session, message.party_id, door.clock.today())
        door.record(Event.CASE_CLOSED, case_id=case.id)


def _end(session: Session, door: Door, case: Case, outcome: Outcome) -> None:
    case.status = check_closing(case.status, outcome)
    case.closed_on = door.clock.today()
    add_event(session, door, case.id, CaseEventKind.CLOSED, case.status)


def _parcel(door: Door, case: Case, sheet: Sheet) -> list[Parcel]:
    """What closing tells the worker's count. A case that nobody coded has nothing to count."""
    themes = tuple(sheet.says.get("themes", ()))
    return [prepare_parcel(door, case.id, case.received_on, themes)] if themes else []


def _happenings(case: Case) -> tuple[Happening, ...]:
    """Closing a case that nobody had acknowledged is also the first that a person writes."""
    if case.acknowledged_on is None:
        return (Happening.ANSWERED, Happening.CLOSED)
    return (Happening.CLOSED,)
