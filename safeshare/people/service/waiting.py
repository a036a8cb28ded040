"""Signing what waits for somebody's approval, so that they approve what was asked for, by whoever
they are told asked for it (blueprint section 4).

A row counts its signings like whatever else is signed (ADR 0014). Deciding it raises the count, so
that a row which was decided cannot be put back to be decided again. Who waits to be let into a
queue is covered by the signature on the account itself.
"""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.gate import Door
from safeshare.kernel.actors import Role
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.keys import SignedRecord
from safeshare.people.account_queries import list_proposed_roles
from safeshare.people.models import Proposal, ProposedRole

Waiting = Proposal | ProposedRole


def add_proposal(door: Door, session: Session, row: Proposal) -> None:
    """Let a new proposal wait, signed."""
    row.id = new_id()
    _sign(door, row)
    session.add(row)


def propose_roles(door: Door, session: Session, staff_id: UUID, roles: Iterable[Role]) -> None:
    """Let roles wait for somebody, signed."""
    for role in sorted(roles):
        row = session.get(ProposedRole, (staff_id, role))
        row = row or ProposedRole(staff_id=staff_id, role=role)
        _sign(door, row)
        session.add(row)


def withdraw_roles(door: Door, session: Session, staff_id: UUID) -> None:
    """Let no role wait for somebody any more."""
    for row in list_proposed_roles(session, staff_id):
        end_waiting(door, session, row)
    session.flush()


def end_waiting(door: Door, session: Session, row: Waiting) -> None:
    """Take away what was decided, whether or not it was as it was signed."""
    record = _record(row)
    door.sign(replace(record, revision=_next_revision(door, row, record)))
    session.delete(row)


def is_as_proposed(door: Door, row: Waiting) -> bool:
    """Whether it says what was asked for, and nobody has decided it before."""
    try:
        return door.is_signed(_record(row), row.mac)
    except ValueError:  # What cannot be written down was never signed.
        return False


def _sign(door: Door, row: Waiting) -> None:
    record = _record(row)
    row.revision = _next_revision(door, row, record)
    row.mac = door.sign(replace(record, revision=row.revision))


def _next_revision(door: Door, row: Waiting, record: SignedRecord) -> int:
    """One more than was ever signed; what a row says of that counts only where we signed it."""
    seen = row.revision if row.mac and is_as_proposed(door, row) else None
    return door.next_revision(record.kind, record.owner, seen)


def _record(row: Waiting) -> SignedRecord:
    match row:
        case Proposal():
            said = {
                "kind": str(row.kind),
                "queue": str(row.queue_id) if row.queue_id else None,
                "proposed_by": str(row.proposed_by),
                "on": row.on.isoformat(),
                "content": row.content,
            }
            return SignedRecord("proposal", str(row.id), row.revision, said)
        case ProposedRole():
            return SignedRecord("proposed role", f"{row.staff_id}/{row.role}", row.revision, {})
