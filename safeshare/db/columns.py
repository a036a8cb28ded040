"""Column types that refuse the wrong thing: plain text where a seal belongs, a naive instant."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import DateTime, Dialect, Enum, LargeBinary
from sqlalchemy.types import TypeDecorator

from safeshare.kernel.sealed import Sealed


class SealedBytes(TypeDecorator[Sealed]):
    """Stores `Sealed` only. Anything else is a programming error and raises TypeError."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> bytes | None:
        """Refuse plain text; hand the ciphertext to the driver."""
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError("only a Sealed value may be stored in this column")
        return value.blob

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Sealed | None:
        """Give the ciphertext back as `Sealed`."""
        return None if value is None else Sealed(bytes(value))


class UTCDateTime(TypeDecorator[datetime]):
    """An instant, always aware and in UTC; SQLite alone would hand back a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant must say its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def coded(codes: type[StrEnum], name: str, *, checked: bool = True) -> Enum:
    """A text column that the database itself limits to the values of an enum.

    `checked=False` leaves that to the program, for an enum that grows with every release.
    """
    return Enum(
        codes,
        name=name,
        native_enum=False,
        create_constraint=checked,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )
