"""Asking to see the reporter's name, or to pass it on: by consent or by necessity, never alone.

Only a keeper can give the key, since nobody else has it ([ADR 0011]). Whoever else agrees, an
overseer too, lets a keeper give it; the keeper then does so in their own session, or does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.casework.queries import keeps_name
from safeshare.casework.rules import Purpose, check_asking, check_giving
from safeshare.casework.service.account import conversation, reveal_account
from safeshare.casework.service.agreeing import (
    JUDGED,
    judge_overseer,
    seal_for_overseer,
    settle_decision,
    tell_second_people,
)
from safeshare.casework.service.keepers import give_name_key, name_facts
from safeshare.casework.service.saying import say, sealed_for_reporter
from safeshare.casework.service.sheet import Sheet, read_sheet, replace_sheet, resealed
from safeshare.casework.service.standing import staff_of, standing_of
from safeshare.concerns.models import Case
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules import clean_reason, mode_of
from safeshare.concerns.rules.identity import Mode
from safeshare.concerns.service.compartments import check_newest, open_locks
from safeshare.concerns.service.exclusions import Locks
from safeshare.gate import Door, Facts, use_case
from safeshare.kernel.errors import BarredError, StaleError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Request
from safeshare.mailbox.queries import get_request, list_requests
from safeshare.mailbox.rules import OPEN_REQUESTS, RequestKind, RequestState
from safeshare.mailbox.service.requests import check_signed, has_agreed, new_request, sign_request
from safeshare.policy.actions import Action

NAME_KINDS = frozenset({RequestKind.NAME_BY_CONSENT, RequestKind.NAME_NECESSARY})


@dataclass(frozen=True, slots=True)
class AskReporterForName:
    """Ask the reporter, in these words, whether the asker may see the name; where the asker keeps
    it, whether they may pass it on.
    """

    reference: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskByNecessity:
    """Ask without the reporter, for one of the four cases of the privacy page."""

    reference: str
    purpose: Purpose
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DecideRequest:
    """The second person's word on a request of somebody else."""

    reference: str
    request_id: UUID
    agrees: bool


@dataclass(frozen=True, slots=True)
class NamedRequest:
    """One request of a case: to give what it asks for, or to take it back."""

    reference: str
    request_id: UUID


@use_case(Action.IDENTITY_ASK, facts=name_facts)
def ask_reporter_for_name(door: Door, command: AskReporterForName) -> None:
    """Put the question into the mailbox. The reporter may say no, or nothing.

    Raises InvalidError where there is no name or the words are missing or too long, StaleError
    where somebody is asking already.
    """
    case = standing_of(door, command).case
    message = sealed_for_reporter(door, case.id, command.text)
    request, _ = _prepared(door, case, RequestKind.NAME_BY_CONSENT)
    request.message_id = message.id
    with door.change() as session:
        held = get_case_held(session, case.id)
        _check_nobody_asks(session, case.id)
        say(session, door, held, message)
        session.add(request)
        door.record(Event.IDENTITY_ASKED, case_id=case.id, kind=request.kind)


@use_case(Action.IDENTITY_ASK, facts=name_facts)
def ask_by_necessity(door: Door, command: AskByNecessity) -> None:
    """Ask a second person. What it is for and why is sealed with the case, and once more to its
    overseer, who has no key to the case: they are judged while its row is held, since somebody may
    be handing the watch on.

    Raises InvalidError where there is no name, or the reason is missing or too long, StaleError
    where somebody is asking already.
    """
    case = standing_of(door, command).case
    reason = clean_reason(command.reason)
    request, sheet = _prepared(door, case, RequestKind.NAME_NECESSARY)
    with door.change() as session:
        held = get_case_held(session, case.id)
        _check_nobody_asks(session, case.id)
        check_newest(session, conversation(sheet.locks))
        judged = judge_overseer(door, session, held, sheet.locks)
        said = {"purpose": command.purpose.value, "reason": reason, JUDGED: judged}
        request.for_overseer = seal_for_overseer(door, session, held, request.id, said)
        replace_sheet(
            session, sheet, resealed(door, sheet, with_reason(sheet.says, request.id, said))
        )
        session.add(request)
        tell_second_people(door, session, held, asks_overseer=bool(judged))
        door.record(Event.IDENTITY_ASKED, case_id=case.id, kind=request.kind)


def _decision_facts(door: Door, command: DecideRequest) -> Facts:
    facts = name_facts(door, command)
    if not facts.is_holder:
        return facts
    case_id = standing_of(door, command).case.id
    request = get_request(door.read, command.request_id, case_id)
    is_self = request.asked_by == staff_of(door).staff_id
    return Facts(
        is_holder=True,
        has_attested=facts.has_attested,
        is_keeper=facts.is_keeper,
        is_self=is_self,
    )


@use_case(Action.IDENTITY_AGREE, facts=_decision_facts)
def decide_request(door: Door, command: DecideRequest) -> None:
    """Agree to somebody else's request of necessity, or decline it, as a keeper or as a supervisor
    who holds the case. Their own key has to open their grants first: a row that somebody put into
    the table is no right.

    Raises StaleError where it has been decided or has expired, SealBrokenError where a grant or the
    request is not as it was made.
    """
    case_id = standing_of(door, command).case.id
    open_locks(door, case_id, Compartment.WORK, Compartment.IDENTITY)
    settle_decision(door, command.request_id, agrees=command.agrees)


@use_case(Action.IDENTITY_GIVE, facts=name_facts)
def give_name(door: Door, command: NamedRequest) -> None:
    """Give whoever asked the key of the name; or, where it was to be passed on outside, write down
    that it was. A keeper who gives on a request of necessity agrees to it with that.

    Raises StaleError where nobody has agreed, or it was decided otherwise, BarredError where the
    asker may not be given it or would be alone, SealBrokenError where an agreement was forged.
    """
    staff_id = staff_of(door).staff_id
    case = standing_of(door, command).case
    locks = read_sheet(door, case, Compartment.IDENTITY).locks
    with door.change() as session:
        held = get_case_held(session, case.id)
        request = get_request(session, command.request_id, case.id)
        _check_giving(door, session, locks, request, staff_id)
        _give(door, session, held, locks, request)
        if request.agreed_by is None and request.kind is RequestKind.NAME_NECESSARY:
            request.agreed_by = staff_id
            request.mac = sign_request(door, request)
        request.state, request.closed_on = RequestState.GIVEN, door.clock.today()
        request.for_overseer = None
        event = Event.IDENTITY_PASSED_ON if request.is_outside else Event.IDENTITY_GIVEN
        door.record(event, case_id=case.id, staff=str(request.asked_by), kind=request.kind)


@use_case(Action.IDENTITY_GIVE, facts=name_facts)
def refuse_name(door: Door, command: NamedRequest) -> None:
    """A keeper's no to a request that others agreed to: nobody can make them give the name."""
    _close(door, command, RequestState.DECLINED)


@use_case(Action.IDENTITY_ASK, facts=name_facts)
def withdraw_request(door: Door, command: NamedRequest) -> None:
    """Take one's own request back. Raises StaleError where it is somebody else's or is over."""
    _close(door, command, RequestState.WITHDRAWN)


def _close(door: Door, command: NamedRequest, state: RequestState) -> None:
    staff_id, case = staff_of(door).staff_id, standing_of(door, command).case
    with door.change() as session:
        get_case_held(session, case.id)
        request = get_request(session, command.request_id, case.id)
        is_theirs = state is RequestState.DECLINED or request.asked_by == staff_id
        if request.state not in OPEN_REQUESTS or not is_theirs:
            raise StaleError("the request is over, or it is somebody else's")
        request.state, request.closed_on = state, door.clock.today()
        request.for_overseer = None
        declined = state is RequestState.DECLINED
        event = Event.REQUEST_DECLINED if declined else Event.REQUEST_WITHDRAWN
        door.record(event, case_id=case.id, kind=request.kind)


def _prepared(door: Door, case: Case, kind: RequestKind) -> tuple[Request, Sheet]:
    """A new request, with the sheet as it stands. Insists that there is a name to ask for."""
    sheet, staff_id = read_sheet(door, case), staff_of(door).staff_id
    mode = mode_of(reveal_account(door, case, sheet.locks).get("mode"))
    check_asking(is_anonymous=mode is Mode.ANONYMOUS, has_open_request=False)
    is_outside = keeps_name(door.read, case.id, staff_id)
    lock = conversation(sheet.locks)
    return new_request(door, lock, kind, staff_id, is_outside=is_outside), sheet


def _check_nobody_asks(session: Session, case_id: UUID) -> None:
    requests = list_requests(session, case_id)
    is_open = any(one.kind in NAME_KINDS and one.state in OPEN_REQUESTS for one in requests)
    check_asking(is_anonymous=False, has_open_request=is_open)


def _check_giving(
    door: Door, session: Session, locks: Locks, request: Request, giver: UUID
) -> None:
    today = door.clock.today()
    check_giving(
        request.kind, request.state, request.closes_on, today, asker=request.asked_by, giver=giver
    )
    check_signed(door, request)
    is_by_consent = request.kind is RequestKind.NAME_BY_CONSENT
    if is_by_consent and not has_agreed(door, conversation(locks), request, session):
        raise BarredError("no_consent", field="decision")
    if not is_by_consent and request.asked_by == giver and request.agreed_by in {None, giver}:
        raise BarredError("not_for_oneself", field="decision")


def _give(door: Door, session: Session, case: Case, locks: Locks, request: Request) -> None:
    if not request.is_outside:
        give_name_key(door, session, case, locks, request.asked_by)


def reason_of(sheet_says: Mapping[str, Any], request_id: UUID) -> Mapping[str, str]:
    """What a request of necessity is for, and why, as the case sheet keeps it; else empty."""
    found: Mapping[str, str] = sheet_says.get("necessary", {}).get(str(request_id), {})
    return found


def with_reason(
    sheet_says: Mapping[str, Any], request_id: UUID, said: Mapping[str, str]
) -> dict[str, Any]:
    """What of the case sheet changes when it keeps this of a request."""
    return {"necessary": {**sheet_says.get("necessary", {}), str(request_id): said}}
