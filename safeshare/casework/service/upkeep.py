"""What a holder's own keys do for a case while they have it open."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from safeshare.casework.queries import KeyHolder, list_attested, list_key_holders, staff_with
from safeshare.casework.service.keepers import hand_on_name
from safeshare.casework.service.standing import case_facts, staff_of, standing_of
from safeshare.casework.service.summary import key_holders
from safeshare.concerns.models import CaseDocument, Grant
from safeshare.concerns.queries import get_case_held, list_case_grants, list_grants
from safeshare.concerns.service.attaching import FileShown
from safeshare.concerns.service.compartments import open_locks
from safeshare.concerns.service.holding import may_hold
from safeshare.concerns.service.resealing import changes_due, keep_up, needs_upkeep
from safeshare.gate import Door, use_case
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.people.queries import list_standings
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class KeepUp:
    """Bring a case up to date, one round."""

    reference: str


@use_case(Action.CASE_KEEP_UP, facts=case_facts)
def keep_case_up(door: Door, command: KeepUp) -> bool:
    """Go on with a rotation, take the case over to today's suite, change the keys that somebody
    lost while nobody could, and give recovery the key that it lacks; else, make up the number of
    keepers. Whether there was anything to do.

    Raises StaleError where somebody else is at it: it is done, or goes on the next time.
    """
    case_id = standing_of(door, command).case.id
    grants = list_grants(door.read, case_id, staff_of(door).staff_id)
    numbers = {one.compartment: one.key_number for one in sorted(grants, key=_number)}
    due = changes_due(door, door.read, case_id, numbers)
    if not due and not needs_upkeep(door, case_id, numbers):
        return _make_up_keepers(door, case_id)
    with door.change() as session:
        get_case_held(session, case_id)
        keep_up(door, session, case_id, open_locks(door, case_id, session=session))
        door.record(Event.CASE_KEPT_UP, case_id=case_id)
    return True


def looks_behind(
    door: Door,
    case_id: UUID,
    holders: Sequence[KeyHolder],
    documents: Collection[CaseDocument],
    files: Collection[FileShown],
) -> bool:
    """Whether what an opening has read anyway is a reason to run `keep_case_up`, which looks
    closely. So nothing is asked for the many cases that are up to date.
    """
    staff_id, suite = staff_of(door).staff_id, door.vault.content_suite
    mine = {one.compartment: one.key_number for one in holders if one.id == staff_id}
    theirs = [one for one in holders if one.compartment in mine]
    return (
        any(one.key_number != mine[one.compartment] for one in theirs)
        or any(one.body.blob[0] != suite for one in documents if one.compartment in mine)
        or any(one.suite != suite for one in files)
        or not mine.keys() <= {one.compartment for one in theirs if one.name is None}
        or bool(_who_could_keep(holders, staff_id))
        or bool(changes_due(door, door.read, case_id, mine))
    )


def _make_up_keepers(door: Door, case_id: UUID) -> bool:
    """Give the key of the name to one more holder where the actor is the last who has it: the
    reporter was told of two. Whether there is anybody who may be given it.

    Raises SealBrokenError where a grant is gone that nobody of us took: whoever can write the
    tables must not bring about that there is one keeper.
    """
    others = _who_could_keep(key_holders(door, case_id), staff_of(door).staff_id)
    if not others:
        return False
    able = may_hold(door, door.read, list_standings(door.read, sorted(others)))
    attested = list_attested(door.read, case_id)
    if not able:
        return False
    with door.change() as session:
        case = get_case_held(session, case_id)
        locks = open_locks(door, case_id, Compartment.WORK, Compartment.IDENTITY, session=session)
        door.insist_complete(case_id, Grant, list_case_grants(session, case_id))
        if _who_could_keep(list_key_holders(session, case_id), staff_of(door).staff_id):
            in_turn = sorted(able, key=lambda one: (one not in attested, one))
            hand_on_name(door, session, case, locks, in_turn)
        door.record(Event.CASE_KEPT_UP, case_id=case_id)
    return True


def _who_could_keep(holders: Sequence[KeyHolder], staff_id: UUID) -> set[UUID]:
    """The other holders, where this person alone has the key of the name."""
    keepers = staff_with(holders, Compartment.IDENTITY)
    if set(keepers) != {staff_id}:
        return set()
    return staff_with(holders, Compartment.WORK).keys() - keepers


def _number(grant: Grant) -> int:
    return grant.key_number
