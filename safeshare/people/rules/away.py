"""When somebody is away."""

from datetime import date, timedelta

LONG_AWAY = timedelta(days=7)
"""From how long an absence on somebody else watches in an overseer's place."""


def is_away(away_from: date | None, away_until: date | None, on: date) -> bool:
    """Whether a person is away on a day. Both dates are included; without the second they are away
    until they say that they are back.
    """
    if away_from is None or on < away_from:
        return False
    return away_until is None or on <= away_until


def is_away_for_long(away_from: date | None, away_until: date | None, on: date) -> bool:
    """Whether a person is away on a day and does not come back within `LONG_AWAY` of it."""
    back_soon = away_until is not None and away_until - on < LONG_AWAY
    return is_away(away_from, away_until, on) and not back_soon
