"""A private PostgreSQL: one cluster a test process, unix socket only, nothing kept."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.services.processes import Service, dies_with_us, find_program
from tests.services.scratch import DISK, scratch

SUPERUSER = "test"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
}
"""Speed before durability: the cluster is thrown away. `max_connections` covers two web
processes, two workers and the test itself."""


def _servers_account() -> pwd.struct_passwd | None:
    """The account that root steps down to, since PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {account.pw_name: account for account in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _stepping_down(account: pwd.struct_passwd | None) -> list[str]:
    if account is None:
        return dies_with_us(signal.SIGQUIT)
    identity = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return [*(dies_with_us(signal.SIGQUIT) or ["setpriv"]), *identity]


class Postgres:
    """A running cluster in a folder of its own."""

    def __init__(self, durable: bool = False) -> None:
        """Start it. With `durable` it keeps PostgreSQL's own safe settings, for crash tests."""
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        initdb = find_program("initdb", "postgresql", programs)
        account = _servers_account()
        self.folder = Path(tempfile.mkdtemp(prefix="sspg", dir=DISK if durable else scratch()))
        self.data = self.folder / "data"
        if account is not None:
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        before = _stepping_down(account)
        _initialise(before, initdb, self.data)
        self._templates: dict[str, str] = {}
        self._service = Service(
            [*before, *self._command(initdb.with_name("postgres"), durable)],
            self.folder / "log",
            self._answers,
            signal.SIGQUIT,
        )

    def _command(self, server: Path, durable: bool) -> list[str]:
        chosen = {"listen_addresses": "", "max_connections": "60"} if durable else SETTINGS
        options = [f"--{name}={value}" for name, value in chosen.items()]
        return [str(server), "-D", str(self.data), "-k", str(self.folder), *options]

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.dsn(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def dsn(self, database: str = "postgres") -> str:
        """How libpq names a database of this cluster."""
        return f"host={self.folder} user={SUPERUSER} dbname={database}"

    def url(self, database: str = "postgres") -> str:
        """How SQLAlchemy names a database of this cluster."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.folder}"

    def new_database(self, template: str = "template1") -> str:
        """Create a database with a random name from `template`; returns its name."""
        name = f"t{uuid4().hex[:12]}"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def template(self, purpose: str, prepare: Callable[[str], None]) -> str:
        """The template database for `purpose`, made once by `prepare(url)`; returns its name.

        `prepare` must close its connections: PostgreSQL copies only a database in nobody's use.
        """
        if purpose not in self._templates:
            name = self.new_database()
            prepare(self.url(name))
            self._templates[purpose] = name
        return self._templates[purpose]

    def drop(self, database: str) -> None:
        """Remove a database, ending whoever is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(statement)

    def stop(self) -> None:
        """Stop the cluster and delete its folder."""
        self._service.stop()
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self.folder)


def _initialise(before: list[str], initdb: Path, data: Path) -> None:
    choices = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"]
    subprocess.run(
        [*before, str(initdb), "-D", str(data), *choices],
        check=True,
        cwd=data.parent,
        env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(data.parent)},
        stdout=subprocess.DEVNULL,
    )
