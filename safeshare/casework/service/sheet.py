"""The case sheet: reading it, and storing it changed unless a colleague was faster. Parts of use
cases.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from safeshare.casework.service.account import Locks, document_of, reveal
from safeshare.concerns.models import Case, CaseDocument, DocumentKind
from safeshare.concerns.service.compartments import check_newest, open_locks, reseal_document
from safeshare.gate import Door
from safeshare.kernel.errors import StaleError
from safeshare.kernel.sealed import Compartment


@dataclass(frozen=True, slots=True)
class Sheet:
    """The case sheet as it was read: its row, what it says, and the keys that open the case."""

    row: CaseDocument
    says: Mapping[str, Any] = field(repr=False)
    locks: Locks = field(repr=False)


def read_sheet(door: Door, case: Case, *further: Compartment) -> Sheet:
    """The sheet of a case, opened with the actor's own key, with the keys of work, conversation and
    the `further` compartments.
    """
    locks = open_locks(door, case.id, Compartment.WORK, Compartment.CONVERSATION, *further)
    row = document_of(door, case.id, DocumentKind.CASE_SHEET)
    return Sheet(row, reveal(door, row, locks), locks)


def resealed(door: Door, sheet: Sheet, changes: Mapping[str, Any]) -> CaseDocument:
    """The sheet's row with changed content, not yet part of any transaction."""
    lock = sheet.locks[Compartment.WORK]
    changed = CaseDocument(id=sheet.row.id, kind=sheet.row.kind)
    reseal_document(door, lock, changed, {**sheet.says, **changes})
    return changed


def replace_sheet(session: Session, sheet: Sheet, changed: CaseDocument) -> None:
    """Store the changed sheet, whose case the caller holds. Raises StaleError where a colleague
    changed it, or the key, since it was read.
    """
    check_newest(session, sheet.locks[Compartment.WORK])
    row = session.get_one(CaseDocument, sheet.row.id)
    if row.body != sheet.row.body:
        raise StaleError("a colleague has changed the sheet meanwhile")
    row.body, row.key_number = changed.body, changed.key_number
