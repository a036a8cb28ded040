"""Fail when the models and the migrations describe different databases.

A fresh SQLite database is brought to the newest migration and compared with the models. The tests
do the same on PostgreSQL, and run each migration up, down and up again.
"""

import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData

from safeshare import migrate, tables
from safeshare.db.session import Database


def differences(engine: Engine, models: MetaData = tables.METADATA) -> list[str]:
    """What a new migration would have to change in the database of `engine`, one line each."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, models)]


def main() -> int:
    """Print each difference; 1 when there is one, or when the history has more than one end."""
    heads = ScriptDirectory(str(migrate.FOLDER)).get_heads()
    if len(heads) != 1:
        print(f"the migrations have {len(heads)} newest versions: {', '.join(heads)}")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'drift.db'}")
        migrate.upgrade(database.engine)
        found = differences(database.engine)
        database.engine.dispose()
    for line in found:
        print(f"models and migrations differ: {line}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
