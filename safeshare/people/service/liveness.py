"""Who could open a case at this moment, if they hold it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from safeshare.gate import Door
from safeshare.kernel.actors import Role
from safeshare.people.queries import list_choosable_standings
from safeshare.people.rules import forged, works_cases_now
from safeshare.people.service.eligibility import facts_of


@dataclass(frozen=True, slots=True)
class LivePeople:
    """`live` can open what they hold: not left, not away, approved for a queue, signed. `present`
    may be away, and have not left. `reachable` are all who can be told something, overseers too.

    `are_judged` is False in a process that has not the key to judge signatures: it counts by the
    tables alone, and finds nobody `forged`.
    """

    live: frozenset[UUID]
    present: frozenset[UUID]
    reachable: frozenset[UUID]
    forged: frozenset[UUID]
    roles: Mapping[UUID, frozenset[Role]]
    are_judged: bool

    def with_role(self, role: Role) -> set[UUID]:
        """Those who can be told something and have a role."""
        return {one for one in self.reachable if role in self.roles[one]}


def find_live_people(door: Door) -> LivePeople:
    """Judge everybody who could hold or oversee a case, in a fixed number of statements."""
    judged = door.vault.keys.can_sign
    facts = facts_of(door, list_choosable_standings(door.read), judged=judged)
    return LivePeople(
        live=frozenset(one.staff_id for one in facts if works_cases_now(one)),
        present=frozenset(one.staff_id for one in facts if works_cases_now(one, or_away=True)),
        reachable=frozenset(one.staff_id for one in facts if one.active and one.mac_valid),
        forged=forged(facts),
        roles={one.staff_id: one.roles for one in facts},
        are_judged=judged,
    )
