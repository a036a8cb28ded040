"""Which way a case goes and how it ends, by chance but never against what the case allows."""

from random import Random

from safeshare.demo.story.course import Course
from safeshare.demo.story.sources import Situation

_WEIGHTS = {
    "hurt": {
        Course.INFORMAL: 44,
        Course.INVESTIGATING: 38,
        Course.NO_CASE: 8,
        Course.WITHDRAWN: 8,
        Course.REDIRECT: 2,
    },
    "unfair": {
        Course.INFORMAL: 44,
        Course.INVESTIGATING: 26,
        Course.NO_CASE: 18,
        Course.REDIRECT: 8,
        Course.WITHDRAWN: 4,
    },
    "wrong": {
        Course.INVESTIGATING: 58,
        Course.INFORMAL: 18,
        Course.NO_CASE: 16,
        Course.REDIRECT: 8,
    },
    "harm": {Course.INVESTIGATING: 74, Course.REDIRECT: 26},
    "low": {Course.CARE: 100},
}
_NEVER_INFORMAL = frozenset(
    {"SXH", "SXA", "RAC", "MIS", "HOM", "CRI", "FRA", "COR", "ABP", "SUB", "CON"}
)
"""Not for what is sexual, prejudiced or dishonest (reference lifecycle: S2 to S5)."""

_OUTCOMES = {
    Course.CARE: {"RES": 1},
    Course.SUPPORT: {"RES": 1},
    Course.INFORMAL: {"RES": 1},
    Course.NO_CASE: {"NFA": 1},
    Course.REDIRECT: {"OUT": 1},
    Course.WITHDRAWN: {"WDN": 1},
    Course.INVESTIGATING: {"SUB": 40, "PAR": 27, "UNS": 18, "INS": 9, "MIS": 6},
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


def choose_outcome(course: Course, situation: Situation, rng: Random) -> str:
    """How it ends, as a code of the vocabulary. Nobody was honestly mistaken about being hurt."""
    weights = dict(_OUTCOMES[course])
    if situation.family in {"hurt", "harm"}:
        weights.pop("MIS", None)
    return rng.choices(list(weights), list(weights.values()))[0]


def choose_codes(situation: Situation, rng: Random) -> tuple[str, ...]:
    """What a handler codes: the main theme first, then some of those that often come with it."""
    return (situation.theme, *(code for code in situation.also if rng.random() < 0.6))
