"""Giving one person the keys of many cases, with a few statements for all of them. Part of other
use cases; `holding` is the same for one case and several people.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from safeshare.concerns.models import Case, CaseDocument, DocumentKind, Grant, GranteeKind
from safeshare.concerns.rules.exclusions import (
    Exclusions,
    exclusions_in,
    line_without,
    out_of_line_in,
)
from safeshare.concerns.service.compartments import (
    Grantee,
    Lock,
    grant_lock,
    open_grant,
    reseal_document,
    reveal_document,
)
from safeshare.concerns.service.exclusions import Locks
from safeshare.gate import Door
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Compartment, PublicKey
from safeshare.ledger.events import Event
from safeshare.people.models import StaffMember
from safeshare.people.queries import Whereabouts, list_whereabouts

_GIVEN = (Compartment.CONVERSATION, Compartment.WORK)
"""What a colleague is given. The identity stays with its keepers."""

_Newest = Mapping[tuple[UUID, Compartment, UUID], int]


@dataclass(frozen=True, slots=True)
class Given:
    """How many cases somebody was given the keys of, and how many they may not have."""

    given: int
    refused: int


@dataclass(frozen=True, slots=True)
class _Batch:
    """What the tables say about the cases of one batch. `without_danger`: only where nobody was in
    danger may the person have them.
    """

    without_danger: bool
    grants: Mapping[UUID, Sequence[Grant]]
    has: Collection[tuple[UUID, Compartment, int]]
    documents: Mapping[tuple[UUID, DocumentKind], CaseDocument]
    newest: _Newest


def give_many(
    door: Door,
    session: Session,
    giver: Staff,
    member: StaffMember,
    case_ids: Sequence[UUID],
    *,
    may_have_danger: bool,
) -> Given:
    """Give one person the keys that the giver has to these cases, but for the identity.

    Who is kept out of a case is not given it, and does not give it; nor is a case given whose keys
    are being changed, or whose records are not as they were written, which raises an alarm. The
    caller has made sure that the person is eligible, and knows whether they `may_have_danger`.
    """
    session.scalars(
        select(Case.id).where(Case.id.in_(case_ids)).order_by(Case.id).with_for_update()
    ).all()
    door.expect(case_ids)
    batch = _batch(session, giver.staff_id, member.id, case_ids, without_danger=not may_have_danger)
    where = {one.staff_id: one for one in list_whereabouts(session)}
    given = sum(_give(door, session, giver, member, where, one, batch) for one in case_ids)
    return Given(given, len(case_ids) - given)


def _batch(
    session: Session,
    giver_id: UUID,
    staff_id: UUID,
    case_ids: Sequence[UUID],
    *,
    without_danger: bool,
) -> _Batch:
    grants: dict[UUID, list[Grant]] = {one: [] for one in case_ids}
    has: set[tuple[UUID, Compartment, int]] = set()
    found = select(Grant).where(
        Grant.case_id.in_(case_ids),
        Grant.grantee_id.in_([giver_id, staff_id]),
        Grant.compartment.in_(_GIVEN),
    )
    for grant in session.scalars(found):
        if grant.grantee_id == giver_id:
            grants[grant.case_id].append(grant)
        else:
            has.add((grant.case_id, grant.compartment, grant.key_number))
    kinds = {DocumentKind.EXCLUSIONS, DocumentKind.SUCCESSION}
    kinds |= {DocumentKind.CASE_SHEET} if without_danger else set()
    documents = session.scalars(
        select(CaseDocument).where(CaseDocument.case_id.in_(case_ids), CaseDocument.kind.in_(kinds))
    )
    return _Batch(
        without_danger=without_danger,
        grants=grants,
        has=has,
        documents={(one.case_id, one.kind): one for one in documents},
        newest=_newest(session, case_ids),
    )


def _newest(session: Session, case_ids: Sequence[UUID]) -> _Newest:
    by = (Grant.case_id, Grant.compartment, Grant.party_id)
    rows = session.execute(
        select(*by, func.max(Grant.key_number)).where(Grant.case_id.in_(case_ids)).group_by(*by)
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def _give(
    door: Door,
    session: Session,
    giver: Staff,
    member: StaffMember,
    where: Mapping[UUID, Whereabouts],
    case_id: UUID,
    batch: _Batch,
) -> bool:
    try:
        locks = _locks(door, giver, batch.grants[case_id])
        if not locks.keys() >= set(_GIVEN):
            return False
        line = _opened(door, locks, case_id, DocumentKind.SUCCESSION, batch)
        out = exclusions_in(_opened(door, locks, case_id, DocumentKind.EXCLUSIONS, batch))
        if _came_to_be_out(out, where[giver.staff_id]):
            return False
        if not _may_have(door, locks, where[member.id], case_id, batch, out, line):
            return False
        rows = _rows(door, locks, member, batch)
        _leave_line(door, locks, member.id, batch, line)
    except SealBrokenError:
        door.record(Event.ALARM_RAISED, case_id=case_id, alarm="case_not_as_written")
        return False
    session.add_all(rows)
    given = " ".join(sorted(locks))
    door.record(Event.CASE_HOLDER_ADDED, case_id=case_id, staff=str(member.id), keys=given)
    return True


def _locks(door: Door, giver: Staff, grants: Sequence[Grant]) -> Locks:
    locks: dict[Compartment, Lock] = {}
    for grant in sorted(grants, key=lambda one: one.key_number):
        lock, before = open_grant(door, grant, giver.private_key), locks.get(grant.compartment)
        older = (before.key, *before.older) if before else ()
        locks[grant.compartment] = replace(lock, older=older)
    return locks


def _may_have(
    door: Door,
    locks: Locks,
    where: Whereabouts,
    case_id: UUID,
    batch: _Batch,
    out: Exclusions,
    line: Mapping[str, object],
) -> bool:
    """Whether the person is not kept out, is trained where somebody was in danger, and the keys are
    the newest: under an older one nothing new could be read.
    """
    if batch.without_danger:
        sheet = _opened(door, locks, case_id, DocumentKind.CASE_SHEET, batch)
        if sheet.get("danger"):
            return False
    is_newest = all(
        batch.newest[case_id, lock.compartment, lock.party_id] == lock.key.number
        for lock in locks.values()
    )
    kept_out = out.keeps_out(where.staff_id, where.queues, where.places)
    return is_newest and not kept_out and where.staff_id not in out_of_line_in(line).people


def _came_to_be_out(out: Exclusions, where: Whereabouts) -> bool:
    """Whether the giver may not even have the case any more."""
    return out.keeps_out(where.staff_id, where.approved, where.places)


def _rows(door: Door, locks: Locks, member: StaffMember, batch: _Batch) -> list[Grant]:
    grantee = Grantee(GranteeKind.STAFF, member.id, PublicKey(member.public_key))
    return [
        grant
        for lock in locks.values()
        for key in (lock.key, *lock.older)
        if (lock.case_id, lock.compartment, key.number) not in batch.has
        for grant in grant_lock(door, lock.under(key.number), [grantee])
    ]


def _leave_line(
    door: Door, locks: Locks, staff_id: UUID, batch: _Batch, line: Mapping[str, object]
) -> None:
    kept = line_without(line, [staff_id])
    if kept != line:
        case_id = locks[Compartment.CONVERSATION].case_id
        document = batch.documents[case_id, DocumentKind.SUCCESSION]
        reseal_document(door, locks[document.compartment], document, kept)


def _opened(
    door: Door, locks: Locks, case_id: UUID, kind: DocumentKind, batch: _Batch
) -> dict[str, object]:
    document = batch.documents.get((case_id, kind))
    if document is None:
        raise SealBrokenError("a document of the case is gone")
    return reveal_document(door, locks[document.compartment], document)
