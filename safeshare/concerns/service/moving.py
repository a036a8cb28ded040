"""Moving every case from one recovery key to the next, as the last part of a renewal.

Nothing but a case's own key opens a case, so each grant to the old recovery key is opened and
sealed anew to the new one. A case that was moved has no grant to the old key any more: that alone
says how far a renewal has come, and it goes on anywhere it was stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.models import Grant, GranteeKind
from safeshare.concerns.queries import list_recovery_cases, list_recovery_grants
from safeshare.concerns.service.compartments import Grantee, grant_lock, open_grant
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import SealBrokenError, StaleError
from safeshare.ledger.events import Event
from safeshare.people.models import KeyKind
from safeshare.people.queries import find_current_service_key
from safeshare.people.service.eligibility import trusted_public_key
from safeshare.people.service.recovery import officers_of
from safeshare.policy.actions import Action

CASES_A_ROUND = 25
"""How many cases one transaction moves: some 75 grants, a tenth of a second."""


@dataclass(frozen=True, slots=True)
class MoveOn:
    """Move the next cases after this one, by id; from the first where it is None."""

    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What one round did. `last` is None where nothing was left to move."""

    last: UUID | None
    moved: int
    broken: int


@use_case(Action.RECOVERY_RENEW)
def move_cases(door: Door, command: MoveOn) -> Moved:
    """Seal the keys of the next cases to the new recovery key, and take them from the old one.

    A case whose grant does not open is left as it is, with an alarm: the others must not wait.
    Raises StaleError where the key has not been renewed, or its record is not as it was signed.
    """
    grantee = _new_key(door)
    old = officers_of(door).set_id
    if not list_recovery_cases(door.read, old, command.after, 1):
        return Moved(None, 0, 0)
    moved = broken = 0
    with door.change() as session:
        cases = list_recovery_cases(session, old, command.after, CASES_A_ROUND)
        grants = list_recovery_grants(session, cases)
        for case_id, own in groupby(grants, key=lambda grant: grant.case_id):
            done = _move(door, session, case_id, list(own), grantee)
            moved, broken = moved + done, broken + (not done)
        door.record(Event.RECOVERY_CASES_MOVED, moved=str(moved), broken=str(broken))
    return Moved(max(cases, default=None), moved, broken)


def _new_key(door: Door) -> Grantee:
    key = find_current_service_key(door.read, KeyKind.RECOVERY)
    if key is None or key.set_id == officers_of(door).set_id:
        raise StaleError("The recovery key has not been renewed yet.")
    public_key = trusted_public_key(door, key)
    if public_key is None:
        raise StaleError("The new recovery key is not as it was signed. Look at the alarms.")
    return Grantee(GranteeKind.RECOVERY, key.owner_id, public_key)


def _move(
    door: Door, session: Session, case_id: UUID, grants: Sequence[Grant], grantee: Grantee
) -> bool:
    officers = officers_of(door)
    has = {_key(one) for one in grants if one.grantee_id == grantee.id}
    old = [one for one in grants if one.grantee_id == officers.set_id]
    try:
        locks = [open_grant(door, one, officers.private_key) for one in old]
    except SealBrokenError:
        door.record(Event.ALARM_RAISED, case_id=case_id, alarm="recovery_grant_does_not_open")
        return False
    for lock, grant in zip(locks, old, strict=True):
        if _key(grant) not in has:
            session.add_all(grant_lock(door, lock, [grantee]))
        session.delete(grant)
    door.record(Event.RECOVERY_CASE_MOVED, case_id=case_id)
    return True


def _key(grant: Grant) -> tuple[str, UUID, int]:
    return grant.compartment, grant.party_id, grant.key_number
