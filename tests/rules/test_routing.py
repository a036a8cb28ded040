from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.concerns.rules import (
    QUESTIONS,
    Answer,
    RiskBand,
    RoutingRule,
    check_routing,
    first_risk_band,
    load_routing,
    route,
    stored_condition,
    stored_rule,
)
from safeshare.concerns.rules.answers import ABOUT_WHOM
from safeshare.kernel.errors import MisconfiguredError
from safeshare.people.rules import QueueSettings
from safeshare.themes.rules import Vocabulary
from tests.rules.conftest import shipped

QUEUES = ("independent", "safeguarding", "hr", "professional_standards")
GROUPS = tuple(group["code"] for group in shipped("vocabulary")["group"])

TABLE: list[tuple[dict[str, Answer], str]] = [
    ({}, "independent"),
    ({"danger": "no"}, "independent"),
    ({"danger": "yes"}, "safeguarding"),
    ({"danger": "yes", "handle_by": "hr"}, "hr"),
    ({"about": ("hr",), "handle_by": "hr", "category": ("behaviour",)}, "independent"),
    ({"at_risk": ("child",)}, "safeguarding"),
    ({"at_risk": ("adult",), "category": ("sexual",), "handle_by": "hr"}, "safeguarding"),
    ({"at_risk": ("adult", "child")}, "safeguarding"),
    ({"category": ("safeguarding",), "handle_by": "hr"}, "safeguarding"),
    ({"category": ("sexual",), "handle_by": "hr"}, "professional_standards"),
    ({"category": ("behaviour", "sexual")}, "professional_standards"),
    ({"category": ("behaviour", "safeguarding")}, "safeguarding"),
    ({"category": ("integrity",)}, "professional_standards"),
    ({"category": ("behaviour",), "handle_by": "independent"}, "hr"),
    ({"category": ("discrimination",)}, "hr"),
    ({"category": ("safety",)}, "hr"),
    ({"category": ("fairness",)}, "hr"),
    ({"category": ("a_group_that_has_gone",), "handle_by": "safeguarding"}, "safeguarding"),
    ({"handle_by": "no_such_queue"}, "independent"),
]
ABOUT: list[tuple[dict[str, Answer], str]] = [
    ({"about": (whom,), **more}, "independent")
    for whom in ABOUT_WHOM
    for more in ({}, {"at_risk": ("child",)}, {"danger": "yes"}, {"category": ("sexual",)})
]
CHOICE: list[tuple[dict[str, Answer], str]] = [({"handle_by": queue}, queue) for queue in QUEUES]


@pytest.mark.parametrize(("answers", "queue"), TABLE + ABOUT + CHOICE)
def test_a_concern_can_only_go_where_the_written_order_sends_it(
    routing: tuple[RoutingRule, ...], answers: dict[str, Answer], queue: str
) -> None:
    assert route(routing, answers).queue == queue


def some(choices: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(choices), unique=True).map(lambda chosen: tuple(sorted(chosen)))


answers_given = st.fixed_dictionaries(
    {},
    optional={
        "about": some(ABOUT_WHOM),
        "at_risk": some(QUESTIONS["at_risk"].choices),
        "category": some((*GROUPS, "gone")),
        "handle_by": st.sampled_from((*QUEUES, "gone")),
        "danger": st.sampled_from(("yes", "no")),
    },
)


@given(answers=answers_given)
def test_no_concern_can_be_without_a_queue(
    routing: tuple[RoutingRule, ...], answers: dict[str, Answer]
) -> None:
    assert route(routing, answers).queue in QUEUES


@given(answers=answers_given)
def test_a_concern_cannot_reach_the_queue_that_it_is_about(
    routing: tuple[RoutingRule, ...], answers: dict[str, Answer]
) -> None:
    found = route(routing, answers)
    assert found.queue not in answers.get("about", ())
    assert found.barred == frozenset(answers.get("about", ()))


@given(answers=answers_given)
def test_the_danger_flag_cannot_be_lost_on_the_way(
    routing: tuple[RoutingRule, ...], answers: dict[str, Answer]
) -> None:
    assert route(routing, answers).danger is (answers.get("danger") == "yes")


@given(answers=answers_given)
def test_a_concern_about_those_who_handle_can_only_go_outside(
    routing: tuple[RoutingRule, ...], answers: dict[str, Answer]
) -> None:
    if answers.get("about"):
        assert route(routing, answers).queue == "independent"


def test_a_wrong_setting_cannot_send_a_concern_to_those_whom_it_is_about() -> None:
    rules = (
        RoutingRule("hr", {"category": frozenset({"behaviour"})}),
        RoutingRule("safeguarding", {"handle_by": frozenset({"hr"})}),
        RoutingRule("independent", {}),
    )
    answers: dict[str, Answer] = {"about": ("hr",), "category": ("behaviour",)}
    assert route(rules, answers).queue == "independent"
    assert route(rules, answers | {"handle_by": "hr"}).queue == "safeguarding"
    assert route(rules, {"category": ("behaviour",)}).queue == "hr"


def test_the_reason_can_be_read_and_is_empty_when_nothing_was_said(
    routing: tuple[RoutingRule, ...],
) -> None:
    assert route(routing, {"at_risk": ("child",), "category": ("sexual",)}).reason == ("at_risk",)
    assert route(routing, {}).reason == ()


def test_a_rule_can_be_stored_and_read_back(routing: tuple[RoutingRule, ...]) -> None:
    assert tuple(stored_rule(r.queue, stored_condition(r)) for r in routing) == routing


def test_every_category_of_the_form_can_be_routed(
    routing: tuple[RoutingRule, ...], vocabulary: Vocabulary
) -> None:
    for group in vocabulary.groups:
        assert route(routing, {"category": (group.code,)}).reason == ("category",)


def test_the_shipped_rules_can_only_name_shipped_queues_and_groups(
    routing: tuple[RoutingRule, ...],
    queues: tuple[QueueSettings, ...],
    vocabulary: Vocabulary,
) -> None:
    assert {rule.queue for rule in routing} == {queue.code for queue in queues}
    named = frozenset().union(*(rule.when.get("category", frozenset()) for rule in routing))
    assert named == {group.code for group in vocabulary.groups}


def rule(queue: str, **when: list[str]) -> dict[str, Any]:
    return {"queue": queue, "when": when}


LAST = rule("independent")


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [rule("hr", category=["behaviour"])],
        [LAST, LAST],
        [LAST, rule("hr", category=["behaviour"])],
        [rule("nowhere", category=["behaviour"]), LAST],
        [rule("hr", weather=["bad"]), LAST],
        [rule("hr", concern=["x"]), LAST],
        [rule("hr", about=["the_neighbours"]), LAST],
        [rule("hr", about=[]), LAST],
        [rule("hr", about=["hr", "hr"]), LAST],
        [{"queue": "hr", "when": "always"}, LAST],
        [{"queue": "hr", "when": {"about": "hr"}}, LAST],
        [{"when": {"about": ["hr"]}}, LAST],
        [rule("hr")],
        "independent",
    ],
)
def test_an_installation_cannot_start_with_rules_that_lose_concerns(rules: Any) -> None:
    with pytest.raises(MisconfiguredError):
        load_routing({"rule": rules}, QUEUES)


def test_rules_that_were_changed_in_the_database_can_be_checked_again(
    routing: tuple[RoutingRule, ...],
) -> None:
    check_routing(routing, QUEUES)
    with pytest.raises(MisconfiguredError):
        check_routing(routing[:-1], QUEUES)


@pytest.mark.parametrize(
    ("answers", "band"),
    [
        ({}, RiskBand.UNASSESSED),
        ({"danger": "no"}, RiskBand.UNASSESSED),
        ({"danger": "yes"}, RiskBand.CRITICAL),
        ({"at_risk": ("child",)}, RiskBand.CRITICAL),
        ({"at_risk": ("adult",), "danger": "no"}, RiskBand.CRITICAL),
        ({"at_risk": ()}, RiskBand.UNASSESSED),
    ],
)
def test_danger_and_people_at_risk_cannot_wait_for_an_assessment(
    answers: Mapping[str, Answer], band: RiskBand
) -> None:
    assert first_risk_band(answers) is band
