"""The fixtures that start servers: once a test process, and emptied for each test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from safeshare import migrate
from safeshare.db.session import Database
from tests.services.mail import MailSink
from tests.services.postgres import Postgres
from tests.services.redis_server import RedisServer
from tests.services.scratch import scratch
from tests.services.sockets import block_outside_sockets


def pytest_configure() -> None:
    """Close the way out, and choose where files go, before anything is imported by a test."""
    block_outside_sockets()
    os.environ.setdefault("TMPDIR", str(scratch()))
    tempfile.tempdir = None


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


def migrate_database(url: str) -> None:
    """Bring an empty database to the newest schema."""
    database = Database(url)
    migrate.upgrade(database.engine)
    database.engine.dispose()


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    migrate_database(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_database_url(_migrated_file: Path, tmp_path: Path) -> str:
    """The address of an SQLite database of the newest schema, with no rows, for this test only."""
    copy = tmp_path / "safeshare.db"
    shutil.copyfile(_migrated_file, copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def postgres_database_url(postgres: Postgres) -> Iterator[str]:
    """The address of a PostgreSQL database of the newest schema, with no rows, for this test."""
    name = postgres.new_database(postgres.template("migrated", migrate_database))
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database without rows: the test runs once on SQLite and once on PostgreSQL."""
    url = request.getfixturevalue(f"{request.param}_database_url")
    return str(url)


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
