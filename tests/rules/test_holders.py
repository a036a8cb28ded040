from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations, product
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.concerns.rules import (
    QueueMembers,
    choose_holders,
    draw_order,
    extend_order,
    how_many_holders,
)
from safeshare.kernel.errors import NobodyEligibleError


def people(count: int, first: int = 1) -> list[UUID]:
    return [UUID(int=first + number) for number in range(count)]


@dataclass(frozen=True)
class Situation:
    """A draft: its order, the queue and its reserves, who is excluded, how many are wanted."""

    order: tuple[UUID, ...]
    queues: tuple[QueueMembers, ...]
    excluded: frozenset[UUID]
    wanted: int
    danger: bool

    @property
    def home(self) -> QueueMembers:
        return self.queues[0]

    @property
    def left(self) -> list[UUID]:
        """The home queue's people whom the concern may be given to, in order."""
        return [p for p in self.order if p in self.home.members and p not in self.excluded]

    @property
    def anybody(self) -> bool:
        members = frozenset[UUID]().union(*(queue.members for queue in self.queues))
        return bool(members - self.excluded)

    @property
    def places(self) -> int:
        """How many of the home queue's people hold the case, exclusions not yet taken off."""
        available = len(self.home.members)
        if self.rota is None or self.rota not in self.home.members or not self.danger:
            return how_many_holders(available, self.wanted)
        if available == 4 and not self.spare:
            return how_many_holders(available, self.wanted)
        fewest = 1 if self.spare else 2
        return how_many_holders(available, self.wanted, left_out=3, fewest=fewest)

    @property
    def rota(self) -> UUID | None:
        """Whom everybody who reads the rota expects to be called."""
        named = [q.on_call for q in self.queues if q.on_call in q.members]
        return named[0] if named else None

    @property
    def spare(self) -> frozenset[UUID]:
        """Who could fill up."""
        others = frozenset[UUID]().union(*(queue.members for queue in self.queues[1:]))
        return others - self.home.members - self.excluded

    @property
    def paged(self) -> UUID | None:
        """The first on-call person along the chain who may be given the concern."""
        may = [q.on_call for q in self.queues if q.on_call in q.members - self.excluded]
        return may[0] if may and self.danger else None

    @property
    def draws_lots(self) -> bool:
        """Whether too few are there to hide among, were the on-call person always a holder."""
        is_told = self.danger and self.rota in self.home.members
        return is_told and len(self.home.members) == 4 and not self.spare


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    everybody = people(draw(st.integers(1, 12)))
    subsets = st.frozensets(st.sampled_from(everybody))
    queues = []
    for _ in range(draw(st.integers(1, 3))):
        members = draw(subsets)
        supervisors = draw(subsets) & members
        queues.append(
            QueueMembers(members, supervisors, draw(st.none() | st.sampled_from(everybody)))
        )
    return Situation(
        order=tuple(draw(st.permutations(everybody))),
        queues=tuple(queues),
        excluded=draw(st.just(frozenset[UUID]()) | subsets),
        wanted=draw(st.integers(2, 5)),
        danger=draw(st.booleans()),
    )


def chosen(case: Situation) -> tuple[UUID, ...]:
    choice = choose_holders(
        case.order, case.queues, case.excluded, wanted=case.wanted, danger=case.danger
    )
    return choice.holders


@given(situations())
def test_somebody_can_be_found_exactly_when_there_is_anybody(case: Situation) -> None:
    if case.anybody:
        assert chosen(case)
    else:
        with pytest.raises(NobodyEligibleError):
            chosen(case)


@given(situations().filter(lambda case: case.anybody))
def test_an_excluded_or_foreign_person_cannot_be_chosen(case: Situation) -> None:
    members = frozenset[UUID]().union(*(queue.members for queue in case.queues))
    holders = chosen(case)
    assert set(holders) <= members - case.excluded
    assert len(set(holders)) == len(holders)


@given(situations().filter(lambda case: case.anybody))
def test_two_people_can_always_answer_where_there_are_two(case: Situation) -> None:
    available = frozenset[UUID]().union(*(q.members for q in case.queues)) - case.excluded
    assert len(chosen(case)) >= min(2, len(available))


@given(situations().filter(lambda case: case.anybody))
def test_no_more_people_can_read_than_the_queue_says(case: Situation) -> None:
    assert len(chosen(case)) <= max(case.places, 2)


@given(situations().filter(lambda case: len(case.left) >= 2))
def test_the_reserve_cannot_read_while_the_queue_has_two(case: Situation) -> None:
    others = set(chosen(case)) - case.home.members
    assert others <= {case.paged} or (case.places == 1 and len(others) == 1)


@given(situations().filter(lambda case: len(case.left) >= max(case.places, 2)))
def test_an_exclusion_cannot_be_told_from_how_many_hold_the_case(case: Situation) -> None:
    assert len(chosen(case)) == (2 if case.places == 1 and case.spare else case.places)


@given(situations().filter(lambda case: case.anybody), st.randoms(use_true_random=False))
def test_excluding_somebody_who_was_not_chosen_cannot_change_anything(
    case: Situation, dice: Random
) -> None:
    holders = chosen(case)
    others = [one for one in case.order if one not in holders]
    more = frozenset(dice.sample(others, dice.randint(0, len(others))))
    assert chosen(replace(case, excluded=case.excluded | more)) == holders


@given(situations().filter(lambda case: bool(case.left) and not case.danger))
def test_a_supervisor_can_always_be_found_among_the_holders_where_three_are_there(
    case: Situation,
) -> None:
    holders, available = chosen(case), case.home.supervisors
    if len(available) >= 3 and available - case.excluded:
        assert available & set(holders)
    elif len(available) < 3:
        first = tuple(case.left[: case.places])
        assert holders[: len(first)] == first


@given(situations().filter(lambda case: case.anybody))
def test_the_person_on_call_can_always_read_of_danger(case: Situation) -> None:
    choice = choose_holders(
        case.order, case.queues, case.excluded, wanted=case.wanted, danger=case.danger
    )
    if not case.danger:
        assert choice.paged is None
    else:
        assert choice.paged in choice.holders
        assert case.paged in {None, choice.paged} or case.draws_lots


@given(situations().filter(lambda case: case.anybody))
def test_asking_again_can_only_give_the_same_people(case: Situation) -> None:
    assert chosen(case) == chosen(case)


@pytest.mark.parametrize(
    ("available", "wanted", "holders"),
    [
        (0, 3, 0),
        (1, 3, 1),
        (2, 3, 2),
        (3, 3, 3),
        (4, 3, 2),
        (5, 3, 3),
        (8, 3, 3),
        (3, 2, 2),
        (4, 2, 2),
        (6, 5, 4),
        (7, 5, 5),
        (9, 1, 2),
    ],
)
def test_few_people_can_hold_a_case(available: int, wanted: int, holders: int) -> None:
    assert how_many_holders(available, wanted) == holders


ANN, BEN, CAT, DAN, EVE, FAY, GUS, HAL = people(8)
SIX = (ANN, BEN, CAT, DAN, EVE, FAY)
SPARE = QueueMembers(frozenset({GUS, HAL}), on_call=HAL)


def queue(*supervisors: UUID, on_call: UUID | None = None) -> QueueMembers:
    return QueueMembers(frozenset(SIX), frozenset(supervisors), on_call)


@pytest.mark.parametrize(
    ("home", "excluded", "danger", "holders"),
    [
        pytest.param(queue(), (), False, (ANN, BEN, CAT), id="the first three"),
        pytest.param(queue(), (BEN,), False, (ANN, CAT, DAN), id="exclusion promotes"),
        pytest.param(queue(EVE, FAY), (), False, (ANN, BEN, CAT), id="two supervisors tell much"),
        pytest.param(queue(DAN, EVE, FAY), (), False, (ANN, BEN, DAN), id="first supervisor"),
        pytest.param(queue(DAN, EVE, FAY), (DAN,), False, (ANN, BEN, EVE), id="next supervisor"),
        pytest.param(queue(BEN, EVE, FAY), (), False, (ANN, BEN, CAT), id="one is chosen already"),
        pytest.param(
            queue(DAN, EVE, FAY), (DAN, EVE, FAY), False, (ANN, BEN, CAT), id="no supervisor left"
        ),
        pytest.param(queue(), SIX[2:], False, (ANN, BEN), id="two are enough"),
        pytest.param(queue(), SIX[1:], False, (ANN, GUS), id="the reserve fills up to two"),
        pytest.param(queue(), SIX, False, (GUS, HAL), id="the reserve alone"),
        pytest.param(queue(), (*SIX, GUS), False, (HAL,), id="one is all there is"),
        pytest.param(queue(on_call=FAY), (), False, (ANN, BEN, CAT), id="no danger, no call"),
        pytest.param(queue(on_call=FAY), (), True, (ANN, BEN, FAY), id="on call"),
        pytest.param(queue(on_call=BEN), (), True, (ANN, BEN, CAT), id="on call and in line"),
        pytest.param(
            queue(DAN, EVE, FAY, on_call=CAT), (), True, (ANN, DAN, CAT), id="call and supervisor"
        ),
        pytest.param(
            queue(CAT, DAN, EVE, on_call=FAY), (), True, (ANN, CAT, FAY), id="call, then supervisor"
        ),
        pytest.param(
            queue(DAN, EVE, FAY, on_call=FAY), (), True, (ANN, BEN, FAY), id="supervisor on call"
        ),
        pytest.param(queue(on_call=FAY), (FAY,), True, (ANN, BEN, HAL), id="reserve's on call"),
        pytest.param(queue(on_call=FAY), SIX[1:], True, (ANN, HAL), id="one, and reserve's call"),
        pytest.param(queue(on_call=GUS), (HAL,), True, (ANN, BEN, CAT), id="rota names a stranger"),
    ],
)
def test_the_written_order_can_be_followed_by_hand(
    home: QueueMembers, excluded: tuple[UUID, ...], danger: bool, holders: tuple[UUID, ...]
) -> None:
    order = (*SIX, GUS, HAL)
    assert choose_holders(order, (home, SPARE), excluded, danger=danger).holders == holders


def test_somebody_can_be_paged_even_without_anybody_on_call() -> None:
    assert choose_holders(SIX, (queue(),), danger=True).paged == ANN


def test_the_first_two_holders_can_be_the_identity_keepers() -> None:
    assert choose_holders(SIX, (queue(),)).identity_keepers == (ANN, BEN)


def test_a_person_who_joined_after_the_order_was_drawn_cannot_push_anybody_out() -> None:
    assert choose_holders((FAY, EVE, DAN, CAT), (queue(),)).holders == (FAY, EVE)
    order = extend_order((FAY, EVE, DAN, CAT), SIX)
    assert order[:4] == (FAY, EVE, DAN, CAT)
    assert set(order[4:]) == {ANN, BEN}
    assert choose_holders(order, (queue(),)).holders == (FAY, EVE, DAN)


def test_every_order_can_come_of_exactly_one_run_of_the_dice() -> None:
    found: Counter[tuple[UUID, ...]] = Counter()
    for thrown in product(range(4), range(3), range(2)):
        dice = iter(thrown)

        def throw(sides: int, dice: Iterator[int] = dice) -> int:
            number = next(dice)
            assert number < sides
            return number

        found[draw_order([DAN, ANN, CAT, BEN], throw)] += 1
    assert found == Counter(permutations((ANN, BEN, CAT, DAN)))


def test_how_the_people_were_read_cannot_be_told_from_the_order() -> None:
    def fixed(_: int) -> int:
        return 0

    assert draw_order(SIX, fixed) == draw_order(reversed(SIX), fixed)
    assert draw_order([*SIX, ANN], fixed) == draw_order(SIX, fixed)
