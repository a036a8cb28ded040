"""A private Redis on a free loopback port, keeping nothing."""

import shutil
import signal
import tempfile
from pathlib import Path

import redis

from tests.services.processes import Service, dies_with_us, find_program, free_port


class RedisServer:
    """A running server. `start` and `stop` may be called again, for tests of a dead Redis."""

    def __init__(self) -> None:
        self._program = find_program("redis-server", "redis-server")
        self._folder = Path(tempfile.mkdtemp(prefix="ssredis"))
        self._port = free_port()
        self._service: Service | None = None
        self.start()

    @property
    def url(self) -> str:
        """The address, as Celery and our own counts take it."""
        return f"redis://127.0.0.1:{self._port}/0"

    @property
    def folder(self) -> Path:
        """Where the server writes its log, and would write its data if it kept any."""
        return self._folder

    def start(self) -> None:
        """Start the server, if it does not run."""
        if self._service is not None:
            return
        listen = ["--bind", "127.0.0.1", "--port", str(self._port), "--dir", str(self._folder)]
        forget = ["--save", "", "--appendonly", "no"]
        self._service = Service(
            [*dies_with_us(signal.SIGTERM), str(self._program), *listen, *forget],
            self._folder / "log",
            self._answers,
        )

    def _answers(self) -> bool:
        with redis.Redis(host="127.0.0.1", port=self._port, socket_timeout=2) as client:
            try:
                return bool(client.ping())
            except (redis.ConnectionError, redis.TimeoutError):
                return False

    def empty(self) -> None:
        """Forget everything, between two tests."""
        with redis.Redis(host="127.0.0.1", port=self._port) as client:
            client.flushall()

    def stop(self) -> None:
        """Stop the server; its address stays the same for a later `start`."""
        if self._service is not None:
            self._service.stop()
            self._service = None

    def remove(self) -> None:
        """Stop the server and delete its folder."""
        self.stop()
        shutil.rmtree(self._folder)
