"""The best guesser: knows the rule, the queue, the rota and every row, and that one available
member of the queue is accused and was kept out, each as likely as any other. How often do they name
the accused?

The exact answer goes through every order of the queue's members with the real rule: what a table
shows of a choice is who holds the case, which two keep the name, and who is called about danger;
then, of every promotion, who was given the case next. The guesser names whoever has the greatest
posterior. Nobody who sees no more than the tables can do better.

The bound on everything that can happen later is the guesser who is told the whole list of those
kept out, by the reporter and by lot: who is given the case hangs on that list alone (ADR 0018).
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
    left_out_by_lot,
    line_of_succession,
    with_reserve_on_call,
)

OTHERS = [UUID(int=number) for number in range(100, 103)]
RESERVES = {
    "a reserve": QueueMembers(frozenset(OTHERS), on_call=OTHERS[1]),
    "a reserve without a rota": QueueMembers(frozenset(OTHERS)),
    "no reserve": QueueMembers(frozenset()),
}
SIZES = [*range(2, 7), *(pytest.param(size, marks=pytest.mark.soak) for size in (7, 8))]
HIDING = 4
"""From this many available members on, the guesser may be right no more than half the time."""

BOUND = 5.5
"""Standard deviations that a simulation may be off: it fails by chance once in millions of runs,
even where it has thirty draws only."""


@dataclass(frozen=True)
class Sight:
    """Who holds the case, who keeps the name, who is called, and who then; who was promoted, in
    turn; and who is kept out, which is sealed.
    """

    holders: frozenset[UUID]
    keepers: frozenset[UUID]
    paged: UUID | None
    then_paged: UUID | None
    promoted: tuple[UUID, ...]
    kept_out: frozenset[UUID]

    def after(self, promotions: int) -> "Sight":
        """What the tables show when so many were promoted."""
        return replace(self, promoted=self.promoted[:promotions], kept_out=frozenset())


Table = Mapping[Sight, Counter[UUID]]
"""How many of all pairs of an order and an accused show each sight, by the accused."""


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

    @property
    def is_told_of(self) -> bool:
        """Whether the rota tells of one of the team, so that three are left out instead of two."""
        draws_lots = self.size == HIDING and self.reserve == "no reserve"
        return self.on_call is not None and not draws_lots

    @property
    def bound(self) -> Fraction:
        """How often who is told the list of those kept out is right."""
        among = Fraction(1, 3) if self.is_told_of else Fraction(1, 2)
        known = Fraction(1, self.size) if self.is_told_of else Fraction(0)
        return known + (1 - known) * among

    def seen(self, order: tuple[UUID, ...], *excluded: UUID) -> Sight:
        """What there is to see where this order was drawn and these are kept out, when everybody
        was promoted who ever can be.
        """
        queues = (self.home, RESERVES[self.reserve])
        order = (*order, *OTHERS)
        danger = self.on_call is not None
        out = set(excluded) | left_out_by_lot(order, queues, excluded, danger=danger)
        first = choose_holders(order, queues, out, wanted=self.wanted, danger=danger)
        chosen = with_reserve_on_call(first, queues, order, out)
        return Sight(
            holders=frozenset(chosen.holders),
            keepers=frozenset(chosen.identity_keepers),
            paged=chosen.paged,
            then_paged=chosen.then_paged,
            promoted=line_of_succession(order, queues, out | set(chosen.holders)),
            kept_out=frozenset(out),
        )


def told(team: Team) -> Table:
    """What who sees everything, the sealed list too, would see."""
    found: defaultdict[Sight, Counter[UUID]] = defaultdict(Counter)
    for accused in team.people:
        for order in permutations(team.people):
            found[team.seen(order, accused)][accused] += 1
    return found


def after(table: Table, promotions: int) -> Table:
    """What the tables show when so many were promoted."""
    found: defaultdict[Sight, Counter[UUID]] = defaultdict(Counter)
    for sight, by_accused in table.items():
        found[sight.after(promotions)].update(by_accused)
    return found


def joint(team: Team) -> Table:
    """What the tables show of the first choice."""
    return after(told(team), 0)


def exact(table: Table) -> Fraction:
    """How often the best guesser is right."""
    right = sum(max(by_accused.values()) for by_accused in table.values())
    return Fraction(right, sum(by_accused.total() for by_accused in table.values()))


def by_promotions(team: Team, table: Table) -> list[Fraction]:
    """How often the best guesser is right when nobody was promoted, one, and so on, until everybody
    was, of the reserve too, who ever can be.
    """
    most = max(len(sight.promoted) for sight in table)
    return [exact(after(table, promotions)) for promotions in range(most + 1)]


def simulated(team: Team, table: Table, promotions: int, draws: int) -> float:
    """The share of real draws in which the best guesser is right after so many promotions."""
    right = 0
    for _ in range(draws):
        accused = choice(team.people)
        posterior = table[team.seen(draw_order(team.people), accused).after(promotions)]
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


def say(capsys: pytest.CaptureFixture[str], team: Team, said: str) -> None:
    with capsys.disabled():
        danger = "" if team.on_call is None else f", danger, {team.reserve}"
        who = f"{team.size} available, {team.supervisors} supervisors{danger}"
        sys.stdout.write(f"\n  best guesser, {who}: {said}")


@pytest.mark.parametrize("size", SIZES)
def test_the_best_guesser_cannot_be_right_more_than_half_the_time_whoever_is_promoted(
    size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for team in teams_of(size):
        table = told(team)
        rates = by_promotions(team, table)
        rates_of_all = [*rates, exact(table)]
        assert rates_of_all == sorted(rates_of_all), "who sees more guesses no worse"
        if team.size >= HIDING:
            assert exact(table) == team.bound <= Fraction(1, 2), team
        left_out = size - how_many_holders(size)
        if team.supervisors < 3 and left_out and team.on_call is None:
            fewest = min(left_out, 2)
            more = [max(fewest, left_out - one) for one in range(len(rates))]
            assert rates == [Fraction(1, one) for one in more], team
        if team.supervisors in (0, 3) and team.reserve == "a reserve":
            say(capsys, team, "right " + ", ".join(map(str, rates)) + " after 0, 1, … promotions")


@pytest.mark.parametrize("wanted", [2, 4, 5])
@pytest.mark.parametrize(
    "size", [4, *(pytest.param(size, marks=pytest.mark.soak) for size in (5, 6))]
)
def test_no_number_of_holders_can_tell_the_best_guesser_more(size: int, wanted: int) -> None:
    for team in teams_of(size):
        assert exact(told(replace(team, wanted=wanted))) == team.bound <= Fraction(1, 2), team


def test_the_tables_cannot_hide_anybody_in_a_queue_of_three() -> None:
    assert exact(joint(Team(3))) == 1


@pytest.mark.parametrize("size", range(HIDING, 9))
@pytest.mark.parametrize("on_call", [None, 0])
def test_how_many_can_ever_hold_a_case_never_tells_whether_anybody_is_kept_out(
    size: int, on_call: int | None
) -> None:
    team = Team(size, on_call=on_call)
    order = draw_order(team.people)
    left = size - (2 if on_call is None else 3)
    for excluded in ((), order[:1], order[-1:], order[:2]):
        sight = team.seen(order, *excluded)
        assert len((sight.holders | set(sight.promoted)) & set(team.people)) == left


@pytest.mark.parametrize(
    ("size", "rate"), [(4, Fraction(1, 2)), (5, Fraction(7, 15)), (6, Fraction(4, 9))]
)
def test_danger_can_tell_a_guesser_no_more_than_is_published(size: int, rate: Fraction) -> None:
    """The rota says who should have been called: one in so many is known, the rest is a guess among
    three.
    """
    team = Team(size, on_call=size - 1)
    assert exact(joint(team)) == team.bound == rate


@pytest.mark.soak
@pytest.mark.parametrize("size", SIZES)
def test_real_draws_can_tell_the_best_guesser_no_more_than_the_exact_posterior(
    size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    draws = 20_000
    for team in teams_of(size):
        everything = told(team)
        for promotions in (0, size):
            table = after(everything, promotions)
            rate = exact(table)
            seen = simulated(team, table, promotions, draws)
            say(capsys, team, f"right {rate} = {float(rate):.4f}, drawn {seen:.4f}")
            deviation = (float(rate) * (1 - float(rate)) / draws) ** 0.5
            assert seen <= float(rate) + BOUND * deviation, team
