"""Two clocks. The *business* clock dates promises and may be advanced in a demo database; the
*security* clock judges sessions, six-digit codes and limits, and never moves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def _no_offset() -> timedelta:
    return timedelta(0)


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time. `offset` is how far a demo's business clock is ahead."""

    offset: Callable[[], timedelta] = _no_offset
    source: Callable[[], datetime] = lambda: datetime.now(UTC)

    def security_now(self) -> datetime:
        """The real instant, in UTC."""
        return self.source()

    def now(self) -> datetime:
        """The business instant, in UTC."""
        return self.source() + self.offset()

    def today(self) -> date:
        """The business date in London."""
        return self.now().astimezone(LONDON).date()
