"""What a writer of every table does who has no key file, and what the ledger tells of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, insert, select, update

from safeshare.concerns.models import Case, Grant, GranteeKind
from safeshare.db.base import Base
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerDay
from safeshare.people.models import (
    Queue,
    QueueMember,
    StaffMember,
    StaffRole,
)
from tests.cast import Stage

Rows = dict[Table, list[Mapping[str, Any]]]


def write(stage: Stage, statement: Any) -> None:
    """What a writer of the tables does."""
    with stage.system.database.engine.begin() as connection:
        connection.execute(statement)


def table(model: type[Base]) -> Table:
    found = model.__table__
    assert isinstance(found, Table)
    return found


def rows_of(stage: Stage, where: Mapping[type[Base], Any]) -> Rows:
    """Rows as a writer of the tables would keep them for later."""
    with stage.system.database.engine.connect() as connection:
        return {
            table(model): [
                dict(row) for row in connection.execute(select(table(model)).where(when)).mappings()
            ]
            for model, when in where.items()
        }


def put_back(stage: Stage, where: Mapping[type[Base], Any], kept: Rows) -> None:
    """Put rows back as they were, their signatures included."""
    with stage.system.database.engine.begin() as connection:
        for model in reversed(list(where)):
            if model is not StaffMember and model is not Queue:
                connection.execute(delete(table(model)).where(where[model]))
        for model in where:
            for row in kept[table(model)]:
                if model is StaffMember or model is Queue:
                    changed = update(table(model)).where(table(model).c.id == row["id"])
                    connection.execute(changed.values(dict(row)))
                else:
                    connection.execute(insert(table(model)).values(dict(row)))


def of_person(staff_id: UUID) -> dict[type[Base], Any]:
    return {
        StaffMember: StaffMember.id == staff_id,
        StaffRole: StaffRole.staff_id == staff_id,
        QueueMember: QueueMember.staff_id == staff_id,
    }


def alarms(stage: Stage) -> set[str]:
    """What the ledger has raised an alarm about."""
    with stage.system.database.reading() as session:
        rows = session.scalars(select(LedgerDay).where(LedgerDay.event == Event.ALARM_RAISED))
        return {row.note["owner"] for row in rows}


def holders(stage: Stage) -> set[UUID]:
    """Everybody on the staff who was given a key of anything."""
    with stage.system.database.reading() as session:
        found = select(Grant.grantee_id).where(Grant.grantee_kind == GranteeKind.STAFF)
        return set(session.scalars(found))


def members(stage: Stage, queue: str) -> set[UUID]:
    with stage.system.database.reading() as session:
        found = select(QueueMember.staff_id).where(QueueMember.queue_id == stage.queues[queue])
        return set(session.scalars(found))


def queues_of_cases(stage: Stage) -> set[UUID]:
    with stage.system.database.reading() as session:
        return set(session.scalars(select(Case.queue_id)))


def put(model: type[Base], row_id: UUID, **values: Any) -> Any:
    """A statement that changes one row."""
    return update(model).where(table(model).c.id == row_id).values(**values)
