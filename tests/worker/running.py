"""Runs the product's real processes for a test, and looks into their database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.architecture.source import ROOT
from tests.cast import Stage
from tests.services.mail import MailSink
from tests.services.processes import free_port

PATIENCE = 300.0
"""Seconds for which a test waits on a busy machine before it says that nothing happens."""


def wait_until(happened: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait for something to become true; fail saying what did not."""
    give_up = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > give_up:
            raise AssertionError(f"in {seconds:.0f} seconds: not {what}")
        time.sleep(0.1)


def told(sink: MailSink) -> set[str]:
    """Everybody who was written to. Staff may be among them whenever the real clock strikes an hour
    at which their digests go out.
    """
    return {one for delivery in sink.deliveries for one in delivery.recipients}


@dataclass
class Running:
    """One started process of the product."""

    process: subprocess.Popen[bytes]
    log: Path

    def children(self) -> list[int]:
        """The ids of its own processes, such as gunicorn's."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(one) for one in path.read_text().split()]

    def kill(self) -> None:
        """As a power cut would: no handler runs. Its children go as well."""
        for child in self.children():
            os.kill(child, signal.SIGKILL)
        self.process.kill()
        self.process.wait()

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end. Returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"it does not stop: {self.text()}") from None

    def text(self) -> str:
        """What it has written."""
        return self.log.read_text(errors="replace")


@dataclass
class Installation:
    """A stage's installation, with settings under which its processes are started."""

    stage: Stage
    folder: Path
    environment: dict[str, str]
    started: list[Running] = field(default_factory=list)

    @property
    def bind(self) -> str:
        """Where its web process listens."""
        return self.environment["SAFESHARE_BIND"]

    def start(self, *words: str, **settings: str) -> Running:
        """Start `safeshare WORDS`."""
        log = self.folder / f"{'-'.join(words)}-{len(self.started)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "safeshare", *words],
                cwd=ROOT,
                env={**self.environment, **settings},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        running = Running(process, log)
        self.started.append(running)
        return running

    def run(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run `safeshare WORDS` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "safeshare", *words],
            cwd=ROOT,
            env={**self.environment, **settings},
            capture_output=True,
            text=True,
            check=False,
        )

    def answers(self) -> bool:
        """Whether its web process answers."""
        host, _, port = self.bind.partition(":")
        connection = HTTPConnection(host, int(port), timeout=5)
        try:
            connection.request("GET", "/support")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def installed(
    stage: Stage, folder: Path, sink: MailSink, settings: Mapping[str, str]
) -> Iterator[Installation]:
    """An installation whose promises of ten days ago are due by the real clock."""
    stage.time.now = datetime.now(UTC) - timedelta(days=10)
    data = folder / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "SAFESHARE_BIND": f"127.0.0.1:{free_port()}",
        "SAFESHARE_DATABASE_URL": stage.system.settings.database_url,
        "SAFESHARE_DATA_FOLDER": str(data),
        "SAFESHARE_DEMO": "1",
        "SAFESHARE_KEYS_FOLDER": str(stage.system.settings.keys_folder),
        "SAFESHARE_SMTP_HOST": sink.host,
        "SAFESHARE_SMTP_PORT": str(sink.port),
        "SAFESHARE_SWEEP_SECONDS": "1",
        **settings,
    }
    installation = Installation(stage, folder, environment)
    try:
        yield installation
    finally:
        for running in installation.started:
            if running.process.poll() is None:
                running.kill()
