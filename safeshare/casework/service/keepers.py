"""The keepers of the reporter's name: reading it, and handing its key on."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.casework.queries import keeps_name, staff_with
from safeshare.casework.rules import hand_overs
from safeshare.casework.service.account import document_of, reveal
from safeshare.casework.service.sheet import read_sheet, replace_sheet, resealed
from safeshare.casework.service.standing import NamesACase, case_facts, staff_of, standing_of
from safeshare.casework.service.summary import CaseSummary, key_holders, summary_of
from safeshare.concerns.models import Case, DocumentKind, Grant, GranteeKind
from safeshare.concerns.queries import get_case_held, list_grants
from safeshare.concerns.rules import clean_reason
from safeshare.concerns.service.compartments import open_locks, our_grants
from safeshare.concerns.service.exclusions import Locks
from safeshare.concerns.service.holding import give_keys, may_hold
from safeshare.concerns.service.rotation import rotate
from safeshare.gate import Door, Facts, use_case
from safeshare.kernel.errors import BarredError, InvalidError, StaleError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.people.queries import list_standings
from safeshare.people.service.liveness import find_gone
from safeshare.policy.actions import Action

MOST_NOTED = 20
"""Hand-overs that the case sheet keeps; the ledger keeps all."""


@dataclass(frozen=True, slots=True)
class ReadName:
    """Ask who the reporter is."""

    reference: str


@dataclass(frozen=True, slots=True)
class NameRead:
    """What the reporter told of who they are; empty where they told nothing."""

    summary: CaseSummary
    identity: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class LookAtKeepers:
    """Ask to whom the key of the name may be handed, and in whose place."""

    reference: str


@dataclass(frozen=True, slots=True)
class Change:
    """One way in which the key of the name may change hands."""

    to: UUID
    to_name: str
    instead_of: UUID
    instead_of_name: str


@dataclass(frozen=True, slots=True)
class KeepersPage:
    """In which ways the key of the name may change hands; empty where in none."""

    summary: CaseSummary
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class HandOver:
    """Give the key of the name to `to`, in the place of `instead_of`."""

    reference: str
    to: UUID
    instead_of: UUID
    reason: str = field(repr=False)


def name_facts(door: Door, command: NamesACase) -> Facts:
    """What the policy needs to know where the name is concerned."""
    facts = case_facts(door, command)
    if not facts.is_holder:
        return facts
    case_id, staff_id = standing_of(door, command).case.id, staff_of(door).staff_id
    return replace(facts, is_keeper=keeps_name(door.read, case_id, staff_id))


@use_case(Action.IDENTITY_READ, facts=name_facts)
def read_name(door: Door, command: ReadName) -> NameRead:
    """Who the reporter is, for a keeper. Each reading is an entry, which the reporter sees.

    Raises SealBrokenError where the record or the grant was changed.
    """
    standing = standing_of(door, command)
    case_id = standing.case.id
    locks = open_locks(door, case_id, Compartment.IDENTITY)
    identity = reveal(door, document_of(door, case_id, DocumentKind.IDENTITY), locks)
    door.record(Event.IDENTITY_OPENED, case_id=case_id)
    return NameRead(summary_of(door, standing), identity)


@use_case(Action.IDENTITY_GIVE, facts=name_facts)
def look_at_keepers(door: Door, command: LookAtKeepers) -> KeepersPage:
    """How the key of the name may change hands. Opens nothing, so it needs no entry."""
    standing = standing_of(door, command)
    case, people = standing.case, key_holders(door, standing.case.id)
    names = staff_with(people, Compartment.WORK) | staff_with(people, Compartment.IDENTITY)
    if case.contact_id is not None and standing.contact_name is not None:
        names[case.contact_id] = standing.contact_name
    keepers = staff_with(people, Compartment.IDENTITY).keys()
    found = _hand_overs(door, door.read, case, frozenset(keepers), names.keys())
    changes = [Change(to, names[to], one, names[one]) for to, one in found]
    return KeepersPage(summary_of(door, standing), tuple(sorted(changes, key=_by_names)))


def keepers_gone(door: Door, case_id: UUID) -> tuple[str, ...]:
    """The keepers who can be followed by another holder: by the names of `find_gone`."""
    keepers = staff_with(key_holders(door, case_id), Compartment.IDENTITY)
    gone = find_gone(door, door.read, keepers)
    return tuple(name for one, name in keepers.items() if one in gone)


@use_case(Action.IDENTITY_GIVE, facts=name_facts)
def hand_over(door: Door, command: HandOver) -> None:
    """Give somebody the key of the name and take it from a keeper: there are as many keepers
    afterwards as before. The key itself is changed with it.

    It goes to the contact person, or, in the place of a keeper who works for no team any more, to
    another holder. That does not happen by itself: one supervisor can take a keeper out of a team,
    and might so become the next. It takes a keeper, as everything about the name does.

    Raises InvalidError where somebody may not be given it or the reason is missing; StaleError
    where the contact person, the keepers or their teams have changed.
    """
    reason = clean_reason(command.reason)
    standing = standing_of(door, command)
    sheet = read_sheet(door, standing.case, Compartment.IDENTITY)
    changed = resealed(door, sheet, _noted(door, sheet.says, command, reason))
    with door.change() as session:
        case = get_case_held(session, standing.case.id)
        keepers = _staff_of(our_grants(door, session, sheet.locks[Compartment.IDENTITY]))
        holders = _staff_of(our_grants(door, session, sheet.locks[Compartment.WORK]))
        wanted = (command.to, command.instead_of)
        if wanted not in _hand_overs(door, session, case, keepers, holders):
            raise StaleError("the contact person, the keepers or their teams have changed")
        replace_sheet(session, sheet, changed)
        _move_key(door, session, case, sheet.locks, command)
        door.record(
            Event.IDENTITY_HANDED_OVER,
            case_id=case.id,
            staff=str(command.to),
            instead_of=str(command.instead_of),
        )


def give_name_key(door: Door, session: Session, case: Case, locks: Locks, staff_id: UUID) -> None:
    """Give a holder the key of the name as well. Part of use cases of a keeper, whose locks open
    work and identity: so the list of those kept out is judged. A holder is whom we made one: a row
    that somebody put into the table makes nobody a keeper.

    Raises BarredError where they hold the case no more, or may not be given it.
    """
    holding = our_grants(door, session, locks[Compartment.WORK])
    if staff_id not in {one.grantee_id for one in holding}:
        raise BarredError("not_a_holder", field="decision")
    parts = (Compartment.WORK, Compartment.IDENTITY)
    give_keys(door, session, case, {part: locks[part] for part in parts}, [staff_id])


def hand_on_name(
    door: Door, session: Session, case: Case, locks: Locks, holders: Iterable[UUID]
) -> None:
    """Give the key of the name to the first of these holders who may have it. Part of use cases of
    a keeper. The key may be one that nobody uses: what becomes of it tells nothing of a name.
    """
    for one in holders:
        with suppress(InvalidError):
            give_name_key(door, session, case, locks, one)
            door.record(Event.IDENTITY_GIVEN, case_id=case.id, staff=str(one))
            return


def _move_key(door: Door, session: Session, case: Case, locks: Locks, command: HandOver) -> None:
    give_name_key(door, session, case, locks, command.to)
    for grant in list_grants(session, case.id, command.instead_of):
        if grant.compartment is Compartment.IDENTITY:
            session.delete(grant)
    session.flush()
    name = {Compartment.IDENTITY: locks[Compartment.IDENTITY]}
    rotate(door, session, case.id, name, known=locks)


def _hand_overs(
    door: Door, session: Session, case: Case, keepers: frozenset[UUID], holders: Collection[UUID]
) -> frozenset[tuple[UUID, UUID]]:
    gone = find_gone(door, session, keepers)
    able = may_hold(door, session, list_standings(session, sorted(holders))) if gone else ()
    return hand_overs(case.contact_id, keepers, gone, frozenset(able))


def _staff_of(grants: Iterable[Grant]) -> frozenset[UUID]:
    return frozenset(one.grantee_id for one in grants if one.grantee_kind is GranteeKind.STAFF)


def _by_names(one: Change) -> tuple[str, str]:
    return one.to_name, one.instead_of_name


def _noted(
    door: Door,
    says: Mapping[str, Any],
    command: HandOver,
    reason: str,
) -> dict[str, Any]:
    note = {
        "from": str(command.instead_of),
        "to": str(command.to),
        "by": str(staff_of(door).staff_id),
        "on": door.clock.today().isoformat(),
        "reason": reason,
    }
    return {"hand_overs": [*says.get("hand_overs", ()), note][-MOST_NOTED:]}
