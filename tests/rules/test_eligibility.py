from dataclasses import replace
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest

from safeshare.kernel.actors import Role
from safeshare.people.rules import (
    Bar,
    MemberFacts,
    eligible_holders,
    eligible_overseers,
    forged,
    roles_fit,
    why_not_holder,
    why_not_overseer,
)

QUEUE, OTHER = UUID(int=1), UUID(int=2)
FIT = MemberFacts(
    staff_id=UUID(int=7),
    active=True,
    available=True,
    roles=frozenset({Role.HANDLER}),
    mac_valid=True,
    approved_queues=frozenset({QUEUE}),
    trained_queues=frozenset({QUEUE}),
)
OVERSEER = replace(FIT, roles=frozenset({Role.OVERSEER}), approved_queues=frozenset())


@pytest.mark.parametrize(
    ("changes", "bar"),
    [
        ({}, None),
        ({"roles": frozenset({Role.SUPERVISOR})}, None),
        ({"roles": frozenset({Role.HANDLER, Role.SUPERVISOR})}, None),
        ({"trained_queues": frozenset()}, None),
        ({"mac_valid": False}, Bar.FORGED),
        ({"mac_valid": False, "active": False, "available": False}, Bar.FORGED),
        ({"active": False}, Bar.NOT_ACTIVE),
        ({"available": False}, Bar.AWAY),
        ({"approved_queues": frozenset({OTHER})}, Bar.NOT_APPROVED),
        ({"roles": frozenset()}, Bar.WRONG_ROLE),
        ({"roles": frozenset({Role.OVERSEER})}, Bar.WRONG_ROLE),
        ({"roles": frozenset({Role.LEADER})}, Bar.WRONG_ROLE),
        ({"roles": frozenset({Role.HANDLER, Role.ADMINISTRATOR})}, Bar.WRONG_ROLE),
        ({"roles": frozenset({Role.ADMINISTRATOR})}, Bar.WRONG_ROLE),
    ],
)
def test_only_a_fit_member_can_be_given_a_concern(changes: dict[str, Any], bar: Bar | None) -> None:
    member = replace(FIT, **changes)
    assert why_not_holder(member, QUEUE) is bar
    assert eligible_holders([member], QUEUE) == (set() if bar else {FIT.staff_id})


def test_a_member_without_training_cannot_be_given_danger_while_another_has_it() -> None:
    untrained = replace(FIT, staff_id=UUID(int=8), trained_queues=frozenset({OTHER}))
    assert why_not_holder(untrained, QUEUE, danger=True) is Bar.NOT_TRAINED
    assert eligible_holders([FIT, untrained], QUEUE, danger=True) == {FIT.staff_id}
    assert eligible_holders([FIT, untrained], QUEUE) == {FIT.staff_id, untrained.staff_id}


def test_a_warning_of_danger_cannot_be_lost_for_want_of_training() -> None:
    untrained = replace(FIT, trained_queues=frozenset())
    away = replace(FIT, staff_id=UUID(int=8), available=False)
    assert eligible_holders([untrained, away], QUEUE, danger=True) == {untrained.staff_id}


@pytest.mark.parametrize(
    ("changes", "bar"),
    [
        ({}, None),
        ({"mac_valid": False}, Bar.FORGED),
        ({"active": False}, Bar.NOT_ACTIVE),
        ({"available": False}, Bar.AWAY),
        ({"roles": frozenset({Role.SUPERVISOR})}, Bar.WRONG_ROLE),
        ({"roles": frozenset({Role.OVERSEER, Role.HANDLER})}, Bar.WRONG_ROLE),
        ({"roles": frozenset({Role.OVERSEER, Role.ADMINISTRATOR})}, Bar.WRONG_ROLE),
    ],
)
def test_only_a_fit_overseer_can_oversee(changes: dict[str, Any], bar: Bar | None) -> None:
    overseer = replace(OVERSEER, **changes)
    assert why_not_overseer(overseer) is bar
    assert eligible_overseers([overseer]) == (set() if bar else {OVERSEER.staff_id})


def test_a_forged_record_can_be_named_for_the_alarm() -> None:
    altered = replace(FIT, staff_id=UUID(int=9), mac_valid=False)
    assert forged([FIT, altered, replace(FIT, active=False)]) == {altered.staff_id}


FITTING = [
    *({role} for role in Role),
    {Role.HANDLER, Role.SUPERVISOR},
    {Role.LEADER, Role.ADMINISTRATOR},
]


@pytest.mark.parametrize("count", range(len(Role) + 1))
def test_a_person_can_have_only_roles_that_go_together(count: int) -> None:
    for roles in combinations(Role, count):
        assert roles_fit(roles) is (set(roles) in FITTING), roles


@pytest.mark.parametrize("role", [Role.HANDLER, Role.SUPERVISOR, Role.OVERSEER])
def test_an_administrator_cannot_be_given_cases(role: Role) -> None:
    assert not roles_fit({Role.ADMINISTRATOR, role})
