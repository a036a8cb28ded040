"""Start and stop servers that belong to one test run."""

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

START_SECONDS = 120.0
STOP_SECONDS = 15.0


class MissingServiceError(RuntimeError):
    """A server that the tests need is not installed. A missing service fails, it never skips."""

    def __init__(self, program: str, package: str) -> None:
        super().__init__(
            f"{program} is not installed, and the tests need it. `make test` installs it where it"
            f" may; otherwise run: sudo apt-get install {package}"
        )


class ServiceFailedError(RuntimeError):
    """A server ended or did not answer in time. The message carries the end of its log."""


def find_program(name: str, package: str, folders: Sequence[Path] = ()) -> Path:
    """The path of `name`, sought in `folders` first and then on PATH.

    Raises:
        MissingServiceError: it is nowhere; `package` is the Debian package that brings it.
    """
    for folder in folders:
        if (folder / name).exists():
            return folder / name
    found = shutil.which(name)
    if found is None:
        raise MissingServiceError(name, package)
    return Path(found)


def free_port() -> int:
    """A TCP port of the loopback address that is ours until this process ends.

    It stays bound, so that the kernel gives it to nobody else who asks for any port, however long
    a server takes to come or stays away. Whoever names it and allows its reuse, as servers do, can
    listen there: this socket does not.
    """
    ours = socket.socket()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ours.bind(("127.0.0.1", 0))
    port = int(ours.getsockname()[1])
    ours.detach()
    return port


def dies_with_us(stop: signal.Signals) -> list[str]:
    """The words to put before a command so that it gets `stop` when the test process dies.

    Without util-linux there is no such command; then only an orderly end stops the server.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", stop.name.removeprefix("SIG")] if setpriv else []


class Service:
    """One server process, started and awaited by the constructor."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        answers: Callable[[], bool],
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self._log = log
        self._stop_signal = stop_signal
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=log.parent
            )
        self._wait_for(answers)

    def _wait_for(self, answers: Callable[[], bool]) -> None:
        give_up = time.monotonic() + START_SECONDS
        while not answers():
            if self._process.poll() is not None or time.monotonic() > give_up:
                self.stop()
                raise ServiceFailedError(self._log.read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def stop(self) -> None:
        """Ask the server to end, and kill it when it does not."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(self._stop_signal)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
