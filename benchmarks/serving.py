"""The product's own processes, started as in production or as `make run` does."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from benchmarks.grounds import Ground
from benchmarks.visitor import OverLoopback, WrongAnswerError
from tests.services.processes import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0
STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Served:
    """A started web server. `port` is where it listens."""

    process: subprocess.Popen[bytes]
    port: int

    def workers(self) -> list[int]:
        """The process ids of gunicorn's workers."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(one) for one in path.read_text().split()]

    def wait(self) -> None:
        """Wait for the first page that is answered with 200."""
        give_up, way = time.monotonic() + PATIENCE, OverLoopback(self.port)
        while time.monotonic() < give_up:
            try:
                if way.ask("GET", "/", b"", "").status == HTTPStatus.OK:
                    return
            except (OSError, WrongAnswerError):
                time.sleep(0.01)
            if self.process.poll() is not None:
                raise WrongAnswerError("the product ended before it answered")
        raise WrongAnswerError("the product does not answer")


def production(ground: Ground, redis_url: str, processes: int) -> dict[str, str]:
    """The settings of a reporter web server as `docker-compose.yml` runs it."""
    return {
        "SAFESHARE_DATABASE_URL": ground.url,
        "SAFESHARE_DATA_FOLDER": str(ground.folder / "data"),
        "SAFESHARE_KEYS_FOLDER": str(ground.system.settings.keys_folder),
        "SAFESHARE_REDIS_URL": redis_url,
        "SAFESHARE_REPORTER_HOST": "reporter.example",
        "SAFESHARE_STAFF_HOST": "staff.example",
        "SAFESHARE_WEB_PROCESSES": str(processes),
    }


@contextmanager
def served(*words: str, settings: Mapping[str, str]) -> Iterator[Served]:
    """Start `safeshare WORDS` on a free port, and stop it at the end."""
    port = free_port()
    process = start(*words, settings={**settings, "SAFESHARE_BIND": f"127.0.0.1:{port}"})
    try:
        yield Served(process, port)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def start(*words: str, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start `bin/safeshare WORDS` with these settings and no others. Compiled files are kept, as
    they are on anybody's machine.
    """
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **settings}
    return subprocess.Popen(
        [str(ROOT / "bin" / "safeshare"), *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
