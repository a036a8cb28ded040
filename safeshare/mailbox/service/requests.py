"""What only the reporter decides: asking them in the mailbox, and their answer.

The answer is sealed under the key of the conversation, beside the account, and names the request:
whoever can only write to the tables can say that the reporter agreed and cannot make it so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.models import CaseDocument, CaseEventKind, DocumentKind
from safeshare.concerns.queries import get_case_held, get_document
from safeshare.concerns.service.compartments import (
    Lock,
    add_event,
    check_newest,
    open_locks,
    reseal_document,
    reveal_document,
)
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.keys import SignedRecord
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Message, Request
from safeshare.mailbox.queries import (
    find_message,
    find_shown_names,
    get_request,
    list_requests,
)
from safeshare.mailbox.rules import (
    ASKS_THE_REPORTER,
    RequestKind,
    RequestState,
    answers_given,
    check_answering,
    closes_on,
    with_answer,
)
from safeshare.mailbox.service.messages import reveal_message
from safeshare.mailbox.service.party import party_facts, reporter_of
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that waits for the reporter, in the words of whoever asks. `asker_name` is None
    where their team shows no names.
    """

    request_id: UUID
    kind: RequestKind
    is_outside: bool
    asker_name: str | None
    on: date
    closes_on: date
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """The reporter's yes or no."""

    request_id: UUID
    agrees: bool


@use_case(Action.MAILBOX_OPEN, facts=party_facts)
def find_asked(door: Door, _command: None) -> Asked | None:
    """The question that has waited longest; None where none does. Reading it is an entry."""
    reporter = reporter_of(door)
    waiting = waiting_requests(door, reporter.case_id)
    if not waiting:
        return None
    oldest, lock = waiting[0], open_locks(door, reporter.case_id)[Compartment.CONVERSATION]
    check_signed(door, oldest)
    text = reveal_message(door, lock, _message_of(door, oldest))
    door.record(Event.MAILBOX_OPENED, case_id=reporter.case_id)
    names = find_shown_names(door.read, reporter.case_id, [oldest.asked_by])
    return Asked(
        request_id=oldest.id,
        kind=oldest.kind,
        is_outside=oldest.is_outside,
        asker_name=names.get(oldest.asked_by),
        on=oldest.asked_on,
        closes_on=oldest.closes_on,
        text=text,
    )


@use_case(Action.MAILBOX_WRITE, facts=party_facts)
def answer_request(door: Door, command: AnswerRequest) -> None:
    """Keep the reporter's answer. Raises NotFoundError where the question is not of this mailbox,
    StaleError where it was answered, withdrawn or has expired.
    """
    case_id, today = reporter_of(door).case_id, door.clock.today()
    with door.change() as session:
        get_case_held(session, case_id)
        request = get_request(session, command.request_id, case_id)
        check_signed(door, request)
        check_answering(request.kind, request.state, request.closes_on, today)
        _keep_answer(door, session, request, agrees=command.agrees)
        request.state = RequestState.AGREED if command.agrees else RequestState.DECLINED
        request.closed_on = None if command.agrees else today
        add_event(session, door, case_id, CaseEventKind.ANSWERED)
        door.record(Event.REQUEST_ANSWERED, case_id=case_id, kind=request.kind)


def new_request(
    door: Door, lock: Lock, kind: RequestKind, asked_by: UUID, *, is_outside: bool = False
) -> Request:
    """The row of a request made today; the caller adds it, and its message where it has one."""
    today = door.clock.today()
    request = Request(
        id=new_id(),
        case_id=lock.case_id,
        party_id=lock.party_id,
        kind=kind,
        state=RequestState.WAITING,
        asked_by=asked_by,
        is_outside=is_outside,
        asked_on=today,
        closes_on=closes_on(kind, today),
    )
    request.mac = sign_request(door, request)
    return request


def sign_request(door: Door, request: Request) -> bytes:
    """The signature on who asked for what and who agreed: a row alone is no agreement."""
    return door.vault.eligibility_mac(_signed_part(request))


def check_signed(door: Door, request: Request) -> None:
    """Insists that a request is as it was signed. Raises SealBrokenError."""
    if not door.vault.eligibility_valid(_signed_part(request), request.mac):
        raise SealBrokenError("a request is not as it was signed")


def has_agreed(door: Door, lock: Lock, request: Request, session: Session | None = None) -> bool:
    """Whether the reporter said yes to just this request, by what they sealed."""
    document = _answers(session or door.read, request.case_id)
    return answers_given(reveal_document(door, lock, document)).get(str(request.id), False)


def _signed_part(request: Request) -> SignedRecord:
    said = {
        "case": str(request.case_id),
        "kind": request.kind.value,
        "asked_by": str(request.asked_by),
        "agreed_by": str(request.agreed_by) if request.agreed_by else "",
        "outside": request.is_outside,
    }
    return SignedRecord("request", str(request.id), 0, said)


def waiting_requests(door: Door, case_id: UUID) -> list[Request]:
    """What waits for the reporter's yes or no, oldest first."""
    today = door.clock.today()
    return [one for one in list_requests(door.read, case_id) if _waits(one, today)]


def _waits(request: Request, today: date) -> bool:
    is_open = request.state is RequestState.WAITING and today <= request.closes_on
    return request.kind in ASKS_THE_REPORTER and is_open


def _message_of(door: Door, request: Request) -> Message:
    message = find_message(door.read, request.message_id) if request.message_id else None
    if message is None or message.case_id != request.case_id:
        raise SealBrokenError("the message of a request is gone")
    return message


def _answers(session: Session, case_id: UUID) -> CaseDocument:
    return get_document(session, case_id, DocumentKind.ANSWERS)


def _keep_answer(door: Door, session: Session, request: Request, *, agrees: bool) -> None:
    """Small enough to be sealed within the transaction, which holds the case's row: two answers at
    once take turns.
    """
    locks: Mapping[Compartment, Lock] = open_locks(door, request.case_id, session=session)
    lock = locks.get(Compartment.CONVERSATION)
    if lock is None:
        raise NotFoundError("there is nothing here for you")
    check_newest(session, lock)
    document = _answers(session, request.case_id)
    kept = reveal_document(door, lock, document)
    reseal_document(door, lock, document, with_answer(kept, str(request.id), agrees=agrees))
