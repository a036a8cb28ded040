"""A record changed behind our back is never chosen, never sealed to, and raises an alarm."""

from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from safeshare.concerns.models import Grant, GranteeKind
from safeshare.concerns.service.compartments import Lock, open_locks
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Compartment, PublicKey
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerDay
from safeshare.people.models import KeyKind, QueueMember, ServiceKey, StaffMember
from safeshare.policy.actions import Action
from tests.cast import Stage
from tests.use_cases.handlers import case_of, holders_of


@use_case(Action.SERVICE_CHECK)
def open_every_compartment(door: Door, case_id: UUID) -> None:
    """Open whatever the actor's own grants open."""
    open_locks(door, case_id)


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
        value = "left" if column == "state" else source[column]
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


@pytest.mark.parametrize("compartment", [Compartment.WORK, Compartment.CONVERSATION])
def test_a_writer_of_the_tables_cannot_put_a_key_of_their_own_in_a_grants_place(
    stage: Stage, compartment: Compartment
) -> None:
    reference = stage.submit()[0].reference
    own_key = stage.gate.vault.new_compartment_key()
    with stage.system.database.engine.begin() as connection:
        rows = connection.execute(
            select(Grant.__table__).where(Grant.grantee_kind == GranteeKind.STAFF)
        ).mappings()
        for row in [one for one in rows.all() if one["compartment"] == compartment]:
            lock = Lock(row["case_id"], compartment, row["party_id"], own_key)
            place = lock.place("grant", row["grantee_id"], "sealed")
            public_key = connection.scalars(
                select(StaffMember.public_key).where(StaffMember.id == row["grantee_id"])
            ).one()
            planted = stage.gate.vault.grant(own_key, place, PublicKey(public_key))
            connection.execute(
                update(Grant)
                .where(Grant.grantee_id == row["grantee_id"], Grant.compartment == compartment)
                .values(sealed=planted)
            )
    holder = stage.staff(holders_of(stage, reference)[0])
    with pytest.raises(SealBrokenError):
        stage.gate.run(open_every_compartment, holder, case_of(stage, reference).id)
