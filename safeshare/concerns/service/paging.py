"""Calling the on-call person about a concern with the danger flag, and then the reserve's."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.models import Case, GranteeKind, OnCallPage
from safeshare.concerns.queries import (
    count_open_pages,
    get_case,
    list_case_pages,
    list_holders,
    list_open_pages,
)
from safeshare.gate import Door, use_case
from safeshare.ledger.events import Event
from safeshare.outbox.service.queueing import queue_page
from safeshare.outbox.service.webhook import Webhook
from safeshare.people.models import Queue
from safeshare.people.queries import list_on_call, list_queues
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
    """One page, one minute on. Returns how many people are called."""
    page.sweeps_left -= 1
    called = 0
    if not page.is_sent:
        page.is_sent = True
        queue_page(session, page.staff_id, door.clock.today())
        called = 1
    if not page.sweeps_left and not page.is_reserve:
        _turn_to_reserve(door, session, page)
    return called


def _turn_to_reserve(door: Door, session: Session, page: OnCallPage) -> None:
    """Have the next sweep call the reserve's on-call person; where the rota names nobody new, every
    other holder of the case.

    The tables alone decide: a page opens nothing, so that no key is needed to send it.
    """
    reserve = _reserve_on_call(door, session, get_case(session, page.case_id), page.staff_id)
    people = [reserve] if reserve else _other_holders(session, page)
    session.add_all(
        OnCallPage(
            case_id=page.case_id,
            staff_id=staff_id,
            is_reserve=True,
            is_sent=False,
            is_accepted=False,
            sweeps_left=SWEEPS_TO_RESERVE,
        )
        for staff_id in people
    )


def _reserve_on_call(door: Door, session: Session, case: Case, paged: UUID) -> UUID | None:
    queues: dict[UUID, Queue] = {queue.id: queue for queue in list_queues(session)}
    rota = list_on_call(session, door.clock.today())
    current, seen = queues[case.queue_id].reserve_id, {case.queue_id}
    while current is not None and current not in seen:
        on_call = rota.get(current)
        if on_call is not None and on_call != paged:
            return on_call
        seen.add(current)
        current = queues[current].reserve_id
    return None


def _other_holders(session: Session, page: OnCallPage) -> Sequence[UUID]:
    return [
        grant.grantee_id
        for grant in list_holders(session, page.case_id)
        if grant.grantee_kind is GranteeKind.STAFF and grant.grantee_id != page.staff_id
    ]
