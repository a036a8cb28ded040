"""The keepers of the reporter's name: reading it, and handing its key on."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.casework.queries import keeps_name, list_key_holders, staff_with
from safeshare.casework.rules import check_handing_over
from safeshare.casework.service.account import document_of, reveal
from safeshare.casework.service.sheet import read_sheet, replace_sheet, resealed
from safeshare.casework.service.standing import NamesACase, case_facts, staff_of, standing_of
from safeshare.casework.service.summary import CaseSummary, summary_of
from safeshare.concerns.models import Case, DocumentKind
from safeshare.concerns.queries import get_case_held, list_grants
from safeshare.concerns.rules import clean_reason
from safeshare.concerns.service.compartments import open_locks, our_grants
from safeshare.concerns.service.exclusions import Locks
from safeshare.concerns.service.holding import give_keys
from safeshare.concerns.service.rotation import rotate
from safeshare.gate import Door, Facts, use_case
from safeshare.kernel.errors import BarredError, InvalidError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
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
    """Ask who keeps the name, for the page that hands its key over."""

    reference: str


@dataclass(frozen=True, slots=True)
class Keepers:
    """Who keeps the name: id and name. `needs_key`: the contact person is none of them."""

    summary: CaseSummary
    keepers: tuple[tuple[UUID, str], ...]
    needs_key: bool


@dataclass(frozen=True, slots=True)
class HandOver:
    """Give the key of the name to the contact person `to`, in the place of `instead_of`."""

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
def look_at_keepers(door: Door, command: LookAtKeepers) -> Keepers:
    """Who keeps the name. Opens nothing, so it needs no entry."""
    standing = standing_of(door, command)
    keepers = _keepers(door.read, standing.case.id)
    contact = standing.case.contact_id
    return Keepers(
        summary=summary_of(door, standing),
        keepers=tuple(keepers.items()),
        needs_key=contact is not None and contact not in keepers,
    )


@use_case(Action.IDENTITY_GIVE, facts=name_facts)
def hand_over(door: Door, command: HandOver) -> None:
    """Give the contact person the key of the name and take it from another keeper: there are as
    many keepers afterwards as before. The key itself is changed with it.

    Raises InvalidError where the contact person may not be given it, the reason is missing, or
    nobody gives the key up; StaleError where the contact person or the keepers have changed.
    """
    reason = clean_reason(command.reason)
    standing = standing_of(door, command)
    sheet = read_sheet(door, standing.case, Compartment.IDENTITY)
    changed = resealed(door, sheet, _noted(door, sheet.says, command, reason))
    with door.change() as session:
        case = get_case_held(session, standing.case.id)
        keepers = _keepers(session, case.id)
        check_handing_over(case.contact_id, frozenset(keepers), command.to, command.instead_of)
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
    rotate(door, session, case.id, {Compartment.IDENTITY: locks[Compartment.IDENTITY]})


def _keepers(session: Session, case_id: UUID) -> Mapping[UUID, str]:
    return staff_with(list_key_holders(session, case_id), Compartment.IDENTITY)


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
