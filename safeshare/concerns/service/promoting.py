"""Who is next where a holder must give a case up. Parts of other use cases."""

from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.models import Case, GranteeKind
from safeshare.concerns.queries import list_grants, list_holders
from safeshare.concerns.rules import draw_order
from safeshare.concerns.service.exclusions import Locks, excluded_from, succession_of
from safeshare.concerns.service.holding import may_hold, says_danger
from safeshare.gate import Door
from safeshare.people.queries import list_choosable_standings, list_standings
from safeshare.people.rules import eligible_holders, reserve_chain
from safeshare.people.service.eligibility import facts_of, trusted_queues


def next_in_line(door: Door, session: Session, case_id: UUID, locks: Locks) -> UUID | None:
    """The first in line who may be given it today and has no key yet. Never anybody who came to be
    kept out.
    """
    line = succession_of(door, locks, case_id, session)
    able = may_hold(door, session, list_standings(session, line))
    fit = able - excluded_from(door, locks, case_id, session)
    return next(
        (one for one in line if one in fit and not list_grants(session, case_id, one)), None
    )


def next_holder(door: Door, session: Session, case: Case, locks: Locks) -> UUID | None:
    """Who is promoted: the first in line who may hold it today; where the line is used up, somebody
    drawn by lot of the case's queue, then of its reserves, then of any other. Never anybody who is
    kept out. None where there is nobody.

    The locks open work and conversation; the caller holds the case's row.
    """
    holders = {
        one.grantee_id
        for one in list_holders(session, case.id)
        if one.grantee_kind is GranteeKind.STAFF
    }
    never = excluded_from(door, locks, case.id, session) | holders
    line = [one for one in succession_of(door, locks, case.id, session) if one not in never]
    danger = says_danger(door, session, case.id, locks)
    fit = may_hold(door, session, list_standings(session, line), danger=danger)
    return next((one for one in line if one in fit), None) or _by_lot(
        door, session, case, never, danger=danger
    )


def _by_lot(
    door: Door, session: Session, case: Case, never: frozenset[UUID], *, danger: bool
) -> UUID | None:
    facts = facts_of(door, list_choosable_standings(session))
    for queue_id in _chain(door, session, case):
        left = eligible_holders(facts, queue_id, danger=danger) - never
        if left:
            return draw_order(left)[0]
    return None


def _chain(door: Door, session: Session, case: Case) -> list[UUID]:
    queues, _refused = trusted_queues(door, session)
    codes = {queue.id: queue.code for queue in queues}
    ids = {queue.code: queue.id for queue in queues}
    if case.queue_id not in codes:
        return list(codes)
    reserves = {
        queue.code: codes.get(queue.reserve_id) if queue.reserve_id else None for queue in queues
    }
    return [ids[code] for code in reserve_chain(codes[case.queue_id], reserves, list(ids))]
