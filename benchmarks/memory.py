"""How much memory one web process takes, idle and through reporters' journeys."""

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.floors import STRETCHING
from benchmarks.grounds import Ground
from benchmarks.journey import draft, prove, whole_journey
from benchmarks.measures import Measure
from benchmarks.serving import Served, production, served
from benchmarks.visitor import OverLoopback, Visitor

ROUNDS = 6
STRETCH_MB = 19.0
LIBRARIES = "import flask, sqlalchemy.orm, psycopg, cryptography.fernet, celery, gunicorn, redis"


def memory(ground: Ground, redis_url: str) -> Iterator[Measure]:
    """Idle after its first page; and the most it ever took."""
    with served("serve", "reporter", settings=production(ground, redis_url, 1)) as server:
        server.wait()
        (worker,) = server.workers()
        idle, shared = status(worker, "VmRSS"), _proportional(worker)
        yield Measure(
            f"a reporter web process, idle, {ground.name}",
            idle,
            "MB",
            130,
            _of_libraries(),
            "Python with the libraries imported",
            note=f"one process; resident; {shared:.0f} MB with shared pages counted in part",
        )
        _work(server)
        yield Measure(
            f"a reporter web process, the most through journeys, {ground.name}",
            status(worker, "VmHWM"),
            "MB",
            175,
            idle + 2 * STRETCH_MB,
            "idle and two stretches",
            note=f"one process; journeys and entries at once, two of {STRETCHING} together",
        )


def _work(server: Served) -> None:
    """Let reporters send while others enter their mailboxes: a stretch in either lane."""
    known = Visitor(OverLoopback(server.port))
    draft(known)
    words = " ".join(prove(known.send()))
    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(_journeys, server.port) for _ in range(2)]
        running += [pool.submit(_entries, server.port, words) for _ in range(2)]
        for one in running:
            one.result()


def _journeys(port: int) -> None:
    for _ in range(ROUNDS):
        whole_journey(Visitor(OverLoopback(port)))


def _entries(port: int, words: str) -> None:
    for _ in range(4 * ROUNDS):
        Visitor(OverLoopback(port)).open("/messages/enter").send(values={"code": words})


def status(pid: int, name: str) -> float:
    """Megabytes of a process, as the kernel names them: VmRSS is now, VmHWM the most ever."""
    return _megabytes(Path(f"/proc/{pid}/status"), name)


def _proportional(pid: int) -> float:
    return _megabytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss")


def _megabytes(path: Path, name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB", path.read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(name)
    return int(found[1]) / 1024


def _of_libraries() -> float:
    script = f"{LIBRARIES}; print(open('/proc/self/status').read())"
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    found = re.search(r"VmRSS:\s+(\d+) kB", said.stdout)
    return int(found[1]) / 1024 if found else 0.0
