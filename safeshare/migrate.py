"""Bringing a database to the newest schema."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from safeshare.kernel.errors import MisconfiguredError

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run every migration up to `revision`.

    Raises MisconfiguredError where the database was made by a version that no migration leads on
    from.
    """
    _insist_on_a_known_past(engine)
    _run(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take migrations back down to `revision`."""
    _run(engine, command.downgrade, revision)


def insist_on_newest(engine: Engine) -> None:
    """Raise MisconfiguredError unless the database is at the newest migration."""
    newest = ScriptDirectory(str(FOLDER)).get_current_head()
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current != newest:
        raise MisconfiguredError(
            f"The database is at migration {current or 'none'}, the program at {newest}. "
            "Run `bin/safeshare migrate` first."
        )


def _insist_on_a_known_past(engine: Engine) -> None:
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    known = {one.revision for one in ScriptDirectory(str(FOLDER)).walk_revisions()}
    if current is not None and current not in known:
        raise MisconfiguredError(
            f"The database is at migration {current}, which this version does not know: it was "
            "made by a newer version, or by one that was never released. Use the version that "
            "made it, or a new data folder and new key files."
        )


def _run(engine: Engine, action: Callable[[Config, str], None], revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        action(config, revision)
        connection.commit()
