"""Opening a case: everything that an attested holder reads on its page, and the entry of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.casework.queries import CaseStanding
from safeshare.casework.rules import Outcome
from safeshare.casework.service.account import (
    Locks,
    conversation,
    find_place_name,
    find_team_name,
    reveal,
)
from safeshare.casework.service.overseeing import find_another_overseer, needs_overseer
from safeshare.casework.service.standing import case_facts, standing_of
from safeshare.casework.service.summary import CaseSummary, key_holders, summary_of
from safeshare.casework.service.upkeep import looks_behind
from safeshare.concerns.models import Case, CaseDocument, CaseEventKind, DocumentKind
from safeshare.concerns.queries import get_case_held, list_documents, list_events
from safeshare.concerns.rules import AlarmKind, Answer, answers_in
from safeshare.concerns.service.alarms import end_alarm
from safeshare.concerns.service.attaching import FileShown, shown_files
from safeshare.concerns.service.compartments import add_event, open_locks
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Author
from safeshare.mailbox.service.messages import reveal_message, whole_conversation
from safeshare.policy.actions import Action
from safeshare.updates.queries import Promised, list_promised
from safeshare.updates.rules import Happening
from safeshare.updates.service.promises import settle_promises


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Ask for the whole case."""

    reference: str


@dataclass(frozen=True, slots=True)
class ReadConversation:
    """Ask for the messages alone, as beside the form for another one."""

    reference: str


@dataclass(frozen=True, slots=True)
class Told:
    """One message. `author_name` is None for the reporter's own, and for what recovery officers
    wrote.
    """

    is_ours: bool
    author_name: str | None
    on: date
    text: str = field(repr=False)
    id: UUID


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its holders see it. The name is on a page of its own. `looks_behind` says that it
    should be brought up to date.
    """

    summary: CaseSummary
    answers: Mapping[str, Answer] = field(repr=False)
    place: str | None = field(repr=False)
    team: str | None
    themes: tuple[str, ...]
    outcome: Outcome | None
    messages: tuple[Told, ...]
    files: tuple[FileShown, ...]
    promises: tuple[Promised, ...]
    looks_behind: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """The messages of a case, oldest first, and how it stands."""

    summary: CaseSummary
    messages: tuple[Told, ...]


@use_case(Action.CASE_OPEN, facts=case_facts)
def open_case(door: Door, command: OpenCase) -> CaseView:
    """The whole case, for an attested holder. Each opening is an entry; the first is on the
    timeline too.

    Raises SealBrokenError, and shows nothing at all, where any part of it was changed or moved.
    """
    standing = standing_of(door, command)
    case = standing.case
    wanted = Compartment.CONVERSATION, Compartment.WORK
    locks = open_locks(door, case.id, *wanted, held=standing.grants)
    view = view_of(door, standing, locks)
    door.record(Event.CASE_OPENED, case_id=case.id)
    needs_another = needs_overseer(door, case, locks)
    if needs_another or not view.summary.was_opened:
        with door.change() as session:
            held = note_first_opening(session, door, case.id, conversation(locks).party_id)
            if needs_another:
                find_another_overseer(door, session, held, locks)
    return view


def view_of(door: Door, standing: CaseStanding, locks: Locks) -> CaseView:
    """What the page of a case shows. The caller makes the entry. Raises as `open_case` does."""
    case = standing.case
    documents = door.once((list_documents, case.id), lambda read: list_documents(read, case.id))
    contents = _contents(door, documents, locks)
    answers = answers_in(contents[DocumentKind.ACCOUNT])
    sheet = contents[DocumentKind.CASE_SHEET]
    summary = summary_of(door, standing)
    files = shown_files(door, conversation(locks), has_any=standing.has_files)
    return CaseView(
        summary=summary,
        answers=answers,
        place=find_place_name(door, answers.get("place")),
        team=_team_asked_for(door, standing, answers.get("handle_by")),
        themes=tuple(sheet.get("themes", ())),
        outcome=Outcome(sheet["outcome"]) if sheet.get("outcome") else None,
        messages=messages_told(door, locks, summary.names),
        files=files,
        promises=list_promised(door.read, case.id, conversation(locks).party_id),
        looks_behind=looks_behind(door, case.id, key_holders(door, case.id), documents, files),
    )


def _team_asked_for(door: Door, standing: CaseStanding, code: Answer | None) -> str | None:
    """The name of the team that the reporter asked for: nearly always the one that has the case."""
    return standing.queue_name if code == standing.queue_code else find_team_name(door, code)


@use_case(Action.CASE_OPEN, facts=case_facts)
def read_conversation(door: Door, command: ReadConversation) -> Conversation:
    """The messages both ways. An entry like any other opening."""
    standing = standing_of(door, command)
    case_id = standing.case.id
    summary = summary_of(door, standing)
    locks = open_locks(door, case_id, Compartment.CONVERSATION, held=standing.grants)
    messages = messages_told(door, locks, summary.names)
    door.record(Event.CASE_OPENED, case_id=case_id, part="conversation")
    return Conversation(summary, messages)


def messages_told(door: Door, locks: Locks, names: Mapping[UUID, str]) -> tuple[Told, ...]:
    """The conversation with the names of those who wrote."""
    lock = conversation(locks)
    return tuple(
        Told(
            is_ours=row.author is not Author.PARTY,
            author_name=names.get(row.staff_id) if row.staff_id else None,
            on=row.on,
            text=reveal_message(door, lock, row),
            id=row.id,
        )
        for row in whole_conversation(door, lock)
    )


def _contents(
    door: Door, documents: Sequence[CaseDocument], locks: Locks
) -> Mapping[DocumentKind, dict[str, Any]]:
    """Every document that the page shows."""
    wanted = {DocumentKind.ACCOUNT, DocumentKind.CASE_SHEET}
    found = {row.kind: row for row in documents}
    if not wanted <= found.keys():
        raise SealBrokenError("a document of the case is gone")
    return {kind: reveal(door, found[kind], locks) for kind in sorted(wanted)}


def note_first_opening(session: Session, door: Door, case_id: UUID, party_id: UUID) -> Case:
    """Put the first opening on the timeline, let it keep its promise and end the alarm that nobody
    had. Nothing of this where somebody was faster. Returns the case, held until the commit.
    """
    case = get_case_held(session, case_id)
    events = list_events(session, case_id)
    if any(event.kind is CaseEventKind.OPENED for event in events):
        return case
    position = max((event.position for event in events), default=0) + 1
    add_event(session, door, case_id, CaseEventKind.OPENED, position=position)
    settle_promises(door, session, case_id, party_id, Happening.OPENED)
    end_alarm(session, case_id, AlarmKind.UNOPENED)
    return case
