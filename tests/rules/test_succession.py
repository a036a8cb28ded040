"""Who follows when a holder gives a case up, and who is called when nobody answers."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from safeshare.concerns.rules import (
    choose_holders,
    line_of_overseers,
    line_of_succession,
    with_reserve_on_call,
)
from tests.rules.test_holders import ANN, CAT, EVE, SIX, Situation, situations


@given(situations().filter(lambda case: case.anybody))
def test_whoever_is_next_in_line_can_be_given_the_case(case: Situation) -> None:
    choice = choose_holders(
        case.order, case.queues, case.excluded, wanted=case.wanted, danger=case.danger
    )
    line = line_of_succession(case.order, case.queues, case.excluded | set(choice.holders))
    members = frozenset[UUID]().union(*(queue.members for queue in case.queues))
    home = [p for p in case.left if p not in choice.holders]
    assert list(line[: len(home)]) == home
    assert set(line) == members - case.excluded - set(choice.holders)
    assert len(set(line)) == len(line)


@given(situations().filter(lambda case: case.anybody))
def test_whoever_is_called_next_can_read_of_the_danger_and_is_never_kept_out(
    case: Situation,
) -> None:
    first = choose_holders(
        case.order, case.queues, case.excluded, wanted=case.wanted, danger=case.danger
    )
    choice = with_reserve_on_call(first, case.queues, case.order, case.excluded)
    assert choice.holders[: len(first.holders)] == first.holders
    assert set(choice.holders) - set(first.holders) <= {choice.then_paged}
    if not case.danger:
        assert choice == first
    if choice.then_paged is not None:
        assert choice.then_paged in choice.holders
        assert choice.then_paged not in case.excluded | {choice.paged}


@given(st.permutations(SIX), st.frozensets(st.sampled_from(SIX)))
def test_the_overseer_can_only_be_the_first_who_is_neither_excluded_nor_a_holder(
    order: list[UUID], never: frozenset[UUID]
) -> None:
    overseers = {ANN, CAT, EVE}
    left = [one for one in order if one in overseers - never]
    assert line_of_overseers(order, overseers, never) == tuple(left)
