"""Two hundred guessers at once, each from an address of its own, while somebody has a concern.

The guessers are threads of this process: they and the server share the machine's cores.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from statistics import median
from threading import Barrier, Event
from time import perf_counter
from typing import Self

from benchmarks.floors import STRETCHING
from benchmarks.grounds import Ground
from benchmarks.journey import draft, prove
from benchmarks.measures import Measure
from benchmarks.memory import STRETCH_MB, status
from benchmarks.serving import Served, production, served
from benchmarks.visitor import OverLoopback, Visitor
from safeshare.vault import Vault

GUESSERS = 200
STARTS = 20
SENDS = 3
EXPECTED = {HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


def guessing(ground: Ground, redis_url: str) -> Iterator[Measure]:
    """The start page and a whole concern during the guessing, and what it took of memory."""
    with served("serve", "reporter", settings=production(ground, redis_url, 1)) as server:
        server.wait()
        (worker,) = server.workers()
        alone = Somebody(server)
        alone.come()
        idle = status(worker, "VmRSS")
        with Guessers(server, ground.system.gate.vault) as guessers:
            meanwhile = Somebody(server)
            meanwhile.come()
        most = status(worker, "VmHWM")
    yield _waited("the start page", meanwhile.starts, alone.starts, 2000)
    yield _waited("a concern, begun and sent", meanwhile.sends, alone.sends, 10_000)
    yield Measure(
        f"a web process under {GUESSERS} guessers, the most",
        most,
        "MB",
        200,
        idle + 2 * STRETCH_MB,
        "idle and two stretches",
        note=f"{guessers.said()}; {STRETCHING}",
    )


@dataclass
class Somebody:
    """Looks at the start page again and again, and sends concerns. Milliseconds, by the wall."""

    server: Served
    starts: list[float] = field(default_factory=list)
    sends: list[float] = field(default_factory=list)

    def come(self) -> None:
        """Raises WrongAnswerError as soon as anything is refused."""
        for _ in range(STARTS):
            began = perf_counter()
            Visitor(OverLoopback(self.server.port)).open("/")
            self.starts.append(1000 * (perf_counter() - began))
        for _ in range(SENDS):
            began, visitor = perf_counter(), Visitor(OverLoopback(self.server.port))
            draft(visitor)
            prove(visitor.send())
            self.sends.append(1000 * (perf_counter() - began))


class Guessers:
    """Everybody guesses at codes of nobody, for the length of a `with` block."""

    def __init__(self, server: Served, vault: Vault) -> None:
        self._server = server
        self._vault = vault
        self._pool = ThreadPoolExecutor(GUESSERS)
        self._ready, self._stop = Barrier(GUESSERS + 1), Event()
        self._running: list[Future[Counter[int]]] = []

    def __enter__(self) -> Self:
        """Return when all are at it."""
        self._running = [self._pool.submit(self._guess, number) for number in range(GUESSERS)]
        self._ready.wait()
        return self

    def __exit__(self, *_error: object) -> None:
        """Wait until the last has his answer."""
        self._stop.set()
        self._pool.shutdown()

    def said(self) -> str:
        """How the guesses were answered. Raises ValueError for an answer that none should get."""
        total: Counter[int] = sum((one.result() for one in self._running), Counter())
        if not EXPECTED.issuperset(total):
            raise ValueError(f"guesses were answered with {dict(total)}")
        return (
            f"{total[HTTPStatus.OK]} guesses were tried, "
            f"{total[HTTPStatus.SERVICE_UNAVAILABLE]} met a full line, "
            f"{total[HTTPStatus.TOO_MANY_REQUESTS]} were one too many"
        )

    def _guess(self, number: int) -> Counter[int]:
        address = f"10.9.{number // 250}.{number % 250 + 1}"
        visitor = Visitor(OverLoopback(self._server.port, address=address))
        visitor.open("/messages/enter")
        self._ready.wait()
        answers: Counter[int] = Counter()
        while not self._stop.is_set():
            code = " ".join(self._vault.new_access_code().words)
            answers[visitor.post("/messages/enter", {"code": code}).status] += 1
        return answers


def _waited(what: str, during: list[float], alone: list[float], target: float) -> Measure:
    return Measure(
        f"{what}, while {GUESSERS} guess",
        median(during),
        "ms",
        target,
        median(alone),
        "the same with nobody guessing",
        note=f"the longest {max(during):.0f} ms; none was refused",
    )
