"""Cases and newcomers of the recovery ceremony, for tests."""

from sqlalchemy import select

from safeshare.concerns.models import Grant, GranteeKind
from safeshare.kernel.actors import Role
from tests.cast import Stage, approve, enrol
from tests.use_cases.handlers import (
    case_of,
)


def newcomer(stage: Stage, name: str = "newcomer", queue: str = "hr") -> str:
    """Somebody who joined after the concern was sent."""
    enrol(stage, name, {Role.HANDLER}, queue)
    approve(stage, "overseer", name, queue)
    return name


def recovery_sets(stage: Stage, reference: str) -> set[object]:
    case_id = case_of(stage, reference).id
    with stage.system.database.reading() as session:
        rows = select(Grant.grantee_id).where(
            Grant.case_id == case_id, Grant.grantee_kind == GranteeKind.RECOVERY
        )
        return set(session.scalars(rows))
