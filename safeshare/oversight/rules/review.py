"""What counts as unusual reading. The rules are shown on the page that applies them.

They point, and prove nothing: an on-call person reads at night, and somebody who comes back from
leave opens much at once.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from safeshare.kernel.clocks import LONDON

MANY_CASES = 10
MANY_TIMES_USUAL = 3
ODD_READINGS = 3
MANY_UNDONE = 5
MANY_REFUSALS = 3
NIGHT_BEGINS, NIGHT_ENDS = 22, 6
"""Hours of the day in London."""

WEEKS_BEFORE = 4


class Sign(StrEnum):
    """What is unusual in somebody's week."""

    FAR_MORE_CASES = "far_more_cases"
    ODD_HOURS = "odd_hours"
    OPENED_AND_LEFT = "opened_and_left"
    REFUSED_OFTEN = "refused_often"


@dataclass(frozen=True, slots=True)
class Week:
    """What one member of staff read in a week, in numbers.

    `cases` are different cases opened, `usual` the same a week over the four weeks before. `undone`
    are those among them in which the person did nothing but read.
    """

    staff_id: UUID
    cases: int
    usual: float
    odd_hours: int
    undone: int
    refusals: int


def is_odd_hour(at: datetime) -> bool:
    """Whether an instant lies between 22:00 and 06:00 in London."""
    hour = at.astimezone(LONDON).hour
    return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS


def signs_of(week: Week) -> tuple[Sign, ...]:
    """What is unusual in a week."""
    found = {
        Sign.FAR_MORE_CASES: week.cases >= MANY_CASES
        and week.cases > MANY_TIMES_USUAL * week.usual,
        Sign.ODD_HOURS: week.odd_hours >= ODD_READINGS,
        Sign.OPENED_AND_LEFT: week.undone >= MANY_UNDONE,
        Sign.REFUSED_OFTEN: week.refusals >= MANY_REFUSALS,
    }
    return tuple(sign for sign, applies in found.items() if applies)
