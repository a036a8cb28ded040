"""How the actor stands to a case: what the policy asks first, and use cases then build on."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from safeshare.casework.queries import CaseStanding, find_standing, list_reachable
from safeshare.concerns.service.exclusions import is_kept_out
from safeshare.gate import Door, Facts, use_case
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.policy.actions import Action


class NamesACase(Protocol):
    """A command on one case, by its public number."""

    @property
    def reference(self) -> str:
        """The case's public number."""


def case_facts(door: Door, command: NamesACase) -> Facts:
    """What the policy needs to know. A case that is not there has no holder either; nor is anybody
    one who has come to be kept out of it, whatever keys they still have.

    Raises SealBrokenError where that cannot be told: something is not as it was written.
    """
    actor = door.actor
    if not isinstance(actor, Staff):
        return Facts()
    found = _find(door, command.reference, actor.staff_id)
    if found is None:
        return Facts()
    return facts_of(door, found)


def facts_of(door: Door, found: CaseStanding) -> Facts:
    """The same of a standing that was found. Raises as `case_facts` does."""
    held_case = found.case.id if found.is_holder else None
    try:
        if is_kept_out(door, found.case.id, found.grants):
            return Facts(is_kept_out=True)
    except SealBrokenError as broken:
        broken.held_case = held_case
        raise
    return Facts(
        held_case=held_case,
        is_holder=found.is_holder,
        has_attested=found.has_attested,
        is_correspondent=found.is_correspondent,
    )


def staff_of(door: Door) -> Staff:
    """The actor, who the policy has made sure is a member of staff."""
    if not isinstance(door.actor, Staff):
        raise NotFoundError("there is nothing here for you")
    return door.actor


def standing_of(door: Door, command: NamesACase) -> CaseStanding:
    """The case of a command, and how the actor stands to it. A snapshot."""
    found = _find(door, command.reference, staff_of(door).staff_id)
    if found is None:
        raise NotFoundError("there is no such case")
    return found


def _find(door: Door, reference: str, staff_id: UUID) -> CaseStanding | None:
    key = (find_standing, reference, staff_id)
    return door.once(key, lambda session: find_standing(session, reference, staff_id))


@use_case(Action.FORM_RESUME)
def list_still_open(door: Door, references: Collection[str]) -> frozenset[str]:
    """Which of these cases the actor still has to do with: a key to any part, or their oversight.

    Of any other they are to see nothing, not even what they had begun to write.
    """
    return list_reachable(door.read, staff_of(door).staff_id, references)


@dataclass(frozen=True, slots=True)
class HowIStand:
    """Ask how one stands to a case."""

    reference: str


@use_case(Action.CASE_ATTEST, facts=case_facts)
def how_i_stand(door: Door, command: HowIStand) -> CaseStanding:
    """How a holder stands to a case: have they declared that they have no tie?"""
    return standing_of(door, command)
