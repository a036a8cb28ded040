"""The declarative base. Every constraint has a predictable name, so that migrations can name it."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, Date, Integer, MetaData, Table, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from safeshare.db.columns import SealedBytes, UTCDateTime
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.sealed import Sealed

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table inherits."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        UUID: Uuid(),
        datetime: UTCDateTime(),
        date: Date(),
        Sealed: SealedBytes(),
        dict[str, str]: JSON(),
        dict[str, object]: JSON(),
        list[str]: JSON(),
    }

    def __init_subclass__(cls, **options: Any) -> None:
        """Store SQLite's tables by their own keys: a hidden row number would tell the order in
        which concerns arrived.
        """
        super().__init_subclass__(**options)
        table = cls.__dict__.get("__table__")
        if isinstance(table, Table) and not isinstance(next(iter(table.primary_key)).type, Integer):
            table.kwargs["sqlite_with_rowid"] = False


def table_of(model: type[Base] | Base) -> Table:
    """The table of a model. Raises TypeError where it has none of its own."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model} has no table of its own")
    return table


class Identified:
    """A row with a random id of its own."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
