"""The pure rules of themes: vocabulary, periods, what a release may show."""

from safeshare.themes.rules.periods import Period, period_named, period_of, periods_to_release
from safeshare.themes.rules.release import (
    FEWEST_SHOWN,
    Counts,
    DisclosureControl,
    Table,
    cell_by_cell,
    count_cases,
    shown,
    stored_table,
    table_stored,
)
from safeshare.themes.rules.vocabulary import (
    MOST_THEMES_OF_A_CASE,
    Group,
    Theme,
    Vocabulary,
    coded_themes,
    load_vocabulary,
)

__all__ = [
    "FEWEST_SHOWN",
    "MOST_THEMES_OF_A_CASE",
    "Counts",
    "DisclosureControl",
    "Group",
    "Period",
    "Table",
    "Theme",
    "Vocabulary",
    "cell_by_cell",
    "coded_themes",
    "count_cases",
    "load_vocabulary",
    "period_named",
    "period_of",
    "periods_to_release",
    "shown",
    "stored_table",
    "table_stored",
]
