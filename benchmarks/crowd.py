"""Eight reporters at once on two web processes and PostgreSQL, over loopback sockets.

The clients are threads of this process: they and the server share the machine's cores.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from statistics import median
from threading import Barrier
from time import perf_counter

from benchmarks.floors import STRETCHING, stretch
from benchmarks.grounds import Ground
from benchmarks.journey import draft, whole_journey
from benchmarks.measures import Measure
from benchmarks.serving import Served, production, served
from benchmarks.visitor import KeptOpen, OverLoopback, Visitor, WrongAnswerError

REPORTERS = 8
PROCESSES = 2
ROUNDS = 3
SUBMITS = 6
JOURNEYS = 4

Work = Callable[[], None]


def crowd(ground: Ground, redis_url: str) -> Iterator[Measure]:
    """Both rates. One that fails ends the run: none may."""
    with served("serve", "reporter", settings=production(ground, redis_url, PROCESSES)) as server:
        server.wait()
        ideal = _stretches_a_second()
        for name, rounds, least in (
            ("final submits a second", partial(_submits, server), 18),
            ("whole journeys a second", partial(_journeys, server), 6),
        ):
            yield Measure(
                f"{name}, {REPORTERS} at once, {ground.name}",
                median(rounds() for _ in range(ROUNDS)),
                "/s",
                least,
                ideal,
                f"{STRETCHING} alone on {PROCESSES} threads, a second",
                at_least=True,
                note=f"{PROCESSES} gunicorn processes, clients on the same cores, none failed",
            )


def _submits(server: Served) -> float:
    visitors = [
        [Visitor(OverLoopback(server.port)) for _ in range(SUBMITS)] for _ in range(REPORTERS)
    ]
    _all_at_once([partial(_prepare, own) for own in visitors])
    return SUBMITS * REPORTERS / _all_at_once([partial(_send, own) for own in visitors])


def _prepare(visitors: list[Visitor]) -> None:
    for visitor in visitors:
        draft(visitor)


def _send(visitors: list[Visitor]) -> None:
    for visitor in visitors:
        answer = visitor.post("/form/check", {})
        if answer.location != "/form/code":
            raise WrongAnswerError(f"a final submit was answered with {answer.status}")


def _journeys(server: Served) -> float:
    left = iter(range(JOURNEYS * REPORTERS))
    return JOURNEYS * REPORTERS / _all_at_once([partial(_travel, server, left)] * REPORTERS)


def _travel(server: Served, left: Iterator[int]) -> None:
    """One reporter after the other until all have come, so that as many are under way as long as
    can be.
    """
    for _ in left:
        with closing(KeptOpen(server.port)) as way:
            whole_journey(Visitor(way))


def _stretches_a_second() -> float:
    def work() -> None:
        for _ in range(10):
            stretch()

    return 10 * PROCESSES / _all_at_once([work] * PROCESSES)


def _all_at_once(works: list[Work]) -> float:
    """Let everybody begin together. Returns the seconds until the last has done."""
    start = Barrier(len(works) + 1)

    def begin(work: Work) -> None:
        start.wait()
        work()

    with ThreadPoolExecutor(len(works)) as pool:
        running = [pool.submit(begin, work) for work in works]
        start.wait()
        began = perf_counter()
        for one in running:
            one.result()
        return perf_counter() - began
