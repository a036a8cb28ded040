"""When somebody is away."""

from datetime import date


def is_away(away_from: date | None, away_until: date | None, on: date) -> bool:
    """Whether a person is away on a day. Both dates are included; without the second they are away
    until they say that they are back.
    """
    if away_from is None or on < away_from:
        return False
    return away_until is None or on <= away_until
