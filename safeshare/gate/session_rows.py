"""Where the two apps keep their split sessions. Rows outside the ledger, by the closed list."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from safeshare.gate.gate import Gate
from safeshare.gate.models import SessionRow
from safeshare.kernel.actors import Stranger
from safeshare.kernel.errors import SealBrokenError

DAYS_TO_PURGE = 2
"""A row is purged on this later date; when a session really ends is told only inside its box."""


@dataclass(frozen=True)
class SessionRows:
    """The sessions of one app, in one table, under one realm."""

    gate: Gate
    table: type[SessionRow]
    realm: str

    def new_cookie(self) -> str:
        """A fresh cookie value; its row is made by the `save` that begins it."""
        return self.gate.vault.new_session().cookie_value

    def load(self, cookie: str) -> dict[str, Any] | None:
        """What the session holds; None where the cookie is no (longer a) key to a row."""
        vault = self.gate.vault
        try:
            id_hash = vault.session_id_hash(cookie)
            with self.gate.database.reading() as session:
                row = session.get(self.table, id_hash)
                return None if row is None else vault.open_session(cookie, row.box, self.realm)
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
        with self.gate.door(Stranger()).change() as session:
            if in_place_of is not None:
                self._delete(session, in_place_of)
            if begins:  # Under a random cookie: there can be no row of it yet.
                session.add(self.table(id_hash=id_hash, box=box, purge_on=purge_on))
                return True
            changed = session.execute(
                update(self.table)
                .where(self.table.id_hash == id_hash)
                .values(box=box, purge_on=purge_on)
                .returning(self.table.id_hash),
                execution_options={"synchronize_session": False},
            )
            return changed.first() is not None

    def destroy(self, cookie: str) -> None:
        """End the session: without its row the cookie opens nothing."""
        with self.gate.door(Stranger()).change() as session:
            self._delete(session, cookie)

    def _delete(self, session: Session, cookie: str) -> None:
        with suppress(SealBrokenError):  # No cookie of ours, so there is no row of it.
            id_hash = self.gate.vault.session_id_hash(cookie)
            session.execute(delete(self.table).where(self.table.id_hash == id_hash))
