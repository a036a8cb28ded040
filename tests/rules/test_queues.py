from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import MisconfiguredError
from safeshare.people.rules import QueueSettings, check_reserves, load_queues, reserve_chain

RESERVES = {"independent": None, "safeguarding": "independent", "hr": "independent", "psd": "hr"}
ORDER = tuple(RESERVES)


@pytest.mark.parametrize(
    ("queue", "barred", "chain"),
    [
        ("hr", (), ("hr", "independent", "safeguarding", "psd")),
        ("psd", (), ("psd", "hr", "independent", "safeguarding")),
        ("psd", ("hr",), ("psd", "independent", "safeguarding")),
        ("independent", ("hr", "psd"), ("independent", "safeguarding")),
        ("independent", ORDER, ()),
    ],
)
def test_a_concern_can_only_pass_on_to_reserves_and_then_to_the_others(
    queue: str, barred: tuple[str, ...], chain: tuple[str, ...]
) -> None:
    assert reserve_chain(queue, RESERVES, ORDER, barred) == chain


names = st.sampled_from(ORDER)


@given(names, st.dictionaries(names, st.none() | names), st.frozensets(names))
def test_no_queue_can_be_forgotten_or_asked_twice(
    queue: str, reserves: dict[str, str | None], barred: frozenset[str]
) -> None:
    chain = reserve_chain(queue, reserves, ORDER, barred)
    assert sorted(chain) == sorted(set(ORDER) - barred)


@pytest.mark.parametrize(
    "reserves", [{"hr": "hr"}, {"hr": "psd", "psd": "hr"}, {"hr": "gone"}, {"a": "b", "b": "gone"}]
)
def test_a_reserve_cannot_be_unknown_or_lead_back(reserves: dict[str, str | None]) -> None:
    with pytest.raises(MisconfiguredError):
        check_reserves(reserves)


def test_the_shipped_queues_can_all_fall_back_on_the_independent_one(
    queues: tuple[QueueSettings, ...],
) -> None:
    assert {queue.code: queue.reserve for queue in queues} == {
        "independent": None,
        "safeguarding": "independent",
        "hr": "independent",
        "professional_standards": "independent",
    }
    assert {queue.holders_wanted for queue in queues} == {3}
    assert all(queue.shows_names for queue in queues)


def queue(**changes: Any) -> dict[str, Any]:
    table = {"code": "hr", "name": "Human Resources"} | changes
    return {key: value for key, value in table.items() if value is not None}


@pytest.mark.parametrize(
    "queues",
    [
        [],
        [queue(), queue()],
        [queue(reserve="independent")],
        [queue(holders_wanted=1)],
        [queue(holders_wanted=0)],
        [queue(holders_wanted="three")],
        [queue(holders_wanted=True)],
        [queue(shows_names="yes")],
        [queue(name="")],
        [queue(name=None)],
        [queue(code=3)],
        "hr",
        ["hr"],
    ],
)
def test_an_installation_cannot_start_with_queues_that_make_no_sense(queues: Any) -> None:
    with pytest.raises(MisconfiguredError):
        load_queues({"queue": queues})


def test_a_queue_can_show_roles_only_and_ask_for_more_holders() -> None:
    (loaded,) = load_queues({"queue": [queue(shows_names=False, holders_wanted=4)]})
    assert (loaded.shows_names, loaded.holders_wanted, loaded.reserve) == (False, 4, None)
