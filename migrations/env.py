"""Runs migrations on the connection that `safeshare migrate` or a test hands over."""

from alembic import context
from sqlalchemy import Connection, text

from safeshare import tables

LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "10min"


def run(connection: Connection) -> None:
    """Migrate inside one transaction; on PostgreSQL never wait long behind somebody's lock."""
    is_postgresql = connection.dialect.name == "postgresql"
    context.configure(
        connection=connection,
        target_metadata=tables.METADATA,
        render_as_batch=not is_postgresql,
        compare_type=True,
        user_module_prefix="columns.",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        if is_postgresql:
            connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
            connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
        context.run_migrations()


run(context.config.attributes["connection"])
