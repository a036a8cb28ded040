"""Making and opening what a case seals: grants, documents, and the plain timeline beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from safeshare.concerns.queries import list_grants, next_event_position
from safeshare.concerns.rules import CaseStatus
from safeshare.gate import Door
from safeshare.kernel.actors import Reporter, Staff
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.sealed import Compartment, CompartmentKey, Place, PrivateKey, PublicKey

COMPARTMENT_OF = {
    DocumentKind.ACCOUNT: Compartment.CONVERSATION,
    DocumentKind.CASE_SHEET: Compartment.WORK,
    DocumentKind.EXCLUSIONS: Compartment.WORK,
    DocumentKind.IDENTITY: Compartment.IDENTITY,
}
SMALL = frozenset({DocumentKind.EXCLUSIONS, DocumentKind.IDENTITY})
"""Documents of one fixed size, so that presence and length tell nothing."""


@dataclass(frozen=True, slots=True)
class Grantee:
    """Somebody who is given a key."""

    kind: GranteeKind
    id: UUID
    public_key: PublicKey


@dataclass(frozen=True, slots=True)
class Lock:
    """One compartment of one case with the key that opens it now."""

    case_id: UUID
    compartment: Compartment
    party_id: UUID
    key: CompartmentKey = field(repr=False)

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


def grant_lock(door: Door, lock: Lock, grantees: Sequence[Grantee]) -> list[Grant]:
    """The rows that give people a compartment's key; the caller adds them."""
    return [_grant(door, lock, grantee) for grantee in grantees]


def _grant(door: Door, lock: Lock, grantee: Grantee) -> Grant:
    place = lock.place(Grant.__tablename__, grantee.id, "sealed")
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


def open_locks(door: Door, case_id: UUID, *wanted: Compartment) -> dict[Compartment, Lock]:
    """The wanted compartments of a case, or all, that the actor's own key opens, under the newest
    key number of each.

    Raises NotFoundError where the actor holds no key: to a stranger the case does not exist; and
    SealBrokenError where a grant is not one that we made.
    """
    actor = door.actor
    if isinstance(actor, Staff):
        grantee_id = actor.staff_id
    elif isinstance(actor, Reporter):
        grantee_id = actor.party_id
    else:
        raise NotFoundError("there is nothing here for you")
    held = list_grants(door.read, case_id, grantee_id)
    if not held:
        raise NotFoundError("there is nothing here for you")
    chosen = [one for one in held if not wanted or one.compartment in wanted]
    return {
        grant.compartment: _opened(door, grant, actor.private_key)
        for grant in sorted(chosen, key=lambda one: one.key_number)
    }


def _opened(door: Door, grant: Grant, private_key: PrivateKey) -> Lock:
    """The lock of a grant. Raises SealBrokenError where it is none of ours, or does not open."""
    unknown = CompartmentKey(b"", grant.key_number)
    place = Lock(grant.case_id, grant.compartment, grant.party_id, unknown).place(
        Grant.__tablename__, grant.grantee_id, "sealed"
    )
    if not door.vault.grant_valid(place, grant.grantee_kind, grant.sealed, grant.mac):
        raise SealBrokenError("a grant is not as it was signed")
    key = door.vault.open_grant(grant.sealed, place, private_key)
    return Lock(grant.case_id, grant.compartment, grant.party_id, key)


def sealed_document(
    door: Door, lock: Lock, kind: DocumentKind, content: Mapping[str, Any]
) -> CaseDocument:
    """The row of a new document; the caller adds it."""
    row_id = new_id()
    place = lock.place(CaseDocument.__tablename__, row_id, "body")
    seal = door.vault.seal_record if kind in SMALL else door.vault.seal_document
    return CaseDocument(
        id=row_id,
        case_id=lock.case_id,
        party_id=lock.party_id,
        kind=kind,
        compartment=lock.compartment,
        key_number=lock.key.number,
        body=seal(lock.key, place, content),
    )


def reveal_document(door: Door, lock: Lock, document: CaseDocument) -> dict[str, Any]:
    """What a document says."""
    place = lock.place(CaseDocument.__tablename__, document.id, "body")
    opened = door.vault.open_record if document.kind in SMALL else door.vault.open_document
    return opened(lock.key, place, document.body)


def reseal_document(
    door: Door, lock: Lock, document: CaseDocument, content: Mapping[str, Any]
) -> None:
    """Put new content into a document's row, under the compartment's newest key."""
    place = lock.place(CaseDocument.__tablename__, document.id, "body")
    seal = door.vault.seal_record if document.kind in SMALL else door.vault.seal_document
    document.key_number = lock.key.number
    document.body = seal(lock.key, place, content)


def add_event(
    session: Session,
    door: Door,
    case_id: UUID,
    kind: CaseEventKind,
    status: CaseStatus | None = None,
) -> None:
    """One more line of the timeline, in the caller's transaction."""
    actor = door.actor
    session.add(
        CaseEvent(
            case_id=case_id,
            position=next_event_position(session, case_id),
            kind=kind,
            on=door.clock.today(),
            staff_id=actor.staff_id if isinstance(actor, Staff) else None,
            status=status,
        )
    )
