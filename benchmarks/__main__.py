"""Measure everything, print it, and end with 1 where a target is missed."""

import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from benchmarks.attaching import attaching
from benchmarks.crowd import crowd
from benchmarks.floors import STRETCHING
from benchmarks.grounds import Ground, postgres_ground, sqlite_ground
from benchmarks.guessing import guessing
from benchmarks.handing_over import handing_over
from benchmarks.handling import handling
from benchmarks.ledger import ledger
from benchmarks.measures import Measure, report
from benchmarks.memory import memory
from benchmarks.reporting import reporting
from benchmarks.starting import starting
from tests.services.redis_server import RedisServer

Part = tuple[str, Callable[[], Iterator[Measure]]]


def main() -> int:
    """Run the parts in turn. Returns the exit code."""
    busy = os.getloadavg()[0]
    print(f"SafeShare on Python {platform.python_version()}, {os.cpu_count()} cores.")
    print(f"The machine's load before: {busy:.1f}. Times are only worth reading near 0.")
    print(f"Key stretching of access codes: {STRETCHING}. Figures are medians of several runs.")
    with sqlite_ground() as small, postgres_ground() as large:
        redis = RedisServer()
        try:
            return 0 if report(_parts(small, large, redis.url)) else 1
        finally:
            redis.remove()


def _parts(small: Ground, large: Ground, redis_url: str) -> Sequence[Part]:
    grounds = (small, large)
    return (
        *((f"One reporter, {one.name}", partial(reporting, one)) for one in grounds),
        ("Many reporters", partial(crowd, large, redis_url)),
        ("Files", partial(attaching, large, redis_url)),
        ("Guessers", partial(guessing, large, redis_url)),
        ("The ledger", partial(ledger, large)),
        ("Memory", partial(memory, large, redis_url)),
        *((f"Staff, {one.name}", partial(handling, one)) for one in grounds),
        ("Ten thousand cases", partial(handing_over, large)),
        ("One machine", starting),
    )


if __name__ == "__main__":
    sys.exit(main())
