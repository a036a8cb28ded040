"""A database session that notices every change that the ledger must tell of."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnDefault, Table, event, insert
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, UOWTransaction

from safeshare.db.base import Base, table_of
from safeshare.db.columns import SealedBytes
from safeshare.gate.models import Heartbeat, ReporterSession, StaffSession
from safeshare.kernel.errors import SafeShareError
from safeshare.ledger.digests import Became, has_seals, in_one, place_of, told
from safeshare.ledger.models import LedgerDay, LedgerEntry

OUTSIDE_THE_LEDGER = frozenset(
    {
        ReporterSession.__tablename__,
        StaffSession.__tablename__,
        Heartbeat.__tablename__,
        "on_call_page",
        "stored_file",
        "file_chunk",
    }
)
"""The closed list of tables whose changes need no entry. Rate limits are kept in memory or Redis
and are no table. A page counts down once a minute: so many entries would tell how long before the
holder's first reading, which has an instant, the concern came. That somebody was paged is entered.
Stored files are drafts until they are sent; the entry of what they are sent with tells of them.
"""

_QUIET = OUTSIDE_THE_LEDGER | {LedgerEntry.__tablename__, LedgerDay.__tablename__}
_OWED = "ledger entry owed"
_DIGESTS = "digests"


class UnledgeredError(SafeShareError):
    """A use case changed something, or opened content, and told the ledger nothing."""


class GatedSession(Session):
    """The session of one use case's transaction."""

    @property
    def owes_entry(self) -> bool:
        """Whether something was changed that the ledger must tell of."""
        return bool(self.info.get(_OWED))

    @property
    def digests(self) -> Mapping[UUID | None, Mapping[str, str]]:
        """By case, and under None for what belongs to none: what became of each sealed row."""
        return self._digests

    @property
    def _digests(self) -> dict[UUID | None, dict[str, str]]:
        found: dict[UUID | None, dict[str, str]] = self.info.setdefault(_DIGESTS, {})
        return found

    def insert(self, rows: Iterable[Base]) -> None:
        """Store new rows in the order given, by one statement for each run of rows of one table,
        which must all have the same columns set.

        For whoever makes many rows at once and knows what refers to what: `add` has to find that
        out, and keeps the rows, at several times the cost.
        """
        for table, run in groupby(rows, table_of):
            made = list(run)
            self.connection().execute(insert(table), [_columns_of(row, table) for row in made])
            for row in filter(_is_told, made):
                self.info[_OWED] = True
                if has_seals(row):
                    self.tell(Became.MADE, row)

    def tell(self, became: Became, row: Base) -> None:
        """Note what becomes of a sealed row in this transaction."""
        own, place = self._digests.setdefault(_case_of(row), {}), place_of(row)
        if said := in_one(own.pop(place, None), told(became, row)):
            own[place] = said


@event.listens_for(GatedSession, "before_flush")
def _notice_rows(session: GatedSession, _context: UOWTransaction, _instances: object) -> None:
    written = [row for row in (*session.new, *session.dirty) if _is_told(row)]
    removed = [row for row in session.deleted if _is_told(row)]
    if written or removed:
        session.info[_OWED] = True


@event.listens_for(GatedSession, "after_flush")
def _digest_rows(session: GatedSession, _context: UOWTransaction) -> None:
    """Note every sealed row that was written. Entries are appended last, so their own flush has
    nothing to note.
    """
    made = ((Became.MADE, row) for row in session.new)
    changed = ((Became.CHANGED, row) for row in session.dirty if session.is_modified(row))
    gone = ((Became.GONE, row) for row in session.deleted)
    for became, row in (*made, *changed, *gone):
        if _is_told(row) and has_seals(row):
            session.tell(became, row)


@event.listens_for(GatedSession, "do_orm_execute")
def _notice_statements(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    if any(_is_sealed_by_case(mapper) for mapper in state.all_mappers):
        raise UnledgeredError("sealed rows of a case are written one by one, each with its digest")
    tables = {str(mapper.local_table) for mapper in state.all_mappers}
    if not tables or tables - _QUIET:
        state.session.info[_OWED] = True


def _columns_of(row: Base, table: Table) -> dict[str, object]:
    """What a new row says. Its defaults are filled in now, so that what is digested is what is
    stored.
    """
    for column in table.columns:
        if isinstance(column.default, ColumnDefault) and column.key not in row.__dict__:
            default = column.default.arg
            setattr(row, column.key, default(None) if callable(default) else default)
    return {one.key: row.__dict__[one.key] for one in table.columns if one.key in row.__dict__}


def _is_told(row: object) -> bool:
    return isinstance(row, Base) and row.__tablename__ not in _QUIET


def _is_sealed_by_case(mapper: Mapper[object]) -> bool:
    columns = mapper.local_table.columns
    return "case_id" in columns and any(isinstance(one.type, SealedBytes) for one in columns)


def _case_of(row: Base) -> UUID | None:
    case_id = getattr(row, "case_id", None)
    return case_id if isinstance(case_id, UUID) else None
