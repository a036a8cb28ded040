"""An index of the promises that are open, from which a queue page reads the soonest of each case.

Revision ID: 0003
Revises: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WIDE = "ix_promise_case_id_state_kind_due_on"
IS_OPEN = sa.text("state IN ('missed', 'pending')")


def upgrade() -> None:
    """Make the change."""
    op.create_index("ix_promise_case_id", "promise", ["case_id"])
    op.create_index(
        "ix_promise_open",
        "promise",
        ["case_id", "due_on", "kind"],
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    op.drop_index(WIDE, table_name="promise")


def downgrade() -> None:
    """Undo the change."""
    op.create_index(WIDE, "promise", ["case_id", "state", "kind", "due_on"])
    op.drop_index("ix_promise_open", table_name="promise")
    op.drop_index("ix_promise_case_id", table_name="promise")
