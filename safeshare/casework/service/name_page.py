"""The page about the reporter's name: who keeps it, who asked for it, and what can be done now. The
name itself is another page, so that nobody reads it by the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.casework.queries import CaseStanding
from safeshare.casework.service.account import conversation, reveal_account
from safeshare.casework.service.agreeing import JUDGED, judge_overseer, seal_for_overseer
from safeshare.casework.service.keepers import keepers_gone
from safeshare.casework.service.name_requests import NAME_KINDS, reason_of, with_reason
from safeshare.casework.service.overseeing import find_another_overseer, needs_overseer
from safeshare.casework.service.sheet import Sheet, read_sheet, replace_sheet, resealed
from safeshare.casework.service.standing import case_facts, staff_of, standing_of
from safeshare.casework.service.summary import CaseSummary, summary_of
from safeshare.concerns.models import Case
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules import Mode, mode_of
from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Role
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Request
from safeshare.mailbox.queries import get_request, list_requests
from safeshare.mailbox.rules import OPEN_REQUESTS, RequestKind, RequestState
from safeshare.mailbox.service.requests import has_agreed
from safeshare.outbox.service.queueing import queue_alerts
from safeshare.people.queries import find_names
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class LookAtName:
    """Ask how it stands about the name."""

    reference: str


@dataclass(frozen=True, slots=True)
class RequestShown:
    """One request for the name. `purpose` and `reason` are empty where the reporter was asked.

    `waits_for_second`: nobody has decided on it yet; `waits_for_overseer`: the overseer of the case
    is one of those who can.
    """

    request_id: UUID
    kind: RequestKind
    state: RequestState
    is_outside: bool
    asker_name: str
    asked_on: date
    closes_on: date
    agreed_name: str
    purpose: str
    reason: str = field(repr=False)
    may_decide: bool
    may_give: bool
    may_withdraw: bool
    waits_for_second: bool
    waits_for_overseer: bool

    @property
    def is_open(self) -> bool:
        """Whether something can still come of it."""
        return self.state in OPEN_REQUESTS


@dataclass(frozen=True, slots=True)
class NamePage:
    """How it stands about the name. `needs_key`: the contact person is no keeper. `gone` are the
    keepers whom another holder can follow.
    """

    summary: CaseSummary
    is_anonymous: bool
    needs_key: bool
    gone: tuple[str, ...]
    requests: tuple[RequestShown, ...]

    @property
    def has_open_request(self) -> bool:
        """Whether somebody is asking now."""
        return any(one.is_open for one in self.requests)


@use_case(Action.CASE_OPEN, facts=case_facts)
def look_at_name(door: Door, command: LookAtName) -> NamePage:
    """How it stands about the name, for a holder. An entry like any other opening; the name itself
    is not opened.
    """
    sheet = read_sheet(door, standing_of(door, command).case)
    door.record(Event.CASE_OPENED, case_id=sheet.row.case_id, part="name")
    sheet = _judge_anew(door, standing_of(door, command).case, sheet)
    return _page(door, standing_of(door, command), sheet)


def _page(door: Door, standing: CaseStanding, sheet: Sheet) -> NamePage:
    summary = summary_of(door, standing)
    mode = mode_of(reveal_account(door, standing.case, sheet.locks).get("mode"))
    rows = _requests(door, standing.case)
    people = {one for row in rows for one in (row.asked_by, row.agreed_by) if one}
    names = find_names(door.read, people)
    contact = summary.contact_name
    return NamePage(
        summary=summary,
        is_anonymous=mode is Mode.ANONYMOUS,
        needs_key=contact is not None and contact not in summary.keepers,
        gone=keepers_gone(door, standing.case.id),
        requests=tuple(_shown(door, sheet, summary, row, names) for row in reversed(rows)),
    )


def _requests(door: Door, case: Case) -> list[Request]:
    return [one for one in list_requests(door.read, case.id) if one.kind in NAME_KINDS]


def _judge_anew(door: Door, case: Case, sheet: Sheet) -> Sheet:
    """See to it that somebody oversees the case who may, and that the reason of what waits is
    sealed to them as they stand today, and to nobody else. Returns the sheet with its keys of then.
    """
    today = door.clock.today()
    row = next((one for one in _requests(door, case) if _waits_by_necessity(one, today)), None)
    is_right = row is None or _is_as_judged(door, case, sheet, row)
    if is_right and not needs_overseer(door, case, sheet.locks):
        return sheet
    with door.change() as session:
        held = get_case_held(session, case.id)
        locks = find_another_overseer(door, session, held, sheet.locks)
        sheet = replace(sheet, locks=locks)
        if row is not None:
            _seal_anew(door, session, held, sheet, get_request(session, row.id, case.id))
    door.stop_reading()  # What was read while lots were drawn does not know of the change.
    return sheet


def _is_as_judged(door: Door, case: Case, sheet: Sheet, row: Request) -> bool:
    judged = judge_overseer(door, door.read, case, sheet.locks)
    is_same = reason_of(sheet.says, row.id).get(JUDGED, "") == judged
    return is_same and (row.for_overseer is not None) == bool(judged)


def _seal_anew(door: Door, session: Session, case: Case, sheet: Sheet, row: Request) -> None:
    before = reason_of(sheet.says, row.id)
    if not before or not _waits_by_necessity(row, door.clock.today()):
        return
    judged = judge_overseer(door, session, case, sheet.locks)
    said = {**before, JUDGED: judged}
    row.for_overseer = seal_for_overseer(door, session, case, row.id, said)
    replace_sheet(session, sheet, resealed(door, sheet, with_reason(sheet.says, row.id, said)))
    if judged and case.overseer_id is not None:
        queue_alerts(session, [case.overseer_id], door.clock.today())
        door.record(Event.IDENTITY_ASKED, case_id=case.id, kind=row.kind)
    else:
        door.record(Event.CASE_KEPT_UP, case_id=case.id)


def _waits_by_necessity(row: Request, today: date) -> bool:
    is_necessary = row.kind is RequestKind.NAME_NECESSARY
    return is_necessary and row.state is RequestState.WAITING and today <= row.closes_on


def _shown(
    door: Door, sheet: Sheet, summary: CaseSummary, row: Request, names: Mapping[UUID, str]
) -> RequestShown:
    staff, said = staff_of(door), reason_of(sheet.says, row.id)
    is_asker = row.asked_by == staff.staff_id
    is_open = row.state in OPEN_REQUESTS and door.clock.today() <= row.closes_on
    waits = is_open and row.state is RequestState.WAITING
    is_necessary = row.kind is RequestKind.NAME_NECESSARY
    is_second = summary.is_keeper or Role.SUPERVISOR in staff.roles
    return RequestShown(
        request_id=row.id,
        kind=row.kind,
        state=row.state,
        is_outside=row.is_outside,
        asker_name=names.get(row.asked_by, ""),
        asked_on=row.asked_on,
        closes_on=row.closes_on,
        agreed_name=names.get(row.agreed_by, "") if row.agreed_by else "",
        purpose=said.get("purpose", ""),
        reason=said.get("reason", ""),
        may_decide=waits and is_necessary and is_second and not is_asker,
        may_give=summary.is_keeper and is_open and _is_agreed(door, sheet, row, is_asker=is_asker),
        may_withdraw=is_asker and is_open,
        waits_for_second=waits and is_necessary,
        waits_for_overseer=waits and row.for_overseer is not None,
    )


def _is_agreed(door: Door, sheet: Sheet, row: Request, *, is_asker: bool) -> bool:
    """Whether a keeper may give it now: theirs is the second word where it is not their request."""
    if row.kind is RequestKind.NAME_BY_CONSENT:
        is_yes = row.state is RequestState.AGREED
        return is_yes and has_agreed(door, conversation(sheet.locks), row)
    return row.state is RequestState.AGREED or not is_asker


def request_shown(page: NamePage, request_id: UUID) -> RequestShown | None:
    """The request with this id on a page; None where it is not there."""
    return next((one for one in page.requests if one.request_id == request_id), None)
