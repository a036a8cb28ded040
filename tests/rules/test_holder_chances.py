"""The proof by counting: over many draws everybody eligible is chosen as often as the rule says.

The statistic is Pearson's chi-square over the *sets* of people chosen, which are the outcomes of
one draw, so that the expected numbers are exact. A test fails by chance once in a thousand million
runs, as nearly as a distribution of so many draws follows chi-square's.
"""

from collections import Counter
from itertools import permutations
from uuid import UUID

import pytest

from safeshare.concerns.rules import QueueMembers, choose_holders, draw_order, line_of_overseers
from safeshare.kernel.actors import Role
from safeshare.people.rules import MemberFacts, eligible_holders, eligible_overseers

ONE_IN_A_THOUSAND_MILLION = 5.9978
"""The standard normal deviate that is exceeded once in a thousand million times."""

QUEUE = UUID(int=999)
EIGHT = [UUID(int=number) for number in range(1, 9)]
EXCLUDED, FORGED = UUID(int=20), UUID(int=21)
OTHERS = [UUID(int=number) for number in range(30, 40)]
DRAWS = [3_000, pytest.param(100_000, marks=pytest.mark.soak)]

Set = frozenset[UUID]


def bound(outcomes: int) -> float:
    """What chi-square exceeds once in a thousand million times (Wilson and Hilferty's
    approximation).
    """
    freedom = outcomes - 1
    share = 2 / (9 * freedom)
    return float(freedom * (1 - share + ONE_IN_A_THOUSAND_MILLION * share**0.5) ** 3)


def chi_square(seen: Counter[Set], chances: dict[Set, float]) -> float:
    draws = seen.total()
    return sum((seen[one] - draws * p) ** 2 / (draws * p) for one, p in chances.items())


def member(staff_id: UUID, *roles: Role, mac_valid: bool = True) -> MemberFacts:
    return MemberFacts(
        staff_id=staff_id,
        active=True,
        available=True,
        roles=frozenset(roles),
        mac_valid=mac_valid,
        approved_queues=frozenset({QUEUE}),
    )


def staff(supervisors: int) -> list[MemberFacts]:
    """Eight eligible people, one excluded, and one whose record was forged to be a supervisor."""
    chiefs = [member(one, Role.SUPERVISOR) for one in EIGHT[:supervisors]]
    handlers = [member(one, Role.HANDLER) for one in (*EIGHT[supervisors:], EXCLUDED)]
    return [*chiefs, *handlers, member(FORGED, Role.SUPERVISOR, mac_valid=False)]


def draw(members: list[MemberFacts]) -> tuple[UUID, ...]:
    """One draft: a fresh order of everybody, then the choice among the eligible."""
    eligible = eligible_holders(members, QUEUE)
    supervisors = {one.staff_id for one in members if Role.SUPERVISOR in one.roles} & eligible
    order = draw_order([*OTHERS, *(one.staff_id for one in members)])
    home = QueueMembers(eligible, frozenset(supervisors))
    return choose_holders(order, (home,), {EXCLUDED}).holders


def expected(supervisors: int) -> dict[Set, float]:
    """The chance of each set of three of the eight, by going through every order of them."""
    chiefs = set(EIGHT[:supervisors]) if supervisors >= 3 else set()
    chances: Counter[Set] = Counter()
    for order in permutations(EIGHT):
        first = order[:3]
        if chiefs and not chiefs & set(first):
            first = (*first[:2], next(one for one in order if one in chiefs))
        chances[frozenset(first)] += 1
    return {people: count / chances.total() for people, count in chances.items()}


@pytest.mark.parametrize("draws", DRAWS)
@pytest.mark.parametrize("supervisors", [0, 2, 3, 5])
def test_every_eligible_member_can_be_chosen_as_often_as_the_rule_says(
    supervisors: int, draws: int
) -> None:
    members, chances = staff(supervisors), expected(supervisors)
    seen = Counter(frozenset(draw(members)) for _ in range(draws))
    assert set(seen) <= set(chances), "somebody was chosen who never may be"
    assert chi_square(seen, chances) < bound(len(chances))


@pytest.mark.parametrize("draws", DRAWS)
def test_every_eligible_member_can_keep_the_identity_equally_often(draws: int) -> None:
    members = staff(0)
    seen = Counter(frozenset({draw(members)[0]}) for _ in range(draws))
    chances = {frozenset({one}): 1 / len(EIGHT) for one in EIGHT}
    assert set(seen) <= set(chances)
    assert chi_square(seen, chances) < bound(len(chances))


@pytest.mark.parametrize("draws", DRAWS)
def test_every_overseer_can_be_chosen_equally_often(draws: int) -> None:
    overseers = [member(one, Role.OVERSEER) for one in EIGHT]
    eligible = eligible_overseers([*overseers, member(FORGED, Role.OVERSEER, mac_valid=False)])
    seen: Counter[Set] = Counter()
    for _ in range(draws):
        found, *_ = line_of_overseers(draw_order([*EIGHT, FORGED, *OTHERS]), eligible, {EIGHT[0]})
        seen[frozenset({found})] += 1
    chances = {frozenset({one}): 1 / 7 for one in EIGHT[1:]}
    assert set(seen) <= set(chances)
    assert chi_square(seen, chances) < bound(len(chances))


@pytest.mark.parametrize("supervisors", [0, 3])
def test_a_choice_that_favours_somebody_cannot_pass_the_count(supervisors: int) -> None:
    members, chances = staff(supervisors), expected(supervisors)
    seen: Counter[Set] = Counter()
    for _ in range(3_000):
        holders = draw(members)
        again = EIGHT[7] not in holders
        seen[frozenset(draw(members) if again else holders)] += 1
    assert chi_square(seen, chances) > bound(len(chances))
