"""What becomes of the keys of somebody whose account has ended: they go."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from safeshare.concerns.models import Grant, GranteeKind
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.service.holding import take_keys
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import InvalidError
from safeshare.ledger.events import Event
from safeshare.people.models import StaffMember, StaffState
from safeshare.policy.actions import Action

CASES_A_ROUND = 200
"""How many cases one transaction goes through."""


@use_case(Action.WORK_LEAVERS)
def take_leavers_keys(door: Door, after: UUID | None) -> UUID | None:
    """Take the keys of people who have left, of the next cases by id. Returns where to go on; None
    where nothing is left.

    A case that nobody else could open keeps them: an alarm says so every day, until recovery has
    given it to somebody.
    """
    case_ids = _next(door.read, after)
    if not case_ids:
        return None
    with door.change() as session:
        for case_id in case_ids:
            get_case_held(session, case_id)
            for staff_id in _leavers(session, case_id):
                _take(door, session, case_id, staff_id)
        door.record(Event.PEOPLE_KEYS_TAKEN, cases=str(len(case_ids)))
    return case_ids[-1] if len(case_ids) == CASES_A_ROUND else None


def _take(door: Door, session: Session, case_id: UUID, staff_id: UUID) -> None:
    try:
        take_keys(door, session, case_id, staff_id)
    except InvalidError:
        door.record(Event.ALARM_RAISED, case_id=case_id, alarm="last_key_has_left")


def _next(session: Session, after: UUID | None) -> list[UUID]:
    found = select(Grant.case_id).where(_OF_LEAVERS)
    if after is not None:
        found = found.where(Grant.case_id > after)
    return list(session.scalars(found.distinct().order_by(Grant.case_id).limit(CASES_A_ROUND)))


def _leavers(session: Session, case_id: UUID) -> list[UUID]:
    found = select(Grant.grantee_id).where(_OF_LEAVERS, Grant.case_id == case_id)
    return list(session.scalars(found.distinct()))


_OF_LEAVERS = (Grant.grantee_kind == GranteeKind.STAFF) & Grant.grantee_id.in_(
    select(StaffMember.id).where(StaffMember.state == StaffState.LEFT)
)
