"""Figures of the caseload that say how many, how old and how late, and never that one concern came.

Three rules hold together (the field's rules on publishing small numbers, and ADR 0007):

- a count under 5 is withheld, nought included: "none" and "one" both point at people;
- every other is rounded to the nearest 5;
- a figure that is shown stays as it is until the true count has moved by at least 5 since it was
  counted. Otherwise whoever compares two nights would see the very night on which a concern came.

There are no totals: a total less the figures beside it would give a withheld one away.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from safeshare.concerns.rules import CaseStatus

FEWEST_SHOWN = 5
"""The least count that is shown, the step of rounding, and how far a count moves before it is shown
anew."""


class Stage(StrEnum):
    """How far the handling of a case is, in steps coarse enough to hold several cases."""

    NEW = "new"
    TRIAGE = "triage"
    IN_HAND = "in_hand"
    OUTCOME = "outcome"


class Age(StrEnum):
    """How long ago a case was received. Updates are promised every 28 days, feedback in three
    months.
    """

    UNDER_28 = "under_28"
    UNDER_90 = "under_90"
    OLDER = "older"


OVERDUE, NO_CONTACT = "overdue", "no_contact"

_STAGES = {
    CaseStatus.RECEIVED: Stage.NEW,
    CaseStatus.TRIAGE: Stage.TRIAGE,
    CaseStatus.WAITING_YOU: Stage.TRIAGE,
    CaseStatus.SUPPORT: Stage.IN_HAND,
    CaseStatus.INFORMAL: Stage.IN_HAND,
    CaseStatus.PLANNING: Stage.IN_HAND,
    CaseStatus.INVESTIGATING: Stage.IN_HAND,
    CaseStatus.OUTCOME: Stage.OUTCOME,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a queue: its code, such as `triage/under_28` or `overdue`."""

    code: str

    @classmethod
    def of(cls, stage: Stage, age: Age) -> "Figure":
        """The cases of one stage and one age."""
        return cls(f"{stage}/{age}")


def all_figures() -> Iterator[Figure]:
    """Every figure that each queue has."""
    for stage in Stage:
        for age in Age:
            yield Figure.of(stage, age)
    yield Figure(OVERDUE)
    yield Figure(NO_CONTACT)


def stage_of(status: CaseStatus) -> Stage:
    """The stage of a case whose handling has not ended. KeyError for one that has."""
    return _STAGES[status]


def age_of(days: int) -> Age:
    """The age of a case that was received so many days ago."""
    if days < 28:
        return Age.UNDER_28
    return Age.UNDER_90 if days < 90 else Age.OLDER


def counted_again(before: int, now: int) -> bool:
    """Whether a count has moved so far since it was last taken that no single case shows."""
    return abs(now - before) >= FEWEST_SHOWN


def shown_count(counted: int) -> int | None:
    """What is shown of a count; None where it is withheld."""
    if counted < FEWEST_SHOWN:
        return None
    return (2 * counted + FEWEST_SHOWN) // (2 * FEWEST_SHOWN) * FEWEST_SHOWN
