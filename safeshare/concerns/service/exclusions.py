"""Who is kept out of a case, and who is next in line for it. Parts of other use cases.

The list is sealed in the work compartment: a holder knows it, and so every later addition respects
it. The line is sealed in the conversation, so that the reporter's own session can pass the concern
on. Whoever is kept out is not in it; the teams and places are, for whoever comes to be in them.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.models import Case, CaseDocument, DocumentKind, Grant, GranteeKind
from safeshare.concerns.queries import get_document, list_case_grants, list_documents
from safeshare.concerns.rules.exclusions import (
    Exclusions,
    Why,
    exclusions_in,
    exclusions_record,
    line_without,
    out_of_line_in,
    succession_in,
    watching_in,
    with_watching,
)
from safeshare.concerns.service.compartments import (
    Lock,
    check_newest,
    open_locks,
    reseal_document,
    reveal_document,
)
from safeshare.gate import Door
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Compartment
from safeshare.people.queries import (
    Whereabouts,
    find_places_around,
    get_standing,
    list_whereabouts,
)
from safeshare.people.service.eligibility import is_signed

Locks = Mapping[Compartment, Lock]


def excluded_from(
    door: Door, locks: Locks, case_id: UUID, session: Session | None = None
) -> frozenset[UUID]:
    """Everybody who may never be given the case: those named, and whoever is now in a queue or at a
    place that is kept out. Pass the `session` of a change to judge what stands at that moment.

    Without the key of the work compartment, as from the reporter's own session, only what the line
    says: the teams and places, and who left it for good. Raises SealBrokenError where the locks
    have neither key.
    """
    exclusions = _known(door, locks, case_id, session)
    return frozenset(exclusions.people) | _come_to_be_out(session or door.read, exclusions)


def keeps_out(
    door: Door, locks: Locks, case_id: UUID, staff_id: UUID, session: Session | None = None
) -> bool:
    """Whether a case keeps one person out, as `is_kept_out` says it of the actor: who waits to be
    let into a team is not in it. Somebody whose record is not as it was signed is kept out.
    """
    exclusions = _known(door, locks, case_id, session)
    if exclusions.keeps_out(staff_id, (), ()) or not (exclusions.queues or exclusions.places):
        return exclusions.keeps_out(staff_id, (), ())
    try:
        its = whereabouts_of(door, session or door.read, staff_id)
    except SealBrokenError:
        return True
    return exclusions.keeps_out(staff_id, its.approved, its.places)


def _known(door: Door, locks: Locks, case_id: UUID, session: Session | None) -> Exclusions:
    """Who is kept out, as far as the locks tell."""
    if Compartment.CONVERSATION not in locks:
        return _exclusions(door, locks, case_id, session)
    out = out_of_line_in(_opened(door, locks, case_id, DocumentKind.SUCCESSION, session))
    if Compartment.WORK not in locks:
        return out
    return _exclusions(door, locks, case_id, session).with_people(out.people, Why.TIE)


def out_by_name(
    door: Door, locks: Locks, case_id: UUID, staff_ids: Iterable[UUID], session: Session
) -> frozenset[UUID]:
    """Those of these people who are kept out whatever team they are in and wherever they work, as
    far as the locks tell.
    """
    told = []
    if Compartment.CONVERSATION in locks:
        line = _opened(door, locks, case_id, DocumentKind.SUCCESSION, session)
        told.append(out_of_line_in(line))
    if Compartment.WORK in locks:
        told.append(_exclusions(door, locks, case_id, session))
    return frozenset(one for one in staff_ids if any(its.keeps_out(one, (), ()) for its in told))


def with_people_of_today(door: Door, exclusions: Exclusions) -> Exclusions:
    """The same with everybody by name who is in a team or at a place that it keeps out: whoever
    leaves it later, or is moved out of it, stays out all the same. Who was only proposed for a team
    stays out while they are: nobody alone puts somebody down for good.
    """
    if not exclusions.goes_by_more_than_names:
        return exclusions.followed()
    here = frozenset(
        one.staff_id
        for one in list_whereabouts(door.read)
        if exclusions.groups.keeps_out(one.staff_id, one.approved, one.places)
    )
    return exclusions.with_people(here, Why.GROUP).followed()


def is_kept_out(door: Door, case_id: UUID, grants: Sequence[Grant]) -> bool:
    """Whether the actor, who has these grants in a case, has come to be kept out of it since they
    were given them: by a team that they were let into, or by the place where they now work.

    Who waits to be let into a team is not in it. Raises SealBrokenError where the list, the grant
    or the actor's record is not as it was written.
    """
    has = {one.compartment for one in grants}
    actor = door.actor
    if not isinstance(actor, Staff) or has <= {Compartment.IDENTITY}:
        return False
    part = Compartment.WORK if Compartment.WORK in has else Compartment.CONVERSATION
    exclusions = _READ_FROM[part](_opened_once(door, case_id, part, grants))
    its = whereabouts_of(door, door.read, actor.staff_id) if exclusions.places else None
    places = its.places if its is not None else ()
    return exclusions.keeps_out(actor.staff_id, actor.queue_ids, places)


_READ_FROM = {Compartment.WORK: exclusions_in, Compartment.CONVERSATION: out_of_line_in}
_KIND_IN = {
    Compartment.WORK: DocumentKind.EXCLUSIONS,
    Compartment.CONVERSATION: DocumentKind.SUCCESSION,
}


def _opened_once(
    door: Door, case_id: UUID, part: Compartment, grants: Sequence[Grant]
) -> dict[str, object]:
    """The list or the line."""
    document = _read(door, case_id, _KIND_IN[part])
    return reveal_document(door, open_locks(door, case_id, part, held=grants)[part], document)


def whereabouts_of(door: Door, session: Session, staff_id: UUID) -> Whereabouts:
    """Where somebody serves and works now. Raises SealBrokenError where their record is not as it
    was signed.
    """
    standing = get_standing(session, staff_id)
    if not is_signed(door, standing):
        raise SealBrokenError("an account's record is not as it was signed")
    rows = standing.memberships
    return Whereabouts(
        staff_id,
        queues=frozenset(one.queue_id for one in rows),
        approved=frozenset(one.queue_id for one in rows if one.approved_by is not None),
        places=find_places_around(session, standing.member.location_id),
    )


def _come_to_be_out(session: Session, exclusions: Exclusions) -> frozenset[UUID]:
    if not exclusions.goes_by_more_than_names:
        return frozenset()
    return frozenset(
        one.staff_id
        for one in list_whereabouts(session)
        if exclusions.keeps_out(one.staff_id, one.queues, one.places)
    )


def succession_of(
    door: Door, locks: Locks, case_id: UUID, session: Session | None = None
) -> tuple[UUID, ...]:
    """Who is next in line, in their order. Whether they are still eligible is judged when a key is
    given. Raises SealBrokenError where the locks have no key to the conversation.
    """
    return succession_in(_opened(door, locks, case_id, DocumentKind.SUCCESSION, session))


def watching_of(
    door: Door, locks: Locks, case_id: UUID, session: Session | None = None
) -> frozenset[UUID]:
    """The overseers whom the reporter can call in. Raises SealBrokenError where the locks have no
    key to the conversation.
    """
    return watching_in(_opened(door, locks, case_id, DocumentKind.SUCCESSION, session))


def let_watch(
    door: Door, session: Session, case_id: UUID, locks: Locks, people: Sequence[UUID]
) -> None:
    """Let the reporter call these overseers in from now on, and no others. The caller holds the
    case's row. Raises StaleError where a key was changed meanwhile.
    """
    record = _opened(door, locks, case_id, DocumentKind.SUCCESSION, session)
    _replace(door, session, case_id, locks, DocumentKind.SUCCESSION, with_watching(record, people))


def exclude(
    door: Door, session: Session, case: Case, locks: Locks, people: Iterable[UUID], why: Why
) -> None:
    """Keep more people out for good, and out of the line. The keys they have are taken by the
    caller, who holds the case's row. Raises StaleError where a key was changed meanwhile.

    Where the locks have the conversation alone, the line says who is out.
    """
    gone = frozenset(people)
    if Compartment.WORK not in locks:
        _leave(door, session, case, locks, gone, out=gone)
        return
    exclusions = _exclusions(door, locks, case.id, session).with_people(gone, why)
    line = succession_of(door, locks, case.id, session)
    holders = _staff_with_keys(session, case.id) - gone
    watching = [case.overseer_id] if case.overseer_id and case.overseer_id not in gone else []
    allowed = [*sorted(holders), *watching, *(one for one in line if one not in gone)]
    record = exclusions_record(exclusions, allowed)
    _replace(door, session, case.id, locks, DocumentKind.EXCLUSIONS, record)
    _leave(door, session, case, locks, gone, barred=gone)


def leave_line(
    door: Door, session: Session, case: Case, locks: Locks, people: Iterable[UUID]
) -> None:
    """Take people out of the line, because they were given the case. The caller holds its row."""
    _leave(door, session, case, locks, frozenset(people))


def _leave(
    door: Door,
    session: Session,
    case: Case,
    locks: Locks,
    gone: frozenset[UUID],
    out: frozenset[UUID] = frozenset(),
    barred: frozenset[UUID] = frozenset(),
) -> None:
    record = _opened(door, locks, case.id, DocumentKind.SUCCESSION, session)
    changed = line_without(record, gone, out, barred)
    if changed != record:
        _replace(door, session, case.id, locks, DocumentKind.SUCCESSION, changed)


def _exclusions(door: Door, locks: Locks, case_id: UUID, session: Session | None) -> Exclusions:
    return exclusions_in(_opened(door, locks, case_id, DocumentKind.EXCLUSIONS, session))


def _opened(
    door: Door, locks: Locks, case_id: UUID, kind: DocumentKind, session: Session | None
) -> dict[str, object]:
    document = get_document(session, case_id, kind) if session else _read(door, case_id, kind)
    return reveal_document(door, _lock(locks, document.compartment), document)


def _read(door: Door, case_id: UUID, kind: DocumentKind) -> CaseDocument:
    """A document of the case, of those that whatever follows reads as well."""
    rows = door.once((list_documents, case_id), lambda session: list_documents(session, case_id))
    document = next((row for row in rows if row.kind is kind), None)
    if document is None:
        raise SealBrokenError("a document of the case is gone")
    return document


def _replace(
    door: Door,
    session: Session,
    case_id: UUID,
    locks: Locks,
    kind: DocumentKind,
    record: Mapping[str, object],
) -> None:
    document = get_document(session, case_id, kind)
    lock = _lock(locks, document.compartment)
    check_newest(session, lock)
    reseal_document(door, lock, document, record)
    session.flush()


def _lock(locks: Locks, compartment: Compartment) -> Lock:
    if compartment not in locks:
        raise SealBrokenError("the actor has no key to this compartment")
    return locks[compartment]


def _staff_with_keys(session: Session, case_id: UUID) -> frozenset[UUID]:
    return frozenset(
        one.grantee_id
        for one in list_case_grants(session, case_id)
        if one.grantee_kind is GranteeKind.STAFF
    )
