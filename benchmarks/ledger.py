"""What the ledger costs a reporter who sends, on PostgreSQL with eight at once.

Both ways go through the same gate in the same process, in turns. One writes the entry with its MAC
and the digest of every sealed row; in the other both are left out, which only a benchmark can do.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from statistics import median
from time import perf_counter
from unittest.mock import patch

from benchmarks.grounds import Ground
from benchmarks.journey import CONCERN
from benchmarks.measures import Measure
from safeshare.concerns.service.submit import SubmitConcern, submit_concern
from safeshare.gate.book import Book
from safeshare.kernel.actors import Stranger

AT_ONCE = 8
SUBMITS = 6
ROUNDS = 7
MOST_COST = 0.15


def ledger(ground: Ground) -> Iterator[Measure]:
    """The rate of submits with the ledger, beside that without."""
    with_it, without = [], []
    _rate(ground)
    for _ in range(ROUNDS):
        without.append(_rate_without(ground))
        with_it.append(_rate(ground))
    yield Measure(
        f"submits a second with the ledger, {AT_ONCE} at once, {ground.name}",
        median(with_it),
        "/s",
        1 - MOST_COST,
        median(without),
        "the same without entry, MAC and digests",
        by_ratio=True,
        at_least=True,
        note=f"{ROUNDS} rounds of each in turns, key stretching as in production",
    )


def _rate(ground: Ground) -> float:
    began = perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for running in [pool.submit(_send_some, ground) for _ in range(AT_ONCE)]:
            running.result()
    return AT_ONCE * SUBMITS / (perf_counter() - began)


def _rate_without(ground: Ground) -> float:
    with ExitStack() as left_out:
        left_out.enter_context(patch.object(Book, "append", return_value=None))
        left_out.enter_context(patch("safeshare.gate.session.has_seals", return_value=False))
        return _rate(ground)


def _send_some(ground: Ground) -> None:
    gate = ground.system.gate
    for _ in range(SUBMITS):
        command = SubmitConcern(
            answers={"concern": CONCERN, "handle_by": "hr"},
            identity={},
            address="",
            order=(),
            code=gate.vault.new_access_code(),
        )
        gate.run(submit_concern, Stranger(), command)
