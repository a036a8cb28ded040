"""Calling the on-call person about a concern with the danger flag, and then the reserve's."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.models import GranteeKind, OnCallPage
from safeshare.concerns.queries import (
    count_open_pages,
    list_case_pages,
    list_holders,
    list_open_pages,
)
from safeshare.gate import Door, use_case
from safeshare.ledger.events import Event
from safeshare.outbox.service.queueing import queue_page
from safeshare.outbox.service.webhook import Webhook
from safeshare.people.queries import list_standings
from safeshare.people.service.eligibility import is_signed
from safeshare.policy.actions import Action

SWEEPS_TO_RESERVE = 30
"""How many sweeps, one a minute, until the reserve's on-call is paged where nobody accepted."""


@dataclass(frozen=True, slots=True)
class Paged:
    """What one sweep did. `by_webhook`: whether a pager service took the call as well."""

    called: int = 0
    waiting: int = 0
    by_webhook: bool = False


@use_case(Action.WORK_PAGE)
def page_on_call(door: Door, _command: None) -> Paged:
    """Call whoever has not been called yet, and count the others down by one. Once a minute.

    The mail is promised in the commit that says they were called. The pager service is called
    before it, so that a crash between the two calls somebody twice rather than never.
    """
    unsent = count_open_pages(door.read, unsent_only=True)
    if not unsent and not count_open_pages(door.read, unsent_only=False):
        return Paged()
    taken = door.rule(Webhook).call() if unsent else False
    with door.change() as session:
        pages = list_open_pages(session)
        called = sum(_sweep(door, session, page) for page in pages)
        if called:
            door.record(Event.ON_CALL_PAGED, webhook="taken" if taken else "not taken")
    return Paged(called, len(pages) - called, taken)


def accept_pages(session: Session, case_id: UUID) -> None:
    """Part of a holder's use case: somebody answers, so nobody else is called about this case."""
    for page in list_case_pages(session, case_id):
        page.is_accepted, page.sweeps_left = True, 0


def _sweep(door: Door, session: Session, page: OnCallPage) -> int:
    """One page, one minute on. Returns how many people are called. Whoever's record was changed is
    not waited for: the next ones are called at once in their place, with an alarm.
    """
    page.sweeps_left -= 1
    called = 0
    if not page.is_sent:
        page.is_sent = True
        if not _is_as_signed(door, session, page.staff_id):
            owner = str(page.staff_id)
            door.record(Event.ALARM_RAISED, alarm="record_not_as_signed", owner=owner)
            page.sweeps_left = 0
            others = [] if page.is_reserve else _turn_to_reserve(door, session, page)
            return sum(_sweep(door, session, one) for one in others)
        queue_page(session, page.staff_id, door.clock.today())
        called = 1
    if not page.sweeps_left and not page.is_reserve:
        _turn_to_reserve(door, session, page)
    return called


def _is_as_signed(door: Door, session: Session, staff_id: UUID) -> bool:
    """Whether somebody's record is as it was signed. If not, the address may be another's."""
    return all(is_signed(door, one) for one in list_standings(session, [staff_id]))


def _turn_to_reserve(door: Door, session: Session, page: OnCallPage) -> list[OnCallPage]:
    """Have the next sweep call the reserve's on-call person; where the rota names nobody new, or
    their record was changed, every other holder of the case. Returns their pages.

    Who that is was decided when the concern was sent, with those left out whom the reporter keeps
    out: the worker has no key to their list. Only who still holds the case is called.
    """
    holders = _other_holders(session, page)
    then = page.then_id
    is_then = then is not None and then in holders and _is_as_signed(door, session, then)
    people = [then] if is_then and then is not None else sorted(holders)
    pages = [
        OnCallPage(
            case_id=page.case_id,
            staff_id=staff_id,
            is_reserve=True,
            is_sent=False,
            is_accepted=False,
            sweeps_left=SWEEPS_TO_RESERVE,
        )
        for staff_id in people
    ]
    session.add_all(pages)
    return pages


def _other_holders(session: Session, page: OnCallPage) -> frozenset[UUID]:
    return frozenset(
        grant.grantee_id
        for grant in list_holders(session, page.case_id)
        if grant.grantee_kind is GranteeKind.STAFF and grant.grantee_id != page.staff_id
    )
