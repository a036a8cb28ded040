"""The fixtures that start servers: once a test process, and emptied for each test."""

from collections.abc import Iterator

import pytest

from tests.services.mail import MailSink
from tests.services.postgres import Postgres
from tests.services.redis_server import RedisServer
from tests.services.sockets import block_outside_sockets


def pytest_configure() -> None:
    """Close the way out before anything is imported by a test."""
    block_outside_sockets()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A private PostgreSQL cluster. Ask `postgres_url` for a database of your own."""
    cluster = Postgres()
    yield cluster
    cluster.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The SQLAlchemy address of an empty database, dropped after the test."""
    name = postgres.new_database()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(scope="session")
def redis_process() -> Iterator[RedisServer]:
    """A private Redis. A test that stops it gets it started again for the next."""
    server = RedisServer()
    yield server
    server.remove()


@pytest.fixture
def redis_server(redis_process: RedisServer) -> RedisServer:
    """The private Redis, running and empty."""
    redis_process.start()
    redis_process.empty()
    return redis_process


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The address of an empty Redis."""
    return redis_server.url


@pytest.fixture(scope="session")
def smtp_process() -> Iterator[MailSink]:
    """A private mail server."""
    sink = MailSink()
    yield sink
    sink.stop()


@pytest.fixture
def smtp_sink(smtp_process: MailSink) -> MailSink:
    """The private mail server, running and empty."""
    smtp_process.empty()
    return smtp_process
