"""What a use case is handed: actor, clock, vault, a session to read, a transaction to write."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.db.base import Base
from safeshare.db.session import Database
from safeshare.gate.book import Book
from safeshare.gate.session import GatedSession, UnledgeredError
from safeshare.kernel.actors import Actor
from safeshare.kernel.clocks import Clock
from safeshare.kernel.errors import MisconfiguredError, SealBrokenError
from safeshare.kernel.keys import SignedRecord
from safeshare.ledger.digests import (
    Became,
    Written,
    acceptable,
    digest_of,
    is_of_reporter_on,
    newest_places,
    place_of,
    taken_places,
)
from safeshare.ledger.entries import Collected, End, Entry
from safeshare.ledger.events import Event
from safeshare.vault import Vault

T = TypeVar("T")


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
        self._book = Book(self.vault, database, clock)
        self._writing: GatedSession | None = None
        self._entries: list[Entry] = []
        self._revealed = False
        self._has_changed = False
        self._reading = ExitStack()
        self._read: Session | None = None
        self._known: dict[Hashable, Any] = {}
        self._newest: Mapping[str, int] = {}
        self._signed: dict[str, int] = {}
        self._seen: dict[str, int] = {}

    @property
    def read(self) -> Session:
        """A session for queries. What it returns is a snapshot; `change` must look again."""
        if self._read is None:
            self._newest = self.vault.known_revisions()
            self._read = self._reading.enter_context(self._database.reading())
        return self._read

    def reading_apart(self) -> AbstractContextManager[Session]:
        """A session of its own, for a file that is read chunk by chunk while it is sent to a
        browser, when the use case that opened it has ended and its entry is written.
        """
        return self._database.reading()

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

    def sign(self, record: SignedRecord) -> bytes:
        """The signature on a record. Its revision is the newest once `change` has committed."""
        if record.revision:
            self._signed[record.subject] = record.revision
        return self.vault.eligibility_mac(record)

    def next_revision(self, kind: str, owner: str, revision: int | None) -> int:
        """Under which revision a record is signed next: above its own, and above the newest that
        was ever kept, so that after a restore no number is given twice.
        """
        return max(revision or 0, self._newest.get(f"{kind}/{owner}", 0)) + 1

    def is_signed(self, record: SignedRecord, mac: bytes) -> bool:
        """Whether a record is one that we signed, and the newest of it that was ever kept.

        The newest revisions are looked up before the tables are read and raised after a commit, so
        a record that was read is never honestly older. One that is newer was committed by a process
        that died before it could say so: it is kept as the newest from now on.
        """
        if not self.vault.eligibility_valid(record, mac):
            return False
        newest = self._newest.get(record.subject, 0)
        if record.revision > newest and record.subject not in self._signed:
            self._seen[record.subject] = record.revision
        return record.revision >= newest

    @contextmanager
    def judging(self) -> Iterator[None]:
        """While the gate finds the policy's facts: a case's own list that is opened for them is
        shown to nobody, and needs no entry.
        """
        before = self._revealed
        yield
        self._revealed = before

    @contextmanager
    def change(self) -> Iterator[GatedSession]:
        """The use case's one transaction. Every change is committed here, and nowhere else in the
        product; entries of what changed nothing are the book's to commit.
        """
        if self._has_changed:
            raise UnledgeredError("a use case has one transaction")
        self._has_changed = True
        self.stop_reading()
        self._newest = self.vault.known_revisions()
        with self._database.writing(GatedSession) as session:
            self._writing = session
            try:
                yield session
                session.flush()
                end = self._append(session)
                with self.vault.raising_revisions(self._signed):
                    session.commit()
            finally:
                self._writing = None
                self._known.clear()
        self._book.advance(end)

    def insist_as_written(self, case_id: UUID, *rows: Base) -> None:
        """Compare sealed rows of a case with what the ledger says was last written there. One
        statement for all the rows of a case that a use case reads.

        Raises SealBrokenError where a row is older, invented, or not whole as it was written, and
        StaleError where it was changed just while it was being read.
        """
        for row in rows:
            place = place_of(row)
            if digest_of(row) in self._acceptable(case_id, place):
                continue
            if self._writing is not None:
                raise SealBrokenError("a sealed row is not what was last written there")
            self._book.judge_row(case_id, row)

    def is_of_today(self, case_id: UUID, row: Base) -> bool:
        """Whether a sealed row of a case stands as a reporter wrote it today, at an hour that must
        not be told: what staff wrote there since is theirs.

        Raises SealBrokenError where what the ledger says of the case is not as it was written.
        """
        writings = self._written(case_id).get(place_of(row), ())
        return is_of_reporter_on(writings, self.clock.today(), digest_of(row))

    def leave_as_written(self, row: Base) -> None:
        """Let the entry of `change` tell of a changed row what it tells of others, and leave the
        row as a reporter wrote it today. Their entry has no hour, so both are taken for the newest;
        nobody else can bring the one that was never stored.
        """
        if self._writing is None:
            raise UnledgeredError("a row is left as it was within a change")
        self._writing.tell(Became.CHANGED, row)
        self._writing.expire(row)

    def note_missing(self, case_id: UUID, row: Base) -> None:
        """Let the entry of `change` say that the row in whose place this one is about to be made
        is gone, where the ledger knows of one: somebody took it out behind our back. Else it would
        be missed there for good, whatever becomes of the new one.
        """
        if self._writing is None:
            raise UnledgeredError("a missing row is made anew within a change")
        if acceptable(self._written(case_id).get(place_of(row), ())):
            self._writing.tell(Became.GONE, row)

    def expect(self, case_ids: Collection[UUID]) -> None:
        """Look up at once what was written to many cases whose rows are about to be compared."""
        session = self._writing if self._writing is not None else self.read
        for case_id, written in self._book.list_written_of(session, case_ids).items():
            self._known[("written", case_id)] = written

    def insist_complete(self, case_id: UUID, table: type[Base], rows: Iterable[Base]) -> None:
        """Raise SealBrokenError where one of a case's sealed rows in a table is gone."""
        found = {place_of(row) for row in rows}
        if not found.issuperset(newest_places(self._written(case_id), table.__tablename__)):
            self._book.judge_table(case_id, table)

    def list_taken(self, case_id: UUID, table: type[Base]) -> Iterable[Sequence[str]]:
        """The keys of the sealed rows of a case that were ever taken from a table, each as the
        texts of its columns, in the key's own order.
        """
        taken = taken_places(self._written(case_id), table.__tablename__)
        return (place.partition("/")[2].split(":") for place in taken)

    def collect_past_days(self, session: Session) -> Collected:
        """Move the entries of the days before today onto the chain that has no instants."""
        return self._book.collect(session)

    @property
    def book(self) -> Book:
        """The ledger as a whole, for those who keep it."""
        return self._book

    def finish(self) -> None:
        """Write what was recorded outside `change`, and insist on an entry for opened content."""
        self.stop_reading()
        with self.vault.raising_revisions(self._seen):
            self._seen = {}
        if self._entries and not self._has_changed:
            if self._book.append_alone(self.actor, self._entries):
                self._entries, self._has_changed = [], True
            else:
                with self.change():
                    pass
        if self._entries or (self._revealed and not self._has_changed):
            raise UnledgeredError("something was opened or recorded after the entries were written")

    def stop_reading(self) -> None:
        """Give the reading session back."""
        self._reading.close()
        self._read = None
        self._known.clear()

    def _acceptable(self, case_id: UUID, place: str) -> frozenset[str]:
        pending = self._writing.digests.get(case_id, {}).get(place) if self._writing else None
        if pending is not None:
            return frozenset({pending.partition(":")[2]})
        return acceptable(self._written(case_id).get(place, ()))

    def _written(self, case_id: UUID) -> Written:
        """What was written to the sealed rows of a case, asked once."""
        key = ("written", case_id)
        if key not in self._known:
            session = self._writing if self._writing is not None else self.read
            self._known[key] = self._book.list_written(session, case_id)
        found: Written = self._known[key]
        return found

    def _append(self, session: GatedSession) -> End | None:
        entries, self._entries = self._entries, []
        if not entries:
            if session.owes_entry or self._revealed:
                raise UnledgeredError("a change or a reading of content without a ledger entry")
            return None
        return self._book.append(session, self.actor, entries)

    def _notice_reveal(self) -> None:
        self._revealed = True
