"""A database session that notices every change that the ledger must tell of."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, object_mapper

from safeshare.db.base import Base
from safeshare.gate.models import Heartbeat, ReporterSession, StaffSession
from safeshare.kernel.sealed import Sealed
from safeshare.ledger.models import LedgerDay, LedgerEntry

OUTSIDE_THE_LEDGER = frozenset(
    {
        ReporterSession.__tablename__,
        StaffSession.__tablename__,
        Heartbeat.__tablename__,
        "on_call_page",
    }
)
"""The closed list of tables whose changes need no entry. Rate limits are kept in memory or Redis
and are no table. A page counts down once a minute: so many entries would tell how long before the
holder's first reading, which has an instant, the concern came. That somebody was paged is entered.
"""

_QUIET = OUTSIDE_THE_LEDGER | {LedgerEntry.__tablename__, LedgerDay.__tablename__}
_OWED = "ledger entry owed"
_DIGESTS = "digests"


class GatedSession(Session):
    """The session of one use case's transaction."""

    @property
    def owes_entry(self) -> bool:
        """Whether something was changed that the ledger must tell of."""
        return bool(self.info.get(_OWED))

    @property
    def digests(self) -> dict[str, str]:
        """`table/row/column` to the hex SHA-256 of each sealed value written so far."""
        found: dict[str, str] = self.info.setdefault(_DIGESTS, {})
        return found


@event.listens_for(GatedSession, "before_flush")
def _notice_rows(session: GatedSession, _context: UOWTransaction, _instances: object) -> None:
    written = [row for row in (*session.new, *session.dirty) if _is_told(row)]
    removed = [row for row in session.deleted if _is_told(row)]
    if written or removed:
        session.info[_OWED] = True


@event.listens_for(GatedSession, "after_flush")
def _digest_rows(session: GatedSession, _context: UOWTransaction) -> None:
    for row in (*session.new, *session.dirty):
        if _is_told(row):
            session.digests.update(_digests_of(row))


@event.listens_for(GatedSession, "do_orm_execute")
def _notice_statements(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    tables = {str(mapper.local_table) for mapper in state.all_mappers}
    if not tables or tables - _QUIET:
        state.session.info[_OWED] = True


def _is_told(row: object) -> bool:
    return isinstance(row, Base) and row.__tablename__ not in _QUIET


def _digests_of(row: Base) -> Iterable[tuple[str, str]]:
    mapper = object_mapper(row)
    key = ":".join(str(part) for part in mapper.primary_key_from_instance(row))
    for attribute in mapper.column_attrs:
        value = getattr(row, attribute.key)
        if isinstance(value, Sealed):
            yield (
                f"{row.__tablename__}/{key}/{attribute.key}",
                hashlib.sha256(value.blob).hexdigest(),
            )
