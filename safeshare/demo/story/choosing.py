"""Which way a case goes and how it ends, by chance but never against what the case allows."""

from random import Random

from safeshare.casework.rules import Outcome
from safeshare.demo.story.course import Course
from safeshare.demo.story.sources import Situation

_WEIGHTS = {
    "hurt": {
        Course.INFORMAL: 46,
        Course.INVESTIGATING: 42,
        Course.WITHDRAWN: 9,
        Course.REDIRECT: 3,
    },
    "unfair": {
        Course.INFORMAL: 44,
        Course.INVESTIGATING: 40,
        Course.REDIRECT: 12,
        Course.WITHDRAWN: 4,
    },
    "wrong": {
        Course.INVESTIGATING: 70,
        Course.INFORMAL: 20,
        Course.REDIRECT: 10,
    },
    "harm": {Course.INVESTIGATING: 74, Course.REDIRECT: 26},
    "low": {Course.CARE: 100},
}
_NEVER_INFORMAL = frozenset(
    {"SXH", "SXA", "RAC", "MIS", "HOM", "CRI", "FRA", "COR", "ABP", "SUB", "CON"}
)
"""Not for what is sexual, prejudiced or dishonest (reference lifecycle: S2 to S5)."""

_OUTCOMES = {
    Course.CARE: {Outcome.RESOLVED: 1},
    Course.SUPPORT: {Outcome.RESOLVED: 1},
    Course.INFORMAL: {Outcome.RESOLVED: 1},
    Course.REDIRECT: {Outcome.REDIRECTED: 1},
    Course.WITHDRAWN: {Outcome.WITHDRAWN: 1},
    Course.INVESTIGATING: {
        Outcome.SUBSTANTIATED: 36,
        Outcome.PARTLY: 27,
        Outcome.NOT_SUBSTANTIATED: 21,
        Outcome.INSUFFICIENT: 8,
        Outcome.MISTAKEN: 8,
    },
}


def choose_course(situation: Situation, rng: Random, *, support_only: bool) -> Course:
    """The way that a case of this situation goes. Support only is never looked into."""
    if support_only:
        return Course.SUPPORT
    if situation.family == "harm" and situation.voice == "me" and rng.random() < 0.4:
        return Course.SUPPORT
    weights = dict(_WEIGHTS[situation.family])
    if situation.theme in _NEVER_INFORMAL or situation.about:
        weights[Course.INVESTIGATING] += weights.pop(Course.INFORMAL, 0)
    return rng.choices(list(weights), list(weights.values()))[0]


def choose_outcome(course: Course, situation: Situation, rng: Random) -> Outcome:
    """How it ends. Nobody was honestly mistaken about being hurt."""
    weights = dict(_OUTCOMES[course])
    if situation.family in {"hurt", "harm"}:
        weights.pop(Outcome.MISTAKEN, None)
    return rng.choices(list(weights), list(weights.values()))[0]


def choose_codes(situation: Situation, rng: Random) -> tuple[str, ...]:
    """What a handler codes: the main theme first, then some of those that often come with it."""
    return (situation.theme, *(code for code in situation.also if rng.random() < 0.6))
