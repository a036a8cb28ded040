"""Making and opening what a case seals: grants, documents, and the plain timeline beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.concerns.models import (
    CaseDocument,
    CaseEvent,
    CaseEventKind,
    DocumentKind,
    Grant,
    GranteeKind,
)
from safeshare.concerns.queries import (
    list_compartment_grants,
    list_grants,
    newest_key_number,
    next_event_position,
)
from safeshare.concerns.rules import CaseStatus
from safeshare.gate import Door
from safeshare.kernel.actors import Officers, Reporter, Staff
from safeshare.kernel.errors import NotFoundError, SealBrokenError, StaleError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.sealed import (
    Compartment,
    CompartmentKey,
    Place,
    PrivateKey,
    PublicKey,
    Sealed,
)

COMPARTMENT_OF = {
    DocumentKind.ACCOUNT: Compartment.CONVERSATION,
    DocumentKind.ANSWERS: Compartment.CONVERSATION,
    DocumentKind.CASE_SHEET: Compartment.WORK,
    DocumentKind.EXCLUSIONS: Compartment.WORK,
    DocumentKind.IDENTITY: Compartment.IDENTITY,
    DocumentKind.SUCCESSION: Compartment.CONVERSATION,
}
ROLLS = frozenset({DocumentKind.EXCLUSIONS, DocumentKind.SUCCESSION})
"""Lists of people, of one fixed size for every case."""

_SMALL = frozenset({DocumentKind.ANSWERS, DocumentKind.IDENTITY})
"""Documents of one small size, so that presence and length tell nothing."""


@dataclass(frozen=True, slots=True)
class Grantee:
    """Somebody who is given a key."""

    kind: GranteeKind
    id: UUID
    public_key: PublicKey


@dataclass(frozen=True, slots=True)
class Lock:
    """One compartment of one case with the key that seals it now.

    `older` are the keys before it, while what they seal is being sealed anew.
    """

    case_id: UUID
    compartment: Compartment
    party_id: UUID
    key: CompartmentKey = field(repr=False)
    older: tuple[CompartmentKey, ...] = field(default=(), repr=False)

    def under(self, key_number: int) -> "Lock":
        """The same lock with the key of this number. Raises SealBrokenError where there is none."""
        for key in (self.key, *self.older):
            if key.number == key_number:
                return replace(self, key=key, older=())
        raise SealBrokenError("there is no key of this number")

    def place(self, table: str, row: UUID, name: str) -> Place:
        """Where a value under this key lives."""
        return Place(
            table,
            str(row),
            name,
            case_id=self.case_id,
            compartment=self.compartment,
            party_id=self.party_id if self.compartment is Compartment.CONVERSATION else None,
            key_number=self.key.number,
        )


def new_lock(door: Door, case_id: UUID, compartment: Compartment, party_id: UUID) -> Lock:
    """A compartment of a new case under its first key."""
    return Lock(case_id, compartment, party_id, door.vault.new_compartment_key())


def grant_place(lock: Lock, grantee_id: UUID) -> Place:
    """Where somebody's grant of a lock's key lives."""
    return lock.place(Grant.__tablename__, grantee_id, "sealed")


def grant_lock(door: Door, lock: Lock, grantees: Sequence[Grantee]) -> list[Grant]:
    """The rows that give people a compartment's key; the caller adds them."""
    return [_grant(door, lock, grantee) for grantee in grantees]


def _grant(door: Door, lock: Lock, grantee: Grantee) -> Grant:
    place = grant_place(lock, grantee.id)
    sealed = door.vault.grant(lock.key, place, grantee.public_key)
    return Grant(
        case_id=lock.case_id,
        compartment=lock.compartment,
        party_id=lock.party_id,
        key_number=lock.key.number,
        grantee_kind=grantee.kind,
        grantee_id=grantee.id,
        sealed=sealed,
        mac=door.vault.grant_mac(place, grantee.kind, sealed),
    )


def our_grants(door: Door, session: Session, lock: Lock) -> list[Grant]:
    """The grants of a lock's present key that we made. A row that somebody put there is none, nor
    is one that was taken away and that somebody put back.
    """
    rows = list_compartment_grants(session, lock.case_id, lock.compartment, lock.party_id)
    return [one for one in rows if one.key_number == lock.key.number and is_ours(door, one)]


def is_ours(door: Door, grant: Grant) -> bool:
    """Whether we made a grant, and it was neither changed nor taken away since."""
    try:
        _insist_ours(door, grant)
    except SealBrokenError:
        return False
    return True


def _insist_ours(door: Door, grant: Grant) -> Lock:
    """The lock of a grant, without its key. Raises SealBrokenError where it is none of ours."""
    unknown = CompartmentKey(b"", grant.key_number)
    lock = Lock(grant.case_id, grant.compartment, grant.party_id, unknown)
    place = grant_place(lock, grant.grantee_id)
    if not door.vault.grant_valid(place, grant.grantee_kind, grant.sealed, grant.mac):
        raise SealBrokenError("a grant is not as it was signed")
    door.insist_as_written(grant.case_id, grant)
    return lock


def open_locks(
    door: Door,
    case_id: UUID,
    *wanted: Compartment,
    session: Session | None = None,
    held: Sequence[Grant] | None = None,
) -> dict[Compartment, Lock]:
    """The wanted compartments of a case, or all, that the actor's own key opens, under the newest
    key number of each. Pass the `session` of a change to open what stands there at that moment;
    `held` are the actor's grants in the case, where they were read already.

    Raises NotFoundError where the actor holds no key: to a stranger the case does not exist; and
    SealBrokenError where a grant is not one that we made.
    """
    actor = door.actor
    if isinstance(actor, Staff):
        grantee_id = actor.staff_id
    elif isinstance(actor, Reporter):
        grantee_id = actor.party_id
    elif isinstance(actor, Officers):
        grantee_id = actor.set_id
    else:
        raise NotFoundError("there is nothing here for you")
    if held is None:
        held = list_grants(session or door.read, case_id, grantee_id)
    if not held:
        raise NotFoundError("there is nothing here for you")
    chosen = [one for one in held if not wanted or one.compartment in wanted]
    locks: dict[Compartment, Lock] = {}
    for grant in sorted(chosen, key=lambda one: one.key_number):
        lock, before = open_grant(door, grant, actor.private_key), locks.get(grant.compartment)
        older = (before.key, *before.older) if before else ()
        locks[grant.compartment] = replace(lock, older=older)
    return locks


def open_grant(door: Door, grant: Grant, private_key: PrivateKey) -> Lock:
    """The lock of a grant. Raises SealBrokenError where it is none of ours, or does not open."""
    lock = _insist_ours(door, grant)
    place = grant_place(lock, grant.grantee_id)
    return replace(lock, key=door.vault.open_grant(grant.sealed, place, private_key))


def sealed_document(
    door: Door, lock: Lock, kind: DocumentKind, content: Mapping[str, Any]
) -> CaseDocument:
    """The row of a new document; the caller adds it."""
    row_id = new_id()
    return CaseDocument(
        id=row_id,
        case_id=lock.case_id,
        party_id=lock.party_id,
        kind=kind,
        compartment=lock.compartment,
        key_number=lock.key.number,
        body=_sealed(door, lock, row_id, kind, content),
    )


def reveal_document(door: Door, lock: Lock, document: CaseDocument) -> dict[str, Any]:
    """What a document says. Raises SealBrokenError where it is not the newest that was written."""
    door.insist_as_written(document.case_id, document)
    lock = lock.under(document.key_number)
    place = lock.place(CaseDocument.__tablename__, document.id, "body")
    if document.kind in ROLLS:
        return door.vault.open_roll(lock.key, place, document.body)
    if document.kind in _SMALL:
        return door.vault.open_record(lock.key, place, document.body)
    return door.vault.open_document(lock.key, place, document.body)


def reseal_document(
    door: Door, lock: Lock, document: CaseDocument, content: Mapping[str, Any]
) -> None:
    """Put new content into a document's row, under the compartment's newest key."""
    document.key_number = lock.key.number
    document.body = _sealed(door, lock, document.id, document.kind, content)


def _sealed(
    door: Door, lock: Lock, row_id: UUID, kind: DocumentKind, content: Mapping[str, Any]
) -> Sealed:
    place = lock.place(CaseDocument.__tablename__, row_id, "body")
    if kind in ROLLS:
        return door.vault.seal_roll(lock.key, place, content)
    if kind in _SMALL:
        return door.vault.seal_record(lock.key, place, content)
    return door.vault.seal_document(lock.key, place, content)


def check_newest(session: Session, lock: Lock) -> None:
    """Insists that nobody has changed the key since the lock was opened: what is sealed under an
    older one could be read by whoever lost it, and by nobody once the old grants are gone.

    The caller holds the case's row. Raises StaleError.
    """
    check_key_number(session, lock.case_id, lock.compartment, lock.party_id, lock.key.number)


def check_key_number(
    session: Session, case_id: UUID, compartment: Compartment, party_id: UUID, number: int
) -> None:
    """The same for a row that was sealed under the key of this number. Raises StaleError."""
    if newest_key_number(session, case_id, compartment, party_id) != number:
        raise StaleError("the key of the case has been changed meanwhile")


def add_event(
    session: Session,
    door: Door,
    case_id: UUID,
    kind: CaseEventKind,
    status: CaseStatus | None = None,
    *,
    position: int | None = None,
) -> None:
    """One more line of the timeline, in the caller's transaction. Whoever holds the case and has
    just read its timeline knows the `position`.
    """
    actor = door.actor
    session.add(
        CaseEvent(
            case_id=case_id,
            position=position or next_event_position(session, case_id),
            kind=kind,
            on=door.clock.today(),
            staff_id=actor.staff_id if isinstance(actor, Staff) else None,
            status=status,
        )
    )
