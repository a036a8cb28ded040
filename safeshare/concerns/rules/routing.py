"""Which queue a concern goes to: ordered rules, read from settings, the first that holds decides.

The order is the blueprint's (section 5): about those who handle or lead, at risk, category, the
reporter's choice. The last rule has no condition, so that nothing is ever without a queue.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from safeshare.concerns.rules.answers import ABOUT_WHOM, QUESTIONS, Answer
from safeshare.concerns.rules.statuses import in_danger
from safeshare.kernel.errors import MisconfiguredError
from safeshare.kernel.parsed import Parsed, table_at, tables_at, text_at, texts_at

ASKED = ("about", "at_risk", "category", "handle_by", "danger")
"""The questions that a condition may name."""


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """One rule: when every condition holds, the concern goes to `queue`."""

    queue: str
    when: Mapping[str, frozenset[str]]

    def holds(self, answers: Mapping[str, Answer]) -> bool:
        """Whether every question named was answered with one of the answers named."""
        return all(_said(answers, asked) & wanted for asked, wanted in self.when.items())


@dataclass(frozen=True, slots=True)
class Route:
    """Where a concern goes and why.

    `reason` names the questions that decided; empty when nothing was said. It tells what was
    answered, so it belongs in the work compartment and never in a plain column. `barred` are the
    queues whose members must not be given the concern, wherever else they serve.
    """

    queue: str
    reason: tuple[str, ...]
    danger: bool
    barred: frozenset[str]


def _said(answers: Mapping[str, Answer], asked: str) -> frozenset[str]:
    answer = answers.get(asked, ())
    return frozenset({answer}) if isinstance(answer, str) else frozenset(answer)


def load_routing(parsed: Parsed, queues: Collection[str]) -> tuple[RoutingRule, ...]:
    """The ordered rules of a parsed `routing.toml`, for an installation with these queues.

    Raises:
        MisconfiguredError: a queue, question or answer is unknown, the last rule has a condition
            or another has none, or the last leads to a queue that can be barred.
    """
    rules = tuple(_rule(table) for table in tables_at(parsed, "rule"))
    check_routing(rules, queues)
    return rules


def _rule(table: Parsed) -> RoutingRule:
    conditions = table_at(table, "when")
    when = {asked: frozenset(texts_at(conditions, asked)) for asked in conditions}
    return RoutingRule(text_at(table, "queue"), MappingProxyType(when))


def stored_condition(rule: RoutingRule) -> dict[str, str]:
    """The condition as it is stored in the database: codes parted by a space, sorted."""
    return {asked: " ".join(sorted(wanted)) for asked, wanted in rule.when.items()}


def stored_rule(queue: str, condition: Mapping[str, str]) -> RoutingRule:
    """A rule read back from the database."""
    when = {asked: frozenset(wanted.split()) for asked, wanted in condition.items()}
    return RoutingRule(queue, MappingProxyType(when))


def check_routing(rules: Sequence[RoutingRule], queues: Collection[str]) -> None:
    """Insists that the rules always lead somewhere, and never to the people it is about.

    Raises:
        MisconfiguredError: as `load_routing`.
    """
    for rule in rules:
        for asked, wanted in rule.when.items():
            _check_condition(asked, wanted)
    if not rules or rules[-1].when or not all(rule.when for rule in rules[:-1]):
        raise MisconfiguredError("the last routing rule, and no other, must have no condition")
    if not {rule.queue for rule in rules} <= set(queues):
        raise MisconfiguredError("a routing rule names a queue that does not exist")
    if rules[-1].queue in ABOUT_WHOM:
        raise MisconfiguredError("the last routing rule must lead to a queue that is never barred")


def _check_condition(asked: str, wanted: frozenset[str]) -> None:
    if asked not in ASKED or not wanted:
        raise MisconfiguredError(f"a routing rule asks for '{asked}', or for no answer to it")
    choices = QUESTIONS[asked].choices
    if choices and not wanted <= set(choices):
        raise MisconfiguredError(
            f"a routing rule waits for an answer that '{asked}' does not offer"
        )


def route(rules: Sequence[RoutingRule], answers: Mapping[str, Answer]) -> Route:
    """The queue for a concern. Finds one whatever was answered, if the rules passed the check.

    A queue is barred when the concern is about its own people: its code is the answer given to
    "who is involved". A rule that leads to a barred queue is passed over, so that no change of the
    settings can send a concern to those whom it is about.
    """
    barred = _said(answers, "about")
    chosen = next(rule for rule in rules if rule.queue not in barred and rule.holds(answers))
    return Route(chosen.queue, tuple(chosen.when), in_danger(answers), barred)
