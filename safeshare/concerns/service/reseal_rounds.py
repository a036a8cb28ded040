"""Sealing columns anew round by round: the next values that are of another suite, a commit each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy.orm import InstrumentedAttribute, Session

from safeshare.concerns.resealing_queries import list_seals_of_other_suite, take_rows_of_other_suite
from safeshare.gate import Door
from safeshare.kernel.sealed import Place
from safeshare.ledger.events import Event

KEYS_A_ROUND = 50
"""How many cases, or rows of no case, one transaction goes through: a fraction of a second."""


Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class SealedColumn(Generic[Kind]):
    """A column of sealed values. `key` is the case of a row, or the row itself where it is of none;
    `place` says where a row is sealed, and `kind` by which of several keys, if there are several.
    """

    key: InstrumentedAttribute[UUID]
    sealed: InstrumentedAttribute[Any]
    place: Callable[[Any], Place]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Round:
    """Where to go on, None where nothing is left; how many values were sealed anew, and how many
    could not be opened and were left as they are.
    """

    last: UUID | None
    resealed: int = 0
    broken: int = 0


def go_round(
    door: Door,
    columns: Sequence[SealedColumn[Kind]],
    suite: int,
    after: UUID | None,
    reseal: Callable[[Session, UUID], Sequence[bool]],
    *,
    of_cases: bool = False,
) -> Round:
    """Have what is under the next keys sealed anew, in one transaction. `reseal` says of each value
    whether it could be opened; `of_cases`, that it makes the entry of each case itself.
    """
    asked = [(one.key, one.sealed) for one in columns]
    if not list_seals_of_other_suite(door.read, asked, suite, after, 1):
        return Round(None)
    with door.change() as session:
        keys = list_seals_of_other_suite(session, asked, suite, after, KEYS_A_ROUND)
        done = [one for key in keys for one in reseal(session, key)]
        if any(done) and not of_cases:
            door.record(Event.INSTALLATION_RESEALED, values=str(sum(done)))
    return Round(max(keys, default=None), sum(done), len(done) - sum(done))


def reseal_rows(
    session: Session,
    columns: Sequence[SealedColumn[Kind]],
    suite: int,
    key: UUID,
    reseal_row: Callable[[SealedColumn[Kind], Any], bool],
) -> Sequence[bool]:
    """Seal the values under a key anew. Which of them could be opened."""
    return [
        reseal_row(one, row)
        for one in columns
        for row in take_rows_of_other_suite(session, one.key, one.sealed, suite, key)
    ]
