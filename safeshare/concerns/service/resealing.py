"""Keeping what is sealed up to date: another suite, an unfinished rotation, a recovery grant that a
case from before recovery was set up has not (ADR 0008).

Only who holds the keys of a case can do it: a holder who has it open anyway, or recovery officers
for the cases that nobody opens.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.models import Grant, GranteeKind
from safeshare.concerns.queries import (
    get_case_held,
    list_compartment_grants,
    list_recoverable,
)
from safeshare.concerns.resealing_queries import (
    KeysOfOtherSuite,
    count_keys_of_other_suite,
    is_out_of_date,
    list_out_of_date,
    list_staff_among,
)
from safeshare.concerns.service.attaching import reseal_files
from safeshare.concerns.service.compartments import (
    Grantee,
    Lock,
    check_newest,
    grant_lock,
    open_locks,
)
from safeshare.concerns.service.exclusions import Locks
from safeshare.concerns.service.rotation import is_unfinished, resume_rotation, rotate
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.sealed import Compartment, PublicKey
from safeshare.ledger.events import Event
from safeshare.people.models import KeyKind
from safeshare.people.queries import find_current_service_key
from safeshare.people.service.eligibility import trusted_public_key
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class ResealOn:
    """Seal the next case anew that needs it, after this one by id."""

    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class Resealed:
    """What one round did: to which case, None where nothing was left; whether that case is done.

    `is_broken` says that it, or a part of it, could not be opened and was left as it is.
    """

    case_id: UUID | None
    is_done: bool = True
    is_broken: bool = False


@use_case(Action.SERVICE_CHECK)
def count_out_of_date(door: Door, _command: None) -> int:
    """How many cases are not, or not wholly, sealed in today's suite. Opens nothing."""
    return len(list_out_of_date(door.read, door.vault.content_suite, None, None))


@use_case(Action.SERVICE_CHECK)
def count_old_keys(door: Door, _command: None) -> KeysOfOtherSuite:
    """How many keys of people are not of today's suite, and what is sealed to such keys."""
    return count_keys_of_other_suite(door.read, door.vault.key_suite)


@use_case(Action.RECOVERY_RESEAL)
def reseal_next(door: Door, command: ResealOn) -> Resealed:
    """Do one round of the next case with the officers' key. Call again with the same `after` until
    the case is done, and then with its id.
    """
    suite = door.vault.content_suite
    found = list_out_of_date(door.read, suite, command.after, 1)
    if not found:
        return Resealed(None)
    case_id = found[0]
    with door.change() as session:
        get_case_held(session, case_id)
        try:
            locks = open_locks(door, case_id, session=session)
            _bring_up_to_date(door, session, case_id, locks)
        except (SealBrokenError, NotFoundError):
            door.record(Event.ALARM_RAISED, case_id=case_id, alarm="case_not_resealed")
            return Resealed(case_id, is_broken=True)
        is_done = not is_out_of_date(session, case_id, suite, locks)
        is_broken = is_done and is_out_of_date(session, case_id, suite)
        door.record(Event.RECOVERY_CASE_RESEALED, case_id=case_id, done=str(is_done).lower())
    return Resealed(case_id, is_done, is_broken)


def needs_upkeep(door: Door, case_id: UUID, held: Collection[Compartment]) -> bool:
    """Whether these compartments of a case should be sealed anew, or recovery be given their keys.

    Cheap enough to be asked at every opening: it opens nothing.
    """
    if is_out_of_date(door.read, case_id, door.vault.content_suite, held):
        return True
    recovery = _recovery(door, door.read)
    if recovery is None:
        return False
    return not set(held) <= set(list_recoverable(door.read, case_id, recovery.id))


def changes_due(
    door: Door, session: Session, case_id: UUID, numbers: Mapping[Compartment, int]
) -> frozenset[Compartment]:
    """Which of these compartments, by the numbers of their keys, must be given another key.

    Those that were sealed under fewer keys than the conversation: a reporter who takes a case from
    somebody changes its key and cannot change the others. And those of which somebody on the staff
    had the key of today, and lost it while nobody was there who could change it: they left, or lost
    their own key. They may have kept what they had. Whoever has the compartments catches up.
    """
    wanted = numbers.get(Compartment.CONVERSATION, 0)
    behind = {one for one, number in numbers.items() if number < wanted}
    gone = [
        (Compartment(part), UUID(grantee))
        for _case, part, _party, number, grantee in door.list_taken(case_id, Grant)
        if numbers.get(Compartment(part)) == int(number)
    ]
    staff = list_staff_among(session, {one for _part, one in gone}) if gone else ()
    return frozenset(behind | {part for part, one in gone if one in staff})


def keep_up(door: Door, session: Session, case_id: UUID, locks: Locks) -> None:
    """One round of bringing a case up to date, as far as these locks reach, and its recovery grant.

    The caller holds the case's row and records what it was at. Raises StaleError where a key was
    changed since the locks were opened.
    """
    _bring_up_to_date(door, session, case_id, locks)
    recovery = _recovery(door, session)
    if recovery is not None:
        for lock in locks.values():
            _add_recovery(door, session, lock, recovery)


def _bring_up_to_date(door: Door, session: Session, case_id: UUID, locks: Locks) -> None:
    """Go on with what was begun; only then begin anew, for keys of another suite, and for those
    that must be changed anyhow. Files come last: their new keys are sealed under the new key of the
    conversation.
    """
    if is_unfinished(locks):
        resume_rotation(door, session, case_id, locks)
        return
    numbers = {one: lock.key.number for one, lock in locks.items()}
    due = changes_due(door, session, case_id, numbers)
    old = {
        one: lock
        for one, lock in locks.items()
        if lock.key.suite != door.vault.content_suite or one in due
    }
    if old:
        rotate(door, session, case_id, old, known=locks)
    elif Compartment.CONVERSATION in locks:
        reseal_files(door, session, locks[Compartment.CONVERSATION])


def _add_recovery(door: Door, session: Session, lock: Lock, recovery: Grantee) -> None:
    grants = list_compartment_grants(session, lock.case_id, lock.compartment, lock.party_id)
    newest = max((one.key_number for one in grants), default=0)
    if newest != lock.key.number or any(
        one.grantee_id == recovery.id and one.key_number == newest for one in grants
    ):
        return  # Just now rotated, which granted to recovery as well; or there is one.
    check_newest(session, lock)
    session.add_all(grant_lock(door, lock, [recovery]))


def _recovery(door: Door, session: Session) -> Grantee | None:
    key = find_current_service_key(session, KeyKind.RECOVERY)
    public_key: PublicKey | None = trusted_public_key(door, key) if key else None
    if key is None or public_key is None:
        return None
    return Grantee(GranteeKind.RECOVERY, key.owner_id, public_key)
