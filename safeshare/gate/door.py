"""What a use case is handed: actor, clock, vault, a session to read, a transaction to write."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.db.session import Database
from safeshare.gate.session import GatedSession
from safeshare.kernel.actors import Actor
from safeshare.kernel.clocks import Clock
from safeshare.kernel.errors import MisconfiguredError, SafeShareError
from safeshare.ledger.entries import (
    Entry,
    append_timed,
    append_timeless,
    collect_days,
    first_broken_position,
    is_timeless,
)
from safeshare.ledger.events import Event
from safeshare.ledger.models import Chain
from safeshare.vault import Vault

T = TypeVar("T")


class UnledgeredError(SafeShareError):
    """A use case changed something, or opened content, and told the ledger nothing."""


class Door:
    """One passage of one actor through the gate.

    Work that is slow (stretching, sealing, rendering) belongs before or after `change`, never
    inside it: the transaction holds the ledger's lock only for its last statement.
    """

    def __init__(
        self,
        actor: Actor,
        clock: Clock,
        vault: Vault,
        database: Database,
        rulebook: Mapping[type, object],
    ) -> None:
        self.actor = actor
        self._rulebook = rulebook
        self.clock = clock
        self.vault = vault.with_watch(self._notice_reveal)
        self._database = database
        self._entries: list[Entry] = []
        self._revealed = False
        self._has_changed = False
        self._reading = ExitStack()
        self._read: Session | None = None
        self._known: dict[Hashable, Any] = {}

    @property
    def read(self) -> Session:
        """A session for queries. What it returns is a snapshot; `change` must look again."""
        if self._read is None:
            self._read = self._reading.enter_context(self._database.reading())
        return self._read

    def once(self, key: Hashable, find: Callable[[Session], T]) -> T:
        """What a query finds, asked once while the door reads: the policy's facts and the use case
        share the same snapshot. `key` names the query and what it was asked for.
        """
        if key not in self._known:
            self._known[key] = find(self.read)
        found: T = self._known[key]
        return found

    def rule(self, kind: type[T]) -> T:
        """The installation's one set of rules of a kind, such as its timetable."""
        found = self._rulebook.get(kind)
        if not isinstance(found, kind):
            raise MisconfiguredError(f"the rulebook holds no {kind.__name__}")
        return found

    def record(self, event: Event, *, case_id: UUID | None = None, **note: str) -> None:
        """Say what happened, for the ledger. `note` holds codes and counts, never content."""
        self._entries.append(Entry(event, case_id, note))

    @contextmanager
    def change(self) -> Iterator[Session]:
        """The use case's one transaction. It is committed here, and nowhere else in the product."""
        if self._has_changed:
            raise UnledgeredError("a use case has one transaction")
        self._has_changed = True
        self.stop_reading()
        with self._database.writing(GatedSession) as session:
            yield session
            session.flush()
            self._append(session)
            session.commit()

    def collect_past_days(self, session: Session) -> int:
        """Move the entries of the days before today onto the chain that has no instants.

        Returns how many were moved.
        """
        self._database.lock_ledger(session)
        return collect_days(session, self.clock.today())

    def first_broken_position(self, chain: Chain) -> int | None:
        """Where the ledger was first changed, cut out of or reordered; None where it was not."""
        return first_broken_position(self.read, chain)

    def finish(self) -> None:
        """Write what was recorded outside `change`, and insist on an entry for opened content."""
        self.stop_reading()
        if self._entries and not self._has_changed:
            with self.change():
                pass
        if self._entries or (self._revealed and not self._has_changed):
            raise UnledgeredError("something was opened or recorded after the entries were written")

    def stop_reading(self) -> None:
        """Give the reading session back."""
        self._reading.close()
        self._read = None
        self._known.clear()

    def _append(self, session: GatedSession) -> None:
        entries, self._entries = self._entries, []
        if not entries:
            if session.owes_entry or self._revealed:
                raise UnledgeredError("a change or a reading of content without a ledger entry")
            return
        today = self.clock.today()
        if is_timeless(self.actor, entries):
            append_timeless(session, entries, session.digests, today)
        else:
            self._database.lock_ledger(session)
            append_timed(session, self.actor, entries, session.digests, self.clock.now(), today)

    def _notice_reveal(self) -> None:
        self._revealed = True
