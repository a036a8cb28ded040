"""The rules of what may be seen of the whole service: figures, and what is unusual."""

from safeshare.oversight.rules.caseload import (
    FEWEST_SHOWN,
    Age,
    Figure,
    Stage,
    age_of,
    all_figures,
    counted_again,
    shown_count,
    stage_of,
)
from safeshare.oversight.rules.review import (
    MANY_CASES,
    MANY_REFUSALS,
    MANY_TIMES_USUAL,
    MANY_UNDONE,
    ODD_READINGS,
    Sign,
    Week,
    is_odd_hour,
    signs_of,
)

__all__ = [
    "FEWEST_SHOWN",
    "MANY_CASES",
    "MANY_REFUSALS",
    "MANY_TIMES_USUAL",
    "MANY_UNDONE",
    "ODD_READINGS",
    "Age",
    "Figure",
    "Sign",
    "Stage",
    "Week",
    "age_of",
    "all_figures",
    "counted_again",
    "is_odd_hour",
    "shown_count",
    "signs_of",
    "stage_of",
]
