"""Installations to measure on, each on a durable database, with real stretching."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from safeshare import migrate, wiring
from safeshare.db.session import Database
from tests.cast import Stage, build_stage
from tests.services.postgres import Postgres


@dataclass(frozen=True)
class Ground:
    """One installation. `stage` is its cast, whose own passphrases are stretched cheaply; `system`
    is the same installation as the product builds it.
    """

    name: str
    stage: Stage
    system: wiring.System

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return self.system.settings.keys_folder.parent

    def gather_statistics(self) -> None:
        """What PostgreSQL's autovacuum does within a minute of many new rows. SQLite needs none."""
        if not self.system.database.is_sqlite:
            with self.system.database.at_once() as connection:
                connection.execute(text("ANALYZE"))

    @property
    def url(self) -> str:
        """The address of its database."""
        return self.system.settings.database_url


@contextmanager
def sqlite_ground() -> Iterator[Ground]:
    """SQLite as one machine has it: WAL, `synchronous=FULL`."""
    with scratch_folder() as folder:
        yield from _built("SQLite", f"sqlite:///{folder / 'bench.db'}", folder)


@contextmanager
def postgres_ground() -> Iterator[Ground]:
    """A private PostgreSQL with its own safe settings: every commit reaches the disk."""
    cluster = Postgres(durable=True)
    try:
        with scratch_folder() as folder:
            yield from _built("PostgreSQL", cluster.url(cluster.new_database()), folder)
    finally:
        cluster.stop()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ssbench"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _built(name: str, url: str, folder: Path) -> Iterator[Ground]:
    database = Database(url)
    migrate.upgrade(database.engine)
    database.dispose()
    stage = build_stage(url, folder)
    system = wiring.build(stage.system.settings)
    try:
        yield Ground(name, stage, system)
    finally:
        stage.system.database.dispose()
        system.database.dispose()
