"""A record changed behind our back is never chosen, never sealed to, and raises an alarm."""

import pytest
from sqlalchemy import insert, select, update

from safeshare.concerns.models import Grant, GranteeKind
from safeshare.kernel.errors import SealBrokenError
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerDay
from safeshare.people.models import KeyKind, QueueMember, ServiceKey, StaffMember
from tests.cast import Stage


def alarms(stage: Stage) -> set[str]:
    """Whose records the ledger has raised an alarm about."""
    with stage.system.database.reading() as session:
        rows = session.scalars(select(LedgerDay).where(LedgerDay.event == Event.ALARM_RAISED))
        return {row.note["owner"] for row in rows}


def holders(stage: Stage) -> set[object]:
    """Everybody who was given a key of anything, but for parties."""
    with stage.system.database.reading() as session:
        return set(
            session.scalars(select(Grant.grantee_id).where(Grant.grantee_kind != GranteeKind.PARTY))
        )


@pytest.mark.parametrize("column", ["public_key", "mac", "state"])
def test_a_writer_of_the_tables_cannot_make_a_changed_account_a_holder(
    stage: Stage, column: str
) -> None:
    forged = stage.enrolled["hr_1"].staff_id
    other = stage.enrolled["hr_2"].staff_id
    with stage.system.database.engine.begin() as connection:
        source = (
            connection.execute(select(StaffMember.__table__).where(StaffMember.id == other))
            .mappings()
            .one()
        )
        value = "away" if column == "state" else source[column]
        connection.execute(
            update(StaffMember).where(StaffMember.id == forged).values({column: value})
        )
    for _ in range(6):
        stage.submit()
    assert forged not in holders(stage)
    assert alarms(stage) == {str(forged)}
    with pytest.raises(SealBrokenError):
        stage.staff("hr_1")


def test_an_administrator_cannot_approve_anybody_by_writing_to_the_table(stage: Stage) -> None:
    administrator = stage.enrolled["administrator"].staff_id
    with stage.system.database.engine.begin() as connection:
        connection.execute(
            insert(QueueMember).values(
                queue_id=stage.queues["hr"],
                staff_id=administrator,
                approved_by=stage.enrolled["hr_supervisor"].staff_id,
                trained_for_danger=True,
            )
        )
    for _ in range(6):
        stage.submit()
    assert administrator not in holders(stage)
    assert str(administrator) in alarms(stage)


def test_nothing_is_sealed_to_a_recovery_key_that_was_exchanged(stage: Stage) -> None:
    with stage.system.database.engine.begin() as connection:
        officer = connection.scalars(
            select(ServiceKey.public_key).where(ServiceKey.kind == KeyKind.OFFICER)
        ).first()
        recovery = connection.scalars(
            select(ServiceKey.owner_id).where(ServiceKey.kind == KeyKind.RECOVERY)
        ).one()
        connection.execute(
            update(ServiceKey).where(ServiceKey.kind == KeyKind.RECOVERY).values(public_key=officer)
        )
    stage.submit()
    assert recovery not in holders(stage)
    assert alarms(stage) == {str(recovery)}
