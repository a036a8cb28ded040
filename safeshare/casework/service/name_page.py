"""The page about the reporter's name: who keeps it, who asked for it, and what can be done now. The
name itself is another page, so that nobody reads it by the way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from safeshare.casework.service.account import conversation, reveal_account
from safeshare.casework.service.agreeing import seal_for_overseer
from safeshare.casework.service.keepers import keepers_gone
from safeshare.casework.service.name_requests import NAME_KINDS, reason_of
from safeshare.casework.service.sheet import Sheet, read_sheet
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
    """One request for the name. `purpose` and `reason` are empty where the reporter was asked."""

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
    standing = standing_of(door, command)
    sheet, summary = read_sheet(door, standing.case), summary_of(door, standing)
    mode = mode_of(reveal_account(door, standing.case, sheet.locks).get("mode"))
    rows = [one for one in list_requests(door.read, standing.case.id) if one.kind in NAME_KINDS]
    people = {one for row in rows for one in (row.asked_by, row.agreed_by) if one}
    names = find_names(door.read, people)
    contact = summary.contact_name
    page = NamePage(
        summary=summary,
        is_anonymous=mode is Mode.ANONYMOUS,
        needs_key=contact is not None and contact not in summary.keepers,
        gone=keepers_gone(door, standing.case.id),
        requests=tuple(_shown(door, sheet, summary, row, names) for row in reversed(rows)),
    )
    door.record(Event.CASE_OPENED, case_id=standing.case.id, part="name")
    _ask_new_overseer(door, standing.case, sheet, rows)
    return page


def _ask_new_overseer(door: Door, case: Case, sheet: Sheet, rows: Sequence[Request]) -> None:
    """Seal the reason of what waits to whoever oversees the case now, where it is to nobody."""
    for row in rows:
        is_necessary = row.kind is RequestKind.NAME_NECESSARY
        waits = row.state is RequestState.WAITING and door.clock.today() <= row.closes_on
        said = reason_of(sheet.says, row.id)
        if not (is_necessary and waits and said) or row.for_overseer is not None:
            continue
        sealed = seal_for_overseer(door, case, sheet.locks, row.id, said)
        if sealed is not None and case.overseer_id is not None:
            with door.change() as session:
                get_case_held(session, case.id)
                get_request(session, row.id, case.id).for_overseer = sealed
                queue_alerts(session, [case.overseer_id], door.clock.today())
                door.record(Event.IDENTITY_ASKED, case_id=case.id, kind=row.kind)
            return


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
