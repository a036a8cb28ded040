"""`make run` on one machine: filling the demo once, and every start after that."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.floors import STRETCHING, stretch
from benchmarks.grounds import scratch_folder
from benchmarks.measures import Measure, spent_on
from benchmarks.memory import LIBRARIES
from benchmarks.serving import served, start
from benchmarks.visitor import WrongAnswerError

STARTS = 3
CONCERNS = 300
"""About as many as the demo tells of; each has a code of its own, stretched once."""


def starting() -> Iterator[Measure]:
    """Loading the demo, and starting it again."""
    with scratch_folder() as folder:
        settings = {
            "SAFESHARE_DATA_FOLDER": str(folder / "data"),
            "SAFESHARE_KEYS_FOLDER": str(folder / "keys"),
        }
        yield _loading(settings)
        yield _warm_start(settings)


def _loading(settings: Mapping[str, str]) -> Measure:
    began = perf_counter()
    if start("demo", "load", settings=settings).wait() != 0:
        raise WrongAnswerError("the demo cannot be loaded")
    return Measure(
        "loading the demo, SQLite",
        perf_counter() - began,
        "s",
        60,
        CONCERNS * median(spent_on(stretch).wall for _ in range(9)) / 1000 / 2,
        f"{CONCERNS} x {STRETCHING}, on two cores",
        note="eighteen months through the use cases, one process",
    )


def _warm_start(settings: Mapping[str, str]) -> Measure:
    taken = [_start_once(settings) for _ in range(STARTS + 1)][1:]
    floor = median(_import_once() for _ in range(STARTS))
    return Measure(
        "warm start of `make run` until its first page",
        median(taken),
        "s",
        3,
        floor,
        "Python importing the libraries",
        note="one gunicorn process with the embedded worker, SQLite",
    )


def _start_once(settings: Mapping[str, str]) -> float:
    began = perf_counter()
    with served("demo", "run", settings=settings) as server:
        server.wait()
        return perf_counter() - began


def _import_once() -> float:
    began = perf_counter()
    subprocess.run([sys.executable, "-c", LIBRARIES], check=True, cwd=Path(sys.prefix))
    return perf_counter() - began
