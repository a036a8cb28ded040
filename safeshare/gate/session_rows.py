"""Where the two apps keep their split sessions. Rows outside the ledger, by the closed list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from safeshare.db.base import table_of
from safeshare.gate.gate import Gate
from safeshare.gate.models import SessionRow
from safeshare.gate.session import OUTSIDE_THE_LEDGER, UnledgeredError
from safeshare.kernel.errors import SealBrokenError
from safeshare.kernel.sealed import Sealed

DAYS_TO_PURGE = 2
"""A row is purged on this later date; when a session really ends is told only inside its box."""


@dataclass(frozen=True)
class SessionRows:
    """The sessions of one app, in one table, under one realm.

    Every request reads its row and most write it: by one statement each, without a transaction
    around it, since the row is all there is to keep.
    """

    gate: Gate
    table: type[SessionRow]
    realm: str

    def __post_init__(self) -> None:
        """Refuse a table whose changes the ledger must tell of."""
        if self.table.__tablename__ not in OUTSIDE_THE_LEDGER:
            raise UnledgeredError(f"{self.table.__tablename__} is no table of sessions")

    def new_cookie(self) -> str:
        """A fresh cookie value; its row is made by the `save` that begins it."""
        return self.gate.vault.new_session().cookie_value

    def load(self, cookie: str) -> dict[str, Any] | None:
        """What the session holds; None where the cookie is no (longer a) key to a row."""
        vault = self.gate.vault
        try:
            id_hash = vault.session_id_hash(cookie)
            with self.gate.database.by_driver() as cursor:
                cursor.execute(self._find, {"found": id_hash})
                row = cursor.fetchone()
            return None if row is None else vault.open_session(cookie, Sealed(row[0]), self.realm)
        except SealBrokenError:
            return None

    def save(
        self,
        cookie: str,
        content: Mapping[str, Any],
        *,
        begins: bool,
        in_place_of: str | None = None,
    ) -> bool:
        """Seal the session anew. False where it has ended meanwhile, so that nothing was kept.

        Only a session that `begins` gets a row; a request still in flight brings none back. The
        session `in_place_of` which it begins ends in the same commit.
        """
        id_hash, box = self.gate.vault.seal_session(cookie, content, self.realm)
        purge_on = self.gate.clock.security_now().date() + timedelta(days=DAYS_TO_PURGE)
        row = {"id_hash": id_hash, "box": box.blob, "purge_on": purge_on.isoformat()}
        before = self._hash_of(in_place_of) if in_place_of is not None else None
        found = before if begins else id_hash
        with self.gate.database.by_driver() as cursor:
            if found is not None:
                cursor.execute(self._keep, {"found": found, **row})
            is_kept = found is not None and cursor.rowcount == 1
            if begins and not is_kept:
                cursor.execute(self._begin, row)
            return begins or is_kept

    def destroy(self, cookie: str) -> None:
        """End the session: without its row the cookie opens nothing."""
        with self.gate.database.by_driver() as cursor:
            cursor.execute(self._end, {"found": self._hash_of(cookie)})

    def _hash_of(self, cookie: str) -> bytes | None:
        """Where the row of a cookie is; None where it is none of ours, so that there is no row."""
        try:
            return self.gate.vault.session_id_hash(cookie)
        except SealBrokenError:
            return None

    @cached_property
    def _rows(self) -> Table:
        return table_of(self.table)

    @cached_property
    def _find(self) -> str:
        return self._written(select(self._rows.c.box).where(self._is_found))

    @cached_property
    def _begin(self) -> str:
        return self._written(insert(self._rows))

    @cached_property
    def _keep(self) -> str:
        return self._written(update(self._rows).where(self._is_found))

    @cached_property
    def _end(self) -> str:
        return self._written(delete(self._rows).where(self._is_found))

    @property
    def _is_found(self) -> ColumnElement[bool]:
        return self._rows.c.id_hash == bindparam("found")

    def _written(self, statement: ClauseElement) -> str:
        return self.gate.database.written(statement)
