"""Giving somebody the keys of a case, and taking them away. Parts of other use cases, whose caller
holds the case's row: two changes of who may read a case take turns.
"""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.models import Case, DocumentKind, Grant, GranteeKind, OnCallPage
from safeshare.concerns.queries import (
    get_case,
    get_document,
    list_case_pages,
    list_grants,
    list_holders,
)
from safeshare.concerns.service.alarms import end_call
from safeshare.concerns.service.compartments import (
    Grantee,
    Lock,
    check_newest,
    grant_lock,
    our_grants,
    reveal_document,
)
from safeshare.concerns.service.exclusions import (
    Locks,
    excluded_from,
    leave_line,
    succession_of,
    watching_of,
)
from safeshare.gate import Door
from safeshare.kernel.errors import BarredError, InvalidError
from safeshare.kernel.sealed import Compartment, PublicKey
from safeshare.ledger.events import Event
from safeshare.people.models import StaffState
from safeshare.people.queries import (
    Standing,
    list_choosable_standings,
    list_queues,
    list_standings,
)
from safeshare.people.rules import (
    MemberFacts,
    eligible_holders,
    why_not_holder,
    why_not_overseer,
)
from safeshare.people.service.eligibility import facts_of, is_signed


def give_keys(
    door: Door, session: Session, case: Case, locks: Locks, staff_ids: Sequence[UUID]
) -> None:
    """Give people the keys of these compartments, older numbers included while there are some.

    Only to the eligible, whose record is as it was signed and who are trained where somebody was
    in danger, and never to anybody who is kept out.
    Without the key of the work compartment, as from the reporter's own session, the list cannot be
    read: then only to who stands in the line, from which it has been left out, and to an overseer
    whom the line names as well; and to nobody who came to be in a team or at a place of the list.

    Raises:
        BarredError: somebody may not be given it; nobody was.
        StaleError: the key was changed since the locks were opened.
    """
    standings = {one.member.id: one for one in list_standings(session, staff_ids)}
    allowed = _allowed(door, session, case, locks, list(standings.values()))
    if not set(staff_ids) <= allowed:
        raise BarredError("may_not_hold", field="staff")
    for lock in locks.values():
        check_newest(session, lock)
    for one in staff_ids:
        _give(door, session, case.id, locks, standings[one])
    if Compartment.CONVERSATION in locks:
        leave_line(door, session, case, locks, staff_ids)


def take_keys(door: Door, session: Session, case_id: UUID, staff_id: UUID) -> None:
    """Take every key of a case from somebody. They are its contact person no more, and no call
    about it goes to them. What they could read they can still have kept: rotate the keys as well.

    Raises InvalidError where nobody else, not even recovery, could open the case any more.
    """
    others = {one.grantee_id for one in list_holders(session, case_id)} - {staff_id}
    if not others:
        raise InvalidError("last_key", field="staff")
    grants = list_grants(session, case_id, staff_id)
    for grant in grants:
        session.delete(grant)
    case = get_case(session, case_id)
    if case.contact_id == staff_id:
        case.contact_id = None
    if case.overseer_id == staff_id and grants:
        end_call(door, session, case_id, {one.party_id for one in grants})
    _end_calls(session, case_id, staff_id)
    door.record(Event.CASE_HOLDER_REMOVED, case_id=case_id, staff=str(staff_id))
    session.flush()


def may_hold(
    door: Door, session: Session, standings: Sequence[Standing], *, danger: bool = False
) -> frozenset[UUID]:
    """Those of these people who may be given cases of any queue at all. With `danger` those who are
    trained for it in a queue of theirs, or whose queue has nobody who is.
    """
    queue_ids = [queue.id for queue in list_queues(session)]
    able = frozenset(
        one.staff_id for one in facts_of(door, standings) if _is_eligible(one, queue_ids)
    )
    if not danger or not able:
        return able
    facts = facts_of(door, list_choosable_standings(session))
    trained = (eligible_holders(facts, one, danger=True) for one in queue_ids)
    return able & frozenset[UUID]().union(*trained)


def says_danger(door: Door, session: Session, case_id: UUID, locks: Locks) -> bool:
    """Whether somebody was in danger when the concern was sent. The locks open the work."""
    sheet = get_document(session, case_id, DocumentKind.CASE_SHEET)
    return bool(reveal_document(door, locks[Compartment.WORK], sheet).get("danger"))


def _allowed(
    door: Door, session: Session, case: Case, locks: Locks, standings: Sequence[Standing]
) -> frozenset[UUID]:
    excluded = excluded_from(door, locks, case.id, session)
    if Compartment.WORK in locks:
        danger = says_danger(door, session, case.id, locks)
        eligible = may_hold(door, session, standings, danger=danger)
        present = _present_holders(door, session, locks[Compartment.WORK], standings)
        return (eligible | present) - excluded
    eligible = may_hold(door, session, standings)
    overseers = frozenset(
        one.staff_id
        for one in facts_of(door, standings)
        if one.staff_id == case.overseer_id and why_not_overseer(one) is None
    )
    watching = overseers & watching_of(door, locks, case.id, session)
    in_line = eligible & set(succession_of(door, locks, case.id, session))
    return (in_line | watching) - excluded


def _present_holders(
    door: Door, session: Session, lock: Lock, standings: Sequence[Standing]
) -> frozenset[UUID]:
    """Who holds the case already by a grant of ours: they may be given more of it while away."""
    held = {one.grantee_id for one in our_grants(door, session, lock)}
    return frozenset(
        one.member.id
        for one in standings
        if one.member.id in held
        and one.member.state is not StaffState.LEFT
        and is_signed(door, one)
    )


def _is_eligible(facts: MemberFacts, queue_ids: Iterable[UUID]) -> bool:
    return any(why_not_holder(facts, queue_id) is None for queue_id in queue_ids)


def _give(door: Door, session: Session, case_id: UUID, locks: Locks, standing: Standing) -> None:
    member = standing.member
    has = {(one.compartment, one.key_number) for one in list_grants(session, case_id, member.id)}
    grantee = Grantee(GranteeKind.STAFF, member.id, PublicKey(member.public_key))
    for lock in locks.values():
        session.add_all(_missing(door, lock, grantee, has))
    given = " ".join(sorted(locks))
    door.record(Event.CASE_HOLDER_ADDED, case_id=case_id, staff=str(member.id), keys=given)
    session.flush()


def _missing(
    door: Door, lock: Lock, grantee: Grantee, has: Collection[tuple[Compartment, int]]
) -> list[Grant]:
    return [
        grant
        for key in (lock.key, *lock.older)
        if (lock.compartment, key.number) not in has
        for grant in grant_lock(door, lock.under(key.number), [grantee])
    ]


def _end_calls(session: Session, case_id: UUID, staff_id: UUID) -> None:
    """Whoever loses the case is not called about it, and is nobody's reserve. A call that was open
    goes to the other holders at once: danger does not wait.
    """
    pages = list_case_pages(session, case_id)
    holders = list_holders(session, case_id)
    others = {one.grantee_id for one in holders if one.grantee_kind is GranteeKind.STAFF}
    for page in pages:
        if page.then_id == staff_id:
            page.then_id = None
    theirs = [page for page in pages if page.staff_id == staff_id]
    called = {page.staff_id for page in pages}
    for page in theirs:
        session.delete(page)
        session.add_all(
            OnCallPage(case_id=case_id, staff_id=one, is_reserve=True, sweeps_left=page.sweeps_left)
            for one in sorted(others - called - {staff_id})
        )
