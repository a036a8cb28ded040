"""New keys for a case, after somebody lost theirs, or under a new suite. Parts of other use cases.

A rotation makes the next numbered key of a compartment, grants it to everybody who still holds the
present one, and seals a batch anew. What is left is under the old number meanwhile, which the same
people still have: whoever opens the case next goes on with it. When nothing is left under an older
key, its grants go. Nothing of this is stored but the numbers of the keys themselves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from safeshare.concerns.models import CaseDocument, Grant, GranteeKind
from safeshare.concerns.queries import get_party, list_compartment_grants, list_holders
from safeshare.concerns.service.compartments import (
    Grantee,
    Lock,
    check_newest,
    grant_lock,
    our_grants,
    reseal_document,
    reveal_document,
)
from safeshare.concerns.service.exclusions import Locks, excluded_from, out_by_name
from safeshare.concerns.service.parties import trusted_party_key
from safeshare.gate import Door
from safeshare.kernel.errors import InvalidError
from safeshare.kernel.sealed import Compartment, PublicKey
from safeshare.ledger.events import Event
from safeshare.people.models import KeyKind, StaffState
from safeshare.people.queries import find_current_service_key, list_standings
from safeshare.people.service.eligibility import is_signed, trusted_public_key

ROWS_A_ROUND = 200
"""How many sealed values one transaction seals anew: well under a second of work."""


@dataclass(frozen=True, slots=True)
class SealedRows:
    """One table whose rows are sealed under a compartment's key.

    `model` has `case_id`, `party_id` and `key_number`. `within` picks the rows of a lock's
    compartment; `reseal` opens one under its own number and seals it under the lock's key.
    """

    model: type[Any]
    within: Callable[[Lock], ColumnElement[bool]]
    reseal: Callable[[Door, Lock, Any], None]


@dataclass(frozen=True, slots=True)
class SealedTables:
    """Every table with rows under compartment keys, named by wiring: some lie in higher slices."""

    tables: tuple[SealedRows, ...]


def _reseal_document(door: Door, lock: Lock, document: CaseDocument) -> None:
    reseal_document(door, lock, document, reveal_document(door, lock, document))


SEALED_DOCUMENTS = SealedRows(
    CaseDocument, lambda lock: CaseDocument.compartment == lock.compartment, _reseal_document
)


def rotate(
    door: Door, session: Session, case_id: UUID, locks: Locks, known: Locks | None = None
) -> dict[Compartment, Lock]:
    """Begin to change the keys of these compartments, and seal the first rows anew.

    The new key goes to the staff who hold the present one by a grant of ours, are not kept out and
    have not left; to the party; and to recovery as it is set up now. Who is kept out is judged by
    all the locks that are `known`: the line says some who are not on the list. The caller holds the
    case's row. Returns the locks with their new keys, for whoever is to be given them next.

    Raises:
        StaleError: a key was changed since the locks were opened.
        InvalidError: neither staff nor recovery would have the new key.
        SealBrokenError: the party's public key is not as it was signed.
    """
    excluded = _excluded(door, session, case_id, known or locks)
    renewed = {one: _renewed(door, session, lock, excluded) for one, lock in locks.items()}
    session.flush()
    resume_rotation(door, session, case_id, renewed)
    return renewed


def can_rotate(door: Door, session: Session, case_id: UUID, locks: Locks) -> bool:
    """Whether staff or recovery would have the new key of each of these compartments."""
    excluded = _excluded(door, session, case_id, locks)
    return all(
        any(one.kind is not GranteeKind.PARTY for one in _grantees(door, session, lock, excluded))
        for lock in locks.values()
    )


def is_unfinished(locks: Locks) -> bool:
    """Whether something may still be sealed under an older key."""
    return any(lock.older for lock in locks.values())


def resume_rotation(door: Door, session: Session, case_id: UUID, locks: Locks) -> bool:
    """Seal up to `ROWS_A_ROUND` more rows anew, and end what is done. Whether all is done.

    The caller holds the case's row. Raises StaleError where yet another rotation has begun.
    """
    room = ROWS_A_ROUND
    for lock in locks.values():
        if room and lock.older:
            room -= _reseal_rows(door, session, lock, room)
            if room:
                _end(session, lock)
    door.record(Event.CASE_KEYS_ROTATED, case_id=case_id, keys=_numbers(locks))
    return bool(room)


def _excluded(door: Door, session: Session, case_id: UUID, locks: Locks) -> frozenset[UUID]:
    """Who goes on without a key. A holder who only came to be in a team or at a place goes on until
    they ask for anything and give up all that they have, so that it is handed on as it should be:
    a proposal alone would else take cases from people.
    """
    if not locks.keys() & {Compartment.WORK, Compartment.CONVERSATION}:
        return frozenset()
    holders = {one.grantee_id for one in list_holders(session, case_id)}
    out = excluded_from(door, locks, case_id, session)
    return out - (holders - out_by_name(door, locks, case_id, holders, session))


def _renewed(door: Door, session: Session, lock: Lock, excluded: frozenset[UUID]) -> Lock:
    check_newest(session, lock)
    key = door.vault.new_compartment_key(lock.key.number + 1)
    renewed = replace(lock, key=key, older=(lock.key, *lock.older))
    grantees = _grantees(door, session, lock, excluded)
    if all(one.kind is GranteeKind.PARTY for one in grantees):
        raise InvalidError("last_key", field="staff")
    session.add_all(grant_lock(door, renewed, grantees))
    return renewed


def _grantees(door: Door, session: Session, lock: Lock, excluded: frozenset[UUID]) -> list[Grantee]:
    """Who goes on holding the compartment. A row that somebody put into the table is no grant."""
    grants = our_grants(door, session, lock)
    staff = [
        one.grantee_id
        for one in grants
        if one.grantee_kind is GranteeKind.STAFF and one.grantee_id not in excluded
    ]
    holders = [
        Grantee(GranteeKind.STAFF, one.member.id, PublicKey(one.member.public_key))
        for one in list_standings(session, staff)
        if is_signed(door, one) and one.member.state is not StaffState.LEFT
    ]
    return holders + _party(door, session, grants) + _recovery(door, session)


def _party(door: Door, session: Session, grants: list[Grant]) -> list[Grantee]:
    parties = [one.grantee_id for one in grants if one.grantee_kind is GranteeKind.PARTY]
    return [
        Grantee(GranteeKind.PARTY, one, trusted_party_key(door, get_party(session, one)))
        for one in parties
    ]


def _recovery(door: Door, session: Session) -> list[Grantee]:
    key = find_current_service_key(session, KeyKind.RECOVERY)
    public_key = trusted_public_key(door, key) if key else None
    if key is None or public_key is None:
        return []
    return [Grantee(GranteeKind.RECOVERY, key.owner_id, public_key)]


def _reseal_rows(door: Door, session: Session, lock: Lock, room: int) -> int:
    """Seal at most `room` rows anew. Returns how many: fewer than `room` where none is left."""
    check_newest(session, lock)
    done = 0
    for table in door.rule(SealedTables).tables:
        model = table.model
        rows = session.scalars(
            select(model)
            .where(
                model.case_id == lock.case_id,
                model.party_id == lock.party_id,
                model.key_number < lock.key.number,
                table.within(lock),
            )
            .limit(room - done)
        ).all()
        for row in rows:
            table.reseal(door, lock, row)
        done += len(rows)
    session.flush()
    return done


def _end(session: Session, lock: Lock) -> None:
    """One by one: the ledger keeps a digest of each sealed row that comes or goes."""
    grants = list_compartment_grants(session, lock.case_id, lock.compartment, lock.party_id)
    for grant in grants:
        if grant.key_number < lock.key.number:
            session.delete(grant)
    session.flush()


def _numbers(locks: Mapping[Compartment, Lock]) -> str:
    return " ".join(f"{one}:{lock.key.number}" for one, lock in sorted(locks.items()))
