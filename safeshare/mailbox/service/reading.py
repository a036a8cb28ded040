"""Opening a mailbox: where the case stands, what was promised, and what was said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from safeshare.concerns.models import Case, CaseEventKind
from safeshare.concerns.queries import Happened, list_events
from safeshare.concerns.rules import CaseStatus
from safeshare.concerns.service.attaching import FileShown, shown_files
from safeshare.concerns.service.compartments import Lock, open_locks
from safeshare.gate import Door, use_case
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Author, Message
from safeshare.mailbox.queries import find_shown_names
from safeshare.mailbox.rules import RequestKind
from safeshare.mailbox.service.messages import reveal_message, whole_conversation
from safeshare.mailbox.service.party import case_of, party_facts, reporter_of
from safeshare.mailbox.service.requests import waiting_requests
from safeshare.policy.actions import Action
from safeshare.updates.models import Promise, Update
from safeshare.updates.queries import list_promises_with_updates
from safeshare.updates.rules import PromiseKind, PromiseState, is_overdue

SHOWN_TO_REPORTERS = frozenset(
    {
        CaseEventKind.RECEIVED,
        CaseEventKind.OPENED,
        CaseEventKind.TAKEN,
        CaseEventKind.ACKNOWLEDGED,
        CaseEventKind.REROUTED,
        CaseEventKind.STATUS_CHANGED,
        CaseEventKind.CLOSED,
        CaseEventKind.RECOVERED,
        CaseEventKind.SOMEBODY_ELSE_ASKED,
        CaseEventKind.ESCALATED,
        CaseEventKind.OVERSEER_CHANGED,
        CaseEventKind.FEEDBACK_EXTENDED,
    }
)
"""What holders did that concerns the reporter. Messages stand in the conversation itself; coding
is the holders' own work.
"""


@dataclass(frozen=True, slots=True)
class MessageShown:
    """One message. `author_name` is None for the reporter's own, and where only roles are shown."""

    author: Author
    author_name: str | None
    on: date
    text: str = field(repr=False)
    id: UUID


@dataclass(frozen=True, slots=True)
class PromiseShown:
    """One promise and what became of it. `is_overdue`: its time has passed and nobody wrote."""

    kind: PromiseKind
    state: PromiseState
    due_on: date
    kept_on: date | None
    missed_on: date | None
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class UpdateShown:
    """One automatic update: its words are chosen by `kind` when it is read."""

    kind: PromiseKind
    on: date
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EventShown:
    """One line of the timeline: what a holder did, on which day, never at what time."""

    kind: CaseEventKind
    on: date
    status: CaseStatus | None


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Everything behind an access code, as plain values. `asked` is the question that has waited
    longest for the reporter's yes or no; None where none does.
    """

    reference: str
    status: CaseStatus
    received_on: date
    contact_name: str | None
    has_contact: bool
    promises: tuple[PromiseShown, ...]
    updates: tuple[UpdateShown, ...]
    events: tuple[EventShown, ...]
    messages: tuple[MessageShown, ...]
    files: tuple[FileShown, ...]
    asked: RequestKind | None


@use_case(Action.MAILBOX_OPEN, facts=party_facts)
def open_mailbox(door: Door, _command: None) -> Mailbox:
    """Everything in the reporter's own mailbox, in a fixed number of statements.

    Raises NotFoundError where the session's key opens nothing, SealBrokenError where a message or
    the grant was changed.
    """
    reporter = reporter_of(door)
    case_id, party_id = reporter.case_id, reporter.party_id
    case = case_of(door)
    lock = open_locks(door, case_id)[Compartment.CONVERSATION]
    messages = whole_conversation(door, lock)
    names = _names(door, case, messages)
    promised = list_promises_with_updates(door.read, case_id, party_id)
    mailbox = Mailbox(
        reference=case.reference,
        status=case.status,
        received_on=case.received_on,
        contact_name=names.get(case.contact_id) if case.contact_id else None,
        has_contact=case.contact_id is not None,
        promises=_promises(door, [promise for promise, _ in promised]),
        updates=_updates(update for _, update in promised if update is not None),
        events=_events(list_events(door.read, case_id)),
        messages=tuple(_message(door, lock, one, names) for one in messages),
        files=shown_files(door, lock),
        asked=next((one.kind for one in waiting_requests(door, case_id)), None),
    )
    door.record(Event.MAILBOX_OPENED, case_id=case_id)
    return mailbox


def _names(door: Door, case: Case, messages: Sequence[Message]) -> Mapping[UUID, str]:
    """The names of those who wrote and of the contact person, as far as their teams show them."""
    wanted = {one.staff_id for one in messages if one.staff_id is not None}
    if case.contact_id is not None:
        wanted.add(case.contact_id)
    return find_shown_names(door.read, case.id, wanted)


def _promises(door: Door, promises: Sequence[Promise]) -> tuple[PromiseShown, ...]:
    now = door.clock.now()
    return tuple(
        PromiseShown(
            one.kind,
            one.state,
            one.due_on,
            one.kept_on,
            one.missed_on,
            is_overdue(one.state, one.due_on, now),
        )
        for one in promises
    )


def _updates(updates: Iterable[Update]) -> tuple[UpdateShown, ...]:
    """The oldest first."""
    return tuple(
        UpdateShown(one.kind, one.on, one.parameters)
        for one in sorted(updates, key=lambda one: (one.on, one.kind))
    )


def _events(events: Sequence[Happened]) -> tuple[EventShown, ...]:
    return tuple(
        EventShown(one.kind, one.on, one.status) for one in events if one.kind in SHOWN_TO_REPORTERS
    )


def _message(door: Door, lock: Lock, message: Message, names: Mapping[UUID, str]) -> MessageShown:
    name = names.get(message.staff_id) if message.staff_id is not None else None
    return MessageShown(
        message.author, name, message.on, reveal_message(door, lock, message), message.id
    )
