"""Sealing somebody's grants to their new key, after they went over to another suite (ADR 0017)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.models import Grant, GranteeKind
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.resealing_queries import list_grants_of_other_suite
from safeshare.concerns.service.compartments import Grantee, grant_lock, open_grant
from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.sealed import PrivateKey, PublicKey
from safeshare.ledger.events import Event
from safeshare.people.service.membership import held_standing
from safeshare.policy.actions import Action

CASES_A_ROUND = 50
"""How many cases one transaction goes through: some 150 grants, a fifth of a second."""


@dataclass(frozen=True, slots=True)
class ResealOwn:
    """Go on with the actor's grants in the cases after this one, by id."""

    after: UUID | None = None


@use_case(Action.PEOPLE_FACTORS)
def reseal_own_grants(door: Door, command: ResealOwn) -> UUID | None:
    """Seal the next grants of the actor that are of another suite to their key of today. Returns
    where to go on; None where nothing is left. Whoever stops half-way begins again: the ring opens
    both meanwhile, and what is done is not done twice.

    A grant that is not one of ours is left as it is, with an alarm.
    """
    staff = door.actor
    if not isinstance(staff, Staff):
        raise NotFoundError("there is nothing here for you")
    suite = door.vault.key_suite
    if not list_grants_of_other_suite(door.read, staff.staff_id, suite, command.after, 1):
        return None
    with door.change() as session:
        member = held_standing(door, session, staff.staff_id).member
        mine = Grantee(GranteeKind.STAFF, staff.staff_id, PublicKey(member.public_key))
        if not door.vault.is_of_today(mine.public_key):
            raise NotFoundError("there is no key of today's suite")
        if not door.vault.fits(staff.private_key, mine.public_key):
            raise SealBrokenError("the session's key is not the account's")
        grants = list_grants_of_other_suite(
            session, staff.staff_id, suite, command.after, CASES_A_ROUND
        )
        door.expect({one.case_id for one in grants})
        for case_id, own in groupby(grants, key=lambda one: one.case_id):
            reseal_grants(door, session, case_id, list(own), mine, staff.private_key)
    return max((one.case_id for one in grants), default=None)


def reseal_grants(
    door: Door,
    session: Session,
    case_id: UUID,
    grants: Sequence[Grant],
    grantee: Grantee,
    private_key: PrivateKey,
) -> None:
    """Seal grants that this key opens to the grantee's key of now, in one case. Part of a use case,
    in its transaction. What does not open stays, with an alarm.
    """
    get_case_held(session, case_id)
    try:
        locks = [open_grant(door, one, private_key) for one in grants]
    except SealBrokenError:
        door.record(Event.ALARM_RAISED, case_id=case_id, alarm="case_not_as_written")
        return
    for grant, lock in zip(grants, locks, strict=True):
        (made,) = grant_lock(door, lock, [grantee])
        grant.sealed, grant.mac = made.sealed, made.mac
    session.flush()
    door.record(Event.CASE_KEPT_UP, case_id=case_id)
