"""Whether a stored value tells a minute, in any of the ways in which programs write instants."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from safeshare.kernel.clocks import LONDON
from safeshare.kernel.sealed import Sealed
from safeshare.tables import METADATA

UNITS = {"minutes": 1 / 60, "seconds": 1, "milliseconds": 10**3, "microseconds": 10**6}
"""How many of each make a second; an epoch number counts one of them. Nanoseconds have the same
first digits as microseconds, and are found by those.
"""


_BY_CHANCE = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b|\b[0-9a-f]{64}\b"
)
"""A random UUID and a keyed digest, as text. They tell nothing, and a story has so many of them
that their digits are those of an instant by accident once in some thousand runs.
"""


@dataclass(frozen=True)
class Minute:
    """One minute of one day. `begins` is its first instant, in UTC."""

    begins: datetime

    @property
    def ends(self) -> datetime:
        """The first instant after it."""
        return self.begins + timedelta(minutes=1)

    def is_told_by(self, value: object) -> bool:
        """Whether a value of a row, as Python reads it, tells this minute."""
        if isinstance(value, datetime):
            return self.begins <= value < self.ends
        if isinstance(value, bool | date | Sealed) or value is None:
            return False
        if isinstance(value, int | float):
            return self._counts(value)
        if isinstance(value, UUID):
            return value.version not in {4, None}
        if isinstance(value, Mapping):
            return self.is_told_by(json.dumps(value, default=str))
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        told = _BY_CHANCE.sub("", text)
        return any(form in told for form in self.written())

    def written(self) -> Iterator[str]:
        """The ways to write it: the time of day, here and in London, and epoch numbers."""
        for instant in {self.begins.time(), self.begins.astimezone(LONDON).time()}:
            yield instant.strftime("%H:%M")
            yield instant.strftime("T%H%M")
            yield instant.strftime("%I:%M")
        first = int(self.begins.timestamp())
        for second in range(60):
            yield str(first + second)
            yield f"{first + second:x}"

    def _counts(self, number: float) -> bool:
        first, last = self.begins.timestamp(), self.ends.timestamp()
        return any(first * each <= number < last * each for each in UNITS.values())


def rows_that_tell(session: Session, minute: Minute) -> list[str]:
    """The columns, with their rows, that tell the minute: every column of every table is read."""
    found = []
    for table in METADATA.sorted_tables:
        for row in session.execute(select(table)).mappings():
            found += [
                f"{table.name}.{column.name}: {row[column]!r}"
                for column in table.columns
                if minute.is_told_by(row[column])
            ]
    return found
