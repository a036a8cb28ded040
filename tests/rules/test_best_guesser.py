"""The best guesser: knows the rule, the queue, the rota and every row, and that one available
member of the queue is accused and was kept out, each as likely as any other. How often do they name
the accused?

The exact answer goes through every order of the queue's members with the real rule: what a table
shows of a choice is who holds the case, which two keep the name, and who is called about danger.
The guesser names whoever has the greatest posterior. Nobody who sees no more than the tables can do
better.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import permutations
from secrets import choice
from uuid import UUID

import pytest

from safeshare.concerns.rules import (
    QueueMembers,
    choose_holders,
    draw_order,
    how_many_holders,
    with_reserve_on_call,
)

Seen = tuple[frozenset[UUID], frozenset[UUID], UUID | None, UUID | None]
"""Who holds the case, who keeps the name, who is called, and who is called then."""

OTHERS = [UUID(int=number) for number in range(100, 103)]
RESERVES = {
    "a reserve": QueueMembers(frozenset(OTHERS), on_call=OTHERS[1]),
    "a reserve without a rota": QueueMembers(frozenset(OTHERS)),
    "no reserve": QueueMembers(frozenset()),
}
SIZES = [*range(2, 7), *(pytest.param(size, marks=pytest.mark.soak) for size in (7, 8))]
HIDING = 4
"""From this many available members on, the guesser may be right no more than half the time."""

BOUND = 5.0
"""Standard deviations that a simulation may be off: it fails by chance once in millions of runs."""


@dataclass(frozen=True)
class Team:
    """A queue of so many available people, so many of them supervisors. `on_call` is the place of
    whom the rota names, with the danger flag; None without.
    """

    size: int
    supervisors: int = 0
    on_call: int | None = None
    wanted: int = 3
    reserve: str = "a reserve"

    @property
    def people(self) -> list[UUID]:
        return [UUID(int=number) for number in range(1, self.size + 1)]

    @property
    def home(self) -> QueueMembers:
        on_call = None if self.on_call is None else self.people[self.on_call]
        chiefs = frozenset(self.people[: self.supervisors])
        return QueueMembers(frozenset(self.people), chiefs, on_call)

    def seen(self, order: tuple[UUID, ...], accused: UUID) -> Seen:
        """What the tables show where this order was drawn and this person kept out."""
        queues = (self.home, RESERVES[self.reserve])
        order = (*order, *OTHERS)
        danger = self.on_call is not None
        first = choose_holders(order, queues, {accused}, wanted=self.wanted, danger=danger)
        chosen = with_reserve_on_call(first, queues, order, {accused})
        keepers = frozenset(chosen.identity_keepers)
        return frozenset(chosen.holders), keepers, chosen.paged, chosen.then_paged


def joint(team: Team) -> Mapping[Seen, Counter[UUID]]:
    """How many of all pairs of an order and an accused show each sight, by the accused."""
    found: defaultdict[Seen, Counter[UUID]] = defaultdict(Counter)
    for accused in team.people:
        for order in permutations(team.people):
            found[team.seen(order, accused)][accused] += 1
    return found


def exact(table: Mapping[Seen, Counter[UUID]]) -> Fraction:
    """How often the best guesser is right."""
    right = sum(max(by_accused.values()) for by_accused in table.values())
    return Fraction(right, sum(by_accused.total() for by_accused in table.values()))


def simulated(team: Team, table: Mapping[Seen, Counter[UUID]], draws: int) -> float:
    """The share of real draws in which the best guesser is right."""
    right = 0
    for _ in range(draws):
        accused = choice(team.people)
        posterior = table[team.seen(draw_order(team.people), accused)]
        right += posterior.most_common(1)[0][0] == accused
    return right / draws


def teams_of(size: int) -> Iterator[Team]:
    """The teams of a size, without danger and with it; a supervisor is on call, or another. Of the
    large ones, which take long, those alone in which the rules differ.
    """
    is_large = size > 5
    reserves = ["a reserve"] if is_large else list(RESERVES)
    for supervisors in (0, 3, size) if is_large else range(size + 1):
        yield Team(size, supervisors)
        for on_call in (0, size - 1):
            yield from (Team(size, supervisors, on_call, reserve=one) for one in reserves)


def say(capsys: pytest.CaptureFixture[str], team: Team, rate: Fraction, seen: float) -> None:
    with capsys.disabled():
        danger = "" if team.on_call is None else f", danger, {team.reserve}"
        sys.stdout.write(
            f"\n  best guesser, {team.size} available, {team.supervisors} supervisors{danger}: "
            f"right {rate} = {float(rate):.4f}, drawn {seen:.4f}"
        )


@pytest.mark.parametrize("size", SIZES)
def test_the_best_guesser_cannot_be_right_more_than_half_the_time(size: int) -> None:
    for team in teams_of(size):
        rate = exact(joint(team))
        if team.size >= HIDING:
            assert rate <= Fraction(1, 2), team
        left_out = size - how_many_holders(size)
        if team.supervisors < 3 and left_out and team.on_call is None:
            assert rate == Fraction(1, left_out), team


@pytest.mark.parametrize("wanted", [2, 4, 5])
@pytest.mark.parametrize(
    "size", [4, *(pytest.param(size, marks=pytest.mark.soak) for size in (5, 6))]
)
def test_no_number_of_holders_can_tell_the_best_guesser_more(size: int, wanted: int) -> None:
    for team in teams_of(size):
        assert exact(joint(replace(team, wanted=wanted))) <= Fraction(1, 2), team


def test_the_tables_cannot_hide_anybody_in_a_queue_of_three() -> None:
    assert exact(joint(Team(3))) == 1


@pytest.mark.parametrize(
    ("size", "rate"), [(4, Fraction(1, 2)), (5, Fraction(7, 15)), (6, Fraction(4, 9))]
)
def test_danger_can_tell_a_guesser_no_more_than_is_published(size: int, rate: Fraction) -> None:
    """The rota says who should have been called: one in so many is known, the rest is a guess among
    three.
    """
    assert exact(joint(Team(size, on_call=size - 1))) == rate
    assert rate == Fraction(1, size) + Fraction(size - 1, size) * Fraction(1, 3)


@pytest.mark.soak
@pytest.mark.parametrize("size", SIZES)
def test_real_draws_can_tell_the_best_guesser_no_more_than_the_exact_posterior(
    size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    draws = 20_000
    for team in teams_of(size):
        table = joint(team)
        rate = exact(table)
        seen = simulated(team, table, draws)
        say(capsys, team, rate, seen)
        deviation = (float(rate) * (1 - float(rate)) / draws) ** 0.5
        assert seen <= float(rate) + BOUND * deviation, team
