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

from safeshare.concerns.models import CaseDocument, GranteeKind
from safeshare.concerns.queries import (
    get_case,
    list_case_grants,
    list_compartment_grants,
    list_grants,
    list_holders,
)
from safeshare.concerns.rules import AlarmKind
from safeshare.concerns.service.alarms import end_alarm
from safeshare.concerns.service.compartments import (
    Grantee,
    Lock,
    check_newest,
    grant_lock,
    is_ours,
    our_grants,
    reseal_document,
    reveal_document,
)
from safeshare.concerns.service.exclusions import Locks, keeps_out, out_by_name
from safeshare.concerns.service.holding import take_keys
from safeshare.concerns.service.parties import mend_grants, parties_of
from safeshare.gate import Door
from safeshare.kernel.actors import Reporter
from safeshare.kernel.errors import InvalidError
from safeshare.kernel.sealed import Compartment, PublicKey
from safeshare.ledger.events import Event
from safeshare.outbox.service.queueing import queue_alerts, queue_nudge
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
    have not left; to whose conversation it is, whatever became of their grants; and to recovery as
    it is set up now. Who is kept out is judged by all the locks that are `known`: the line says
    some who are not on the list. The caller holds the case's row. Returns the locks with their new
    keys, for whoever is to be given them next.

    Raises:
        StaleError: a key was changed since the locks were opened.
        InvalidError: neither staff nor recovery would have the new key.
        SealBrokenError: the party's public key is not as it was signed.
    """
    out = _list_out(door, session, case_id, known or locks)
    renewed = {one: _renewed(door, session, lock, out.all) for one, lock in locks.items()}
    session.flush()
    if Compartment.CONVERSATION in renewed:
        _let_go(door, session, renewed[Compartment.CONVERSATION], out.turned_to)
    resume_rotation(door, session, case_id, renewed)
    return renewed


def can_rotate(door: Door, session: Session, case_id: UUID, locks: Locks) -> bool:
    """Whether staff or recovery would have the new key of each of these compartments."""
    out = _list_out(door, session, case_id, locks).all
    return all(
        any(one.kind is not GranteeKind.PARTY for one in _grantees(door, session, lock, out))
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


@dataclass(frozen=True, slots=True)
class _Out:
    """Who goes on without a key: holders of the case, and whoever has the conversation alone."""

    holders: frozenset[UUID] = frozenset()
    turned_to: frozenset[UUID] = frozenset()

    @property
    def all(self) -> frozenset[UUID]:
        return self.holders | self.turned_to


def _list_out(door: Door, session: Session, case_id: UUID, locks: Locks) -> _Out:
    """Who of those with a key goes on without one. Nobody for being proposed for a team, which
    would let a proposal alone take cases from people. A holder who came to be in a team or at a
    place goes on until they ask for anything and give up all that they have, so that it is handed
    on as it should be.
    """
    if not locks.keys() & {Compartment.WORK, Compartment.CONVERSATION}:
        return _Out()
    grants = [
        one
        for one in list_case_grants(session, case_id)
        if one.grantee_kind is GranteeKind.STAFF and is_ours(door, one)
    ]
    holders = {one.grantee_id for one in grants if one.compartment is Compartment.WORK}
    others = {one.grantee_id for one in grants} - holders
    return _Out(
        out_by_name(door, locks, case_id, holders, session),
        frozenset(one for one in others if keeps_out(door, locks, case_id, one, session)),
    )


def _let_go(door: Door, session: Session, lock: Lock, people: frozenset[UUID]) -> None:
    """Take the case from those who had its conversation alone and came to be kept out. Where one of
    them was the contact person it has none, and the holders are told to look. So is the reporter,
    but not of what their own session does: mail would tell when they were there.
    """
    if not people:
        return
    case, today = get_case(session, lock.case_id), door.clock.today()
    if case.contact_id in people:
        end_alarm(session, case.id, AlarmKind.CONTACT_ASKED)
        end_alarm(session, case.id, AlarmKind.WORK_ASKED)
        queue_alerts(session, _list_holders(session, case.id), today)
    for one in sorted(people):
        take_keys(door, session, case.id, one)
    if case.overseer_id is None or not list_grants(session, case.id, case.overseer_id):
        end_alarm(session, case.id, AlarmKind.ESCALATED)
    if not isinstance(door.actor, Reporter):
        queue_nudge(session, lock.party_id, today)


def _list_holders(session: Session, case_id: UUID) -> frozenset[UUID]:
    grants = list_holders(session, case_id)
    return frozenset(one.grantee_id for one in grants if one.grantee_kind is GranteeKind.STAFF)


def _renewed(door: Door, session: Session, lock: Lock, excluded: frozenset[UUID]) -> Lock:
    check_newest(session, lock)
    grantees = _grantees(door, session, lock, excluded)
    if all(one.kind is GranteeKind.PARTY for one in grantees):
        raise InvalidError("last_key", field="staff")
    mend_grants(door, session, lock)
    key = door.vault.new_compartment_key(lock.key.number + 1)
    renewed = replace(lock, key=key, older=(lock.key, *lock.older))
    session.add_all(grant_lock(door, renewed, grantees))
    return renewed


def _grantees(door: Door, session: Session, lock: Lock, excluded: frozenset[UUID]) -> list[Grantee]:
    """Who goes on holding the compartment. A row that somebody put into the table is no grant."""
    staff = [
        one.grantee_id
        for one in our_grants(door, session, lock)
        if one.grantee_kind is GranteeKind.STAFF and one.grantee_id not in excluded
    ]
    holders = [
        Grantee(GranteeKind.STAFF, one.member.id, PublicKey(one.member.public_key))
        for one in list_standings(session, staff)
        if is_signed(door, one) and one.member.state is not StaffState.LEFT
    ]
    return holders + parties_of(door, session, lock) + _recovery(door, session)


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
