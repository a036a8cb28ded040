"""The ledger only grows: what each database role may do, and SQLite's triggers.

On PostgreSQL there are three roles. The owner of the tables runs migrations and nothing else. Two
roles without sign-in carry the rights of the program: `safeshare_web` may read and write, but only
add to `ledger_entry` and `ledger_day`; `safeshare_worker` may also take from `ledger_day` what
it moves onto a chain. The roles that sign in are members of one of the two. Later tables get
the same rights by default; whoever adds one of the ledger's kind takes them back.

SQLite has no roles. Its triggers stop a mistaken statement, and nobody who means it.

Revision ID: 0002
Revises: 0001.2
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001.2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WEB, WORKER = "safeshare_web", "safeshare_worker"
BOTH = f"{WEB}, {WORKER}"
REFUSED = "the ledger is only ever added to"


def upgrade() -> None:
    """Make the change."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER ledger_entry_no_{verb.lower()} BEFORE {verb} ON ledger_entry "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            )
        return
    _make_roles()
    op.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {BOTH}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {BOTH}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {BOTH}")
    op.execute(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {BOTH}"
    )
    op.execute(
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {BOTH}"
    )
    op.execute(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {BOTH}")
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry FROM {BOTH}")
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON ledger_day FROM {BOTH}")
    op.execute(f"GRANT DELETE ON ledger_day TO {WORKER}")


def downgrade() -> None:
    """Undo the change. The roles stay: other databases of the server may use them."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS ledger_entry_no_{verb}")
        return
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {BOTH}")
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {BOTH}")
    op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {BOTH}")
    op.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {BOTH}")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {BOTH}")


def _make_roles() -> None:
    """Roles belong to the whole server: they may be there from another database, or be made by
    another migration at this moment. Where the owner may make no roles, an administrator of the
    server makes these two before.
    """
    known = set(op.get_bind().scalars(sa.text("SELECT rolname FROM pg_roles")))
    for role in (WEB, WORKER):
        if role not in known:
            op.execute(
                f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN; "
                "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
