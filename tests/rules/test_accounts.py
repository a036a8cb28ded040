from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.actors import Role
from safeshare.kernel.errors import InvalidError
from safeshare.people.rules import insist_on_fitting, is_fresh, is_link_over, is_over, proposed_of
from safeshare.people.rules.accounts import FRESH_FOR, LINK_LASTS
from safeshare.people.rules.roles import CASE_ROLES, QUEUE_ROLES

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TOMORROW = TODAY + timedelta(days=1)
ALL = [
    frozenset(some)
    for some in chain.from_iterable(combinations(Role, count) for count in range(len(Role) + 1))
]


def fits(roles: Collection[Role], queues: Collection[str], ends_on: date | None) -> bool:
    try:
        insist_on_fitting(roles, queues, ends_on, TODAY)
    except InvalidError:
        return False
    return True


@pytest.mark.parametrize("roles", ALL)
def test_an_administrator_cannot_have_a_role_of_cases(roles: frozenset[Role]) -> None:
    if Role.ADMINISTRATOR in roles and roles & CASE_ROLES:
        assert not any(
            fits(roles, queues, day) for queues in ((), ("hr",)) for day in (None, TOMORROW)
        )


@pytest.mark.parametrize("roles", [one for one in ALL if Role.INSPECTOR in one])
def test_an_inspector_can_be_nothing_else_and_has_a_last_day(roles: frozenset[Role]) -> None:
    assert fits(roles, (), TOMORROW) == (roles == {Role.INSPECTOR})
    assert not fits(roles, (), None)


@pytest.mark.parametrize(
    ("roles", "queues", "ends_on"),
    [
        ({Role.HANDLER}, (), None),
        ({Role.LEADER}, ("hr",), None),
        ({Role.LEADER}, (), TOMORROW),
        ({Role.INSPECTOR}, (), TODAY - timedelta(days=1)),
        ({Role.INSPECTOR}, (), TODAY + timedelta(days=367)),
        (set(), (), None),
    ],
)
def test_what_does_not_fit_cannot_be_proposed(
    roles: set[Role], queues: tuple[str, ...], ends_on: date | None
) -> None:
    assert not fits(roles, queues, ends_on)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.SUPERVISOR])
def test_whoever_serves_a_queue_can_be_proposed_for_one(role: Role) -> None:
    assert fits({role}, ("hr",), None)


@given(st.sets(st.sampled_from(list(Role))))
def test_no_role_that_watches_over_cases_can_count_at_once(roles: set[Role]) -> None:
    assert proposed_of(roles) == roles & {Role.SUPERVISOR, Role.OVERSEER}
    assert QUEUE_ROLES & (roles - proposed_of(roles)) <= {Role.HANDLER}


def test_a_last_day_is_a_whole_day() -> None:
    assert not is_over(TODAY, TODAY)
    assert is_over(TODAY, TOMORROW)
    assert not is_over(None, TOMORROW)


@given(st.timedeltas(timedelta(days=-2), timedelta(days=2)))
def test_a_proof_is_fresh_for_a_quarter_of_an_hour_and_never_before_it_was_given(
    ago: timedelta,
) -> None:
    assert is_fresh(NOW - ago, NOW) == (timedelta(0) <= ago <= FRESH_FOR)
    assert not is_fresh(None, NOW)


def test_a_link_ends_with_its_last_instant() -> None:
    assert not is_link_over(NOW, NOW - timedelta(seconds=1))
    assert is_link_over(NOW, NOW)
    assert timedelta(hours=72) == LINK_LASTS
