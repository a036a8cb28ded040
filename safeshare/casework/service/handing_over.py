"""Handing cases over to a colleague: one case for a reason, or many in batches.

Whomever a case keeps out is not given it, however many cases are handed over, and nobody is told
which of them it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from safeshare.casework.handing_over_queries import (
    count_to_hand_over,
    list_to_hand_over,
)
from safeshare.casework.service.sheet import read_sheet, replace_sheet, resealed
from safeshare.casework.service.standing import case_facts, staff_of, standing_of
from safeshare.concerns.queries import get_case_held, list_holders
from safeshare.concerns.service.exclusions import excluded_from
from safeshare.concerns.service.handing_over import give_many
from safeshare.concerns.service.holding import give_keys, may_hold
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import BarredError, InvalidError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.people.queries import list_choosable_standings
from safeshare.people.service.membership import held_standing
from safeshare.policy.actions import Action

CASES_A_ROUND = 200
"""How many cases one transaction hands over: well under a second of work."""

LONGEST_REASON = 1_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who could be given a case."""

    staff_id: UUID
    name: str
    job_title: str


@dataclass(frozen=True, slots=True)
class OfferColleagues:
    """Ask who could be given a case."""

    reference: str


@dataclass(frozen=True, slots=True)
class AddHolder:
    """Give a colleague the keys of a case. The reason is sealed with the case."""

    reference: str
    staff_id: UUID
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HandOver:
    """Give a colleague the keys of the cases that the actor holds, one batch after `after`.

    With `held_by`, only of those that this person holds as well: somebody who leaves.
    """

    staff_id: UUID
    held_by: UUID | None = None
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What one batch did. `after` is where the next begins; None where nothing is left."""

    given: int
    refused: int
    after: UUID | None


@use_case(Action.CASE_ADD_HOLDER, facts=case_facts)
def list_colleagues_for(door: Door, command: OfferColleagues) -> Sequence[Colleague]:
    """Who could be given the case: eligible, trained where somebody was in danger, not kept out of
    it, and not a holder already.
    """
    case = standing_of(door, command).case
    sheet = read_sheet(door, case)
    out = excluded_from(door, sheet.locks, case.id) | {
        one.grantee_id for one in list_holders(door.read, case.id)
    }
    danger = bool(sheet.says.get("danger"))
    found = [one for one in _colleagues(door, danger=danger) if one.staff_id not in out]
    door.record(Event.CASE_OPENED, case_id=case.id, part="exclusions")
    return found


@use_case(Action.CASE_ADD_HOLDER, facts=case_facts)
def add_holder(door: Door, command: AddHolder) -> None:
    """Make a colleague a holder. The reason stands on the case sheet.

    Raises InvalidError where there is no reason, BarredError where they may not be given it,
    StaleError where the case was changed meanwhile.
    """
    reason = command.reason.strip()
    if not reason:
        raise InvalidError("reason_missing", "reason")
    if len(reason) > LONGEST_REASON:
        raise InvalidError("too_long", "reason")
    staff, case = staff_of(door), standing_of(door, command).case
    sheet = read_sheet(door, case)
    line = {
        "staff_id": str(command.staff_id),
        "by": str(staff.staff_id),
        "on": door.clock.today().isoformat(),
        "reason": reason,
    }
    changed = resealed(door, sheet, {"added": [*sheet.says.get("added", ()), line]})
    with door.change() as session:
        held = get_case_held(session, case.id)
        wanted = (Compartment.CONVERSATION, Compartment.WORK)
        locks = {one: sheet.locks[one] for one in wanted}
        give_keys(door, session, held, locks, [command.staff_id])
        replace_sheet(session, sheet, changed)


@use_case(Action.CASE_HAND_OVER)
def list_colleagues(door: Door, _command: None) -> Sequence[Colleague]:
    """Everybody who could be given cases at all, but the actor."""
    own = staff_of(door).staff_id
    return [one for one in _colleagues(door) if one.staff_id != own]


@use_case(Action.CASE_HAND_OVER)
def count_cases_to_hand_over(door: Door, command: HandOver) -> int:
    """How many cases the batches would go through."""
    own = staff_of(door).staff_id
    return count_to_hand_over(door.read, own, command.staff_id, command.held_by)


@use_case(Action.CASE_HAND_OVER)
def hand_over(door: Door, command: HandOver) -> HandedOver:
    """Hand the next batch over. Whoever stops half-way begins again: what was given is not given
    twice.

    Raises BarredError where the colleague may be given no cases.
    """
    actor = staff_of(door)
    with door.change() as session:
        standing = held_standing(door, session, command.staff_id)
        if command.staff_id not in may_hold(door, session, [standing]):
            raise BarredError("may_not_hold", "staff")
        case_ids = list_to_hand_over(
            session,
            actor.staff_id,
            command.staff_id,
            command.held_by,
            after=command.after,
            most=CASES_A_ROUND,
        )
        trained = may_hold(door, session, [standing], danger=True)
        done = give_many(
            door, session, actor, standing.member, case_ids, may_have_danger=bool(trained)
        )
        door.record(
            Event.CASES_HANDED_OVER,
            staff=str(command.staff_id),
            given=str(done.given),
            refused=str(done.refused),
        )
    is_last = len(case_ids) < CASES_A_ROUND
    return HandedOver(done.given, done.refused, None if is_last else case_ids[-1])


def _colleagues(door: Door, *, danger: bool = False) -> list[Colleague]:
    standings = list_choosable_standings(door.read)
    able = may_hold(door, door.read, standings, danger=danger)
    members = [one.member for one in standings if one.member.id in able]
    return sorted(
        (Colleague(one.id, one.display_name, one.job_title) for one in members),
        key=lambda one: (one.name, one.staff_id),
    )
