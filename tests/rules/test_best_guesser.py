"""The best guesser: knows the rule, the queue and every row, and that one available member of the
queue is accused and was kept out, each as likely as any other. How often do they name the accused?

The exact answer goes through every order of the queue's members with the real rule: what a table
shows of a choice is who holds the case and which two keep the name. The guesser names whoever has
the greatest posterior. Nobody who sees no more than the tables can do better.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from secrets import choice
from uuid import UUID

import pytest

from safeshare.concerns.rules import QueueMembers, choose_holders, draw_order, how_many_holders

Seen = tuple[frozenset[UUID], frozenset[UUID]]
"""Who holds the case, and who keeps the name."""

RESERVE = QueueMembers(frozenset(UUID(int=number) for number in range(100, 104)))
SIZES = [*range(2, 6), *(pytest.param(size, marks=pytest.mark.soak) for size in (6, 7, 8))]
HIDING = 4
"""From this many available members on, the guesser may be right no more than half the time."""

BOUND = 5.0
"""Standard deviations that a simulation may be off: it fails by chance once in millions of runs."""


@dataclass(frozen=True)
class Team:
    """A queue of so many available people, so many of them supervisors, and who is on call."""

    size: int
    supervisors: int = 0
    has_danger: bool = False

    @property
    def people(self) -> list[UUID]:
        return [UUID(int=number) for number in range(1, self.size + 1)]

    @property
    def home(self) -> QueueMembers:
        on_call = self.people[-1] if self.has_danger else None
        chiefs = frozenset(self.people[: self.supervisors])
        return QueueMembers(frozenset(self.people), chiefs, on_call)

    def seen(self, order: tuple[UUID, ...], accused: UUID) -> Seen:
        """What the tables show where this order was drawn and this person kept out."""
        order = (*order, *sorted(RESERVE.members))
        chosen = choose_holders(order, (self.home, RESERVE), {accused}, danger=self.has_danger)
        return frozenset(chosen.holders), frozenset(chosen.identity_keepers)


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
    for supervisors in range(size + 1):
        yield Team(size, supervisors)


def say(capsys: pytest.CaptureFixture[str], team: Team, rate: Fraction, seen: float) -> None:
    with capsys.disabled():
        danger = ", danger" if team.has_danger else ""
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
        if team.supervisors < 3 and left_out:
            assert rate == Fraction(1, left_out), team


def test_the_tables_cannot_hide_anybody_in_a_queue_of_three() -> None:
    assert exact(joint(Team(3))) == 1


def test_danger_tells_a_guesser_more_because_the_rota_says_who_should_have_been_called() -> None:
    assert exact(joint(Team(4, has_danger=True))) == Fraction(5, 8)
    assert exact(joint(Team(5, has_danger=True))) == Fraction(3, 5)


@pytest.mark.soak
@pytest.mark.parametrize("size", SIZES)
def test_real_draws_can_tell_the_best_guesser_no_more_than_the_exact_posterior(
    size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    draws = 20_000
    for team in (*teams_of(size), Team(size, has_danger=True)):
        table = joint(team)
        rate = exact(table)
        seen = simulated(team, table, draws)
        say(capsys, team, rate, seen)
        deviation = (float(rate) * (1 - float(rate)) / draws) ** 0.5
        assert seen <= float(rate) + BOUND * deviation, team
