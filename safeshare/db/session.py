"""Engines and sessions for SQLite (one machine) and PostgreSQL (production)."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from time import monotonic
from typing import Any, TypeVar
from zlib import crc32

from psycopg import Error
from sqlalchemy import ClauseElement, ColumnElement, Engine, create_engine, event, func, text, true
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor, DBAPIModule
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as SQLAlchemyTimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

S = TypeVar("S", bound=Session)

UNAVAILABLE: tuple[type[Exception], ...] = (OperationalError, SQLAlchemyTimeoutError)
"""What a database raises that cannot be reached, or has no connection to give."""

BUSY_SECONDS = 15
IDLE_SECONDS = 5.0
"""After so long in the pool a connection is asked whether it is still alive: a server that was
started anew ends them all, and one that was used just now need not be asked again.
"""

_CHECKED_IN = "checked in"
_BEGIN = "begin"
"""The execution option that says what a transaction begins with. Where it is empty there is none,
and each statement is committed with itself: our connections begin nothing on their own.
"""

LEDGER_LOCK = 0x5AFE5A4E
"""The advisory lock that puts the entries of the ledger's chain in one order on PostgreSQL."""

_LOCK_CHAIN = f"SELECT pg_advisory_xact_lock({LEDGER_LOCK})"
_CHAIN_TAKEN: ColumnElement[bool] = func.pg_try_advisory_xact_lock(LEDGER_LOCK)
_ANYBODYS: ColumnElement[bool] = true()
"""What the one statement of `append_if_last` asks before it writes: whether it has the chain now. A
statement that writes has all of SQLite.
"""


class Database:
    """One database. Hands out sessions; it never commits, which is the gate's alone to do."""

    def __init__(self, url: str, *, pool_size: int = 6, durable: bool = True) -> None:
        """Open `url`. Without `durable` a crash may lose everything: only for filling a new one."""
        self.engine = _engine(url, pool_size, durable=durable)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._at_once = self.engine.execution_options(**{_BEGIN: ""})
        begin = "BEGIN IMMEDIATE" if self.is_sqlite else f"BEGIN; {_LOCK_CHAIN}"
        self.chain_is_free = _ANYBODYS if self.is_sqlite else _CHAIN_TAKEN
        self._chain = self.engine.execution_options(**{_BEGIN: begin})
        # On PostgreSQL READ COMMITTED gives each statement its own snapshot anyway: the two round
        # trips of a transaction would buy a reader nothing.
        self._reader = self.engine if self.is_sqlite else self._at_once

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; closing it rolls back whatever it might have changed."""
        with Session(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that only reads, and sees the same state of every table until it is closed."""
        engine = self.engine
        if not self.is_sqlite:
            engine = engine.execution_options(**{_BEGIN: "BEGIN ISOLATION LEVEL REPEATABLE READ"})
        with Session(engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self, session_class: type[S]) -> Iterator[S]:
        """A session inside one write transaction. The caller commits; leaving it rolls back."""
        with session_class(self.engine, expire_on_commit=False) as session:
            begin = "BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN"
            session.connection(execution_options={_BEGIN: begin})
            yield session

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """A connection on which each statement is a transaction of its own, and is committed with
        it. Only the gate writes with it: what stands outside the ledger, or an entry of it.
        """
        with self._at_once.connect() as connection:
            yield connection

    @contextmanager
    def by_driver(self) -> Iterator[DBAPICursor]:
        """A cursor of the driver itself, on which each statement is committed with itself: for the
        few that every request of the web asks. SQLAlchemy takes longer over each of them than the
        driver and PostgreSQL together. `written` makes their text.

        Raises what SQLAlchemy raises, OperationalError where the database cannot be reached.
        """
        raw = None
        try:
            raw = self.engine.raw_connection()
            with closing(raw.cursor()) as cursor:
                yield cursor
        except self.engine.dialect.loaded_dbapi.Error as error:
            raise self._as_ever(raw, error) from error
        finally:
            if raw is not None:
                raw.close()

    def written(self, statement: ClauseElement) -> str:
        """A statement as the driver takes it, with its values by name."""
        dialect: Any = type(self.engine.dialect)
        style = "named" if self.is_sqlite else "pyformat"
        return str(statement.compile(dialect=dialect(paramstyle=style)))

    def _as_ever(
        self, raw: PoolProxiedConnection | None, error: DBAPIModule.Error
    ) -> BaseException:
        """What SQLAlchemy raises for an error of the driver. Where the server is gone, the other
        connections that it had given us are given up as well.
        """
        dialect = self.engine.dialect
        is_gone = raw is not None and dialect.is_disconnect(error, raw, None)
        if raw is not None and is_gone:
            raw.invalidate(error)
            self.engine.dispose()
        return DBAPIError.instance(
            None,
            None,
            error,
            dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=is_gone,
            dialect=dialect,
        )

    def lock_ledger(self, session: Session) -> None:
        """Wait for the chain. On SQLite BEGIN IMMEDIATE already holds the only write lock."""
        if not self.is_sqlite:
            session.connection().exec_driver_sql(_LOCK_CHAIN)

    @contextmanager
    def holding_chain(self) -> Iterator[Connection]:
        """A connection inside a transaction that holds the ledger's chain from its beginning: for
        entries of what changed nothing. The caller commits; leaving it rolls back.
        """
        with self._chain.connect() as connection:
            yield connection

    @contextmanager
    def alone(self, name: str) -> Iterator[bool]:
        """Be the only process of the installation to do something; False where another does it.

        A process that dies lets go at once: the lock is the server's or the kernel's, not a row's.
        """
        lock = _file_lock if self.is_sqlite else _advisory_lock
        with lock(self.engine, name) as is_alone:
            yield is_alone

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@contextmanager
def _advisory_lock(engine: Engine, name: str) -> Iterator[bool]:
    key = {"key": crc32(name.encode())}
    with engine.connect().execution_options(**{_BEGIN: ""}) as connection:
        taken = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key)
        try:
            yield bool(taken)
        finally:
            if taken:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


@contextmanager
def _file_lock(engine: Engine, name: str) -> Iterator[bool]:
    path = f"{engine.url.database}.{name}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            flock(descriptor, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _engine(url: str, pool_size: int, *, durable: bool) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            hide_parameters=True,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            pool_size=pool_size,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        if not durable:
            event.listen(engine, "connect", _hurry_sqlite)
        event.listen(engine, "begin", _begin)
        return engine
    engine = create_engine(
        url,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=4,
    )
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkin", _note_checkin)
    event.listen(engine, "checkout", _ping_when_left_alone)
    return engine


def _note_checkin(_raw: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info[_CHECKED_IN] = monotonic()


def _ping_when_left_alone(
    raw: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    """Ask a connection that lay idle whether it is alive; the pool replaces it where it is not."""
    if monotonic() - entry.info.get(_CHECKED_IN, monotonic()) < IDLE_SECONDS:
        return
    try:
        raw.cursor().execute("SELECT 1")
    except Error as error:
        raise DisconnectionError from error


def _prepare_sqlite(raw: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    raw.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        "foreign_keys=ON",
        "temp_store=MEMORY",
    ):
        raw.execute(f"PRAGMA {pragma}")


def _hurry_sqlite(raw: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    raw.execute("PRAGMA synchronous=OFF")


def _begin(connection: Connection) -> None:
    statement = connection.get_execution_options().get(_BEGIN, "BEGIN")
    if statement:
        connection.exec_driver_sql(statement)
