"""Turns on the on-call rota, in whole days."""

from dataclasses import dataclass
from datetime import date, timedelta

from safeshare.kernel.errors import InvalidError

LONGEST_TURN = timedelta(days=92)
"""A turn is a week or so; a longer one is a slip of the pen."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """From one date to another, both included."""

    from_on: date
    until_on: date


def without(turn: Turn, taken: Turn) -> tuple[Turn, ...]:
    """What is left of a turn when another takes its days: nothing, one part or two."""
    parts = (
        Turn(turn.from_on, min(turn.until_on, taken.from_on - _DAY)),
        Turn(max(turn.from_on, taken.until_on + _DAY), turn.until_on),
    )
    if turn.until_on < taken.from_on or turn.from_on > taken.until_on:
        return (turn,)
    return tuple(part for part in parts if part.from_on <= part.until_on)


def insist_on_turn(turn: Turn, today: date) -> None:
    """Insist that a turn ends after it begins, not in the past, and is not too long.

    Raises InvalidError with the code of what does not fit, and the field to mend.
    """
    if turn.until_on < turn.from_on:
        raise InvalidError("ends_before_it_begins", "until_on")
    if turn.until_on < today:
        raise InvalidError("date_is_past", "until_on")
    if turn.until_on - turn.from_on > LONGEST_TURN:
        raise InvalidError("turn_too_long", "until_on")
