"""Judging the risk of a case: harm times the likelihood that it goes on, and what overrides both.

The bands are the field's: the product of two marks of one to four, with overrides to critical.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from safeshare.concerns.rules import RiskBand
from safeshare.kernel.errors import InvalidError


class Harm(IntEnum):
    """How bad it would be."""

    MINOR = 1
    MODERATE = 2
    SERIOUS = 3
    SEVERE = 4


class Likelihood(IntEnum):
    """How likely it is to go on, or to happen again."""

    UNLIKELY = 1
    POSSIBLE = 2
    LIKELY = 3
    NOW = 4


class Override(StrEnum):
    """What makes a case critical whatever the marks say."""

    LIFE = "life"
    CHILD = "child"
    ADULT = "adult"
    SEXUAL_ASSAULT = "sexual_assault"
    COERCION = "coercion"
    RETALIATION = "retaliation"
    EVIDENCE = "evidence"


class SafetyStep(StrEnum):
    """What was done for somebody's safety."""

    EMERGENCY_CALLED = "emergency_called"
    SAFEGUARDING_TOLD = "safeguarding_told"
    REPORTER_ASKED = "reporter_asked"
    SAFE_CONTACT = "safe_contact"
    PEOPLE_PARTED = "people_parted"


DEMANDS_A_STEP = frozenset({Override.LIFE, Override.CHILD, Override.ADULT})
"""Where somebody may come to harm now, the judgement says what was done about it."""

_BANDS = ((12, RiskBand.CRITICAL), (8, RiskBand.HIGH), (4, RiskBand.MEDIUM), (1, RiskBand.LOW))


@dataclass(frozen=True, slots=True)
class RiskJudged:
    """The band that follows, and whether it demands a step for somebody's safety."""

    band: RiskBand
    demands_a_step: bool


def judge(harm: Harm, likelihood: Likelihood, overrides: Collection[Override]) -> RiskJudged:
    """The risk band: 1 to 3 low, 4 to 6 medium, 8 and 9 high, 12 to 16 critical, as is every case
    with an override.
    """
    score = harm * likelihood
    band = next(band for least, band in _BANDS if score >= least)
    demands = not DEMANDS_A_STEP.isdisjoint(overrides)
    return RiskJudged(RiskBand.CRITICAL if overrides else band, demands)


def check_risk_reasons(judged: RiskJudged, steps: Collection[SafetyStep]) -> None:
    """Insists that something was done where somebody may come to harm now.

    Raises:
        InvalidError: nothing was.
    """
    if judged.demands_a_step and not steps:
        raise InvalidError("step_missing", field="steps")
