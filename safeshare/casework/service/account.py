"""Opening what a case seals: the account of the party, the case sheet, who the reporter is."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from safeshare.concerns.models import Case, CaseDocument, DocumentKind
from safeshare.concerns.queries import list_documents
from safeshare.concerns.rules import Answer, answers_in
from safeshare.concerns.service.compartments import COMPARTMENT_OF, Lock, reveal_document
from safeshare.gate import Door
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Compartment
from safeshare.people.models import Location
from safeshare.people.queries import find_queue_name

Locks = Mapping[Compartment, Lock]


def document_of(door: Door, case_id: UUID, kind: DocumentKind) -> CaseDocument:
    """A case's document of a kind. Each has one from the start: SealBrokenError where not."""
    rows = door.once((list_documents, case_id), lambda session: list_documents(session, case_id))
    found = {row.kind: row for row in rows}
    if kind not in found:
        raise SealBrokenError("a document of the case is gone")
    return found[kind]


def reveal_account(door: Door, case: Case, locks: Locks) -> Mapping[str, Answer]:
    """The answers that the party gave."""
    document = document_of(door, case.id, DocumentKind.ACCOUNT)
    return answers_in(reveal(door, document, locks))


def reveal(door: Door, document: CaseDocument, locks: Locks) -> dict[str, Any]:
    """What a document says, by the key of its compartment.

    Raises SealBrokenError where a holder lacks the key: the grant was taken out of the table.
    """
    lock = locks.get(COMPARTMENT_OF[document.kind])
    if lock is None:
        raise SealBrokenError("the holder has no key to this compartment")
    return reveal_document(door, lock, document)


def find_place_name(door: Door, answer: Answer | None) -> str | None:
    """The name of the place that was chosen on the form; None where none was, or it is gone."""
    try:
        place_id = UUID(answer) if isinstance(answer, str) else None
    except ValueError:
        return None
    place = door.read.get(Location, place_id) if place_id else None
    return place.name if place else None


def find_team_name(door: Door, answer: Answer | None) -> str | None:
    """The name of the team that the reporter asked for; None where they asked for none."""
    return find_queue_name(door.read, answer) if answer and isinstance(answer, str) else None


def conversation(locks: Locks) -> Lock:
    """The key of the conversation. Raises SealBrokenError where a holder was robbed of it."""
    if Compartment.CONVERSATION not in locks:
        raise SealBrokenError("the holder has no key to the conversation")
    return locks[Compartment.CONVERSATION]
