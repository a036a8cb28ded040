"""The ledger as one passage through the gate uses it: written to, moved along, compared with."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.orm import Session, object_mapper

from safeshare.db.base import Base
from safeshare.db.session import Database
from safeshare.gate.models import Heartbeat
from safeshare.gate.session import GatedSession, UnledgeredError
from safeshare.kernel.actors import Actor
from safeshare.kernel.clocks import Clock
from safeshare.kernel.errors import MisconfiguredError, SealBrokenError, StaleError
from safeshare.ledger.digests import (
    Written,
    acceptable,
    digest_of,
    list_written,
    newest_places,
    place_of,
)
from safeshare.ledger.entries import (
    Collected,
    End,
    Entry,
    append_if_last,
    append_timed,
    append_timeless,
    collect_days,
    find_end,
    is_timeless,
)
from safeshare.ledger.head import Head, HeadBrokenError, HeadFile, following, is_on_chain, present
from safeshare.ledger.models import Chain, LedgerDay, LedgerEntry
from safeshare.ledger.verifying import Fault, FaultKind, list_faults
from safeshare.vault import Vault

_log = logging.getLogger(__name__)

SIGNED = "head"
"""The sign of life that is left in the database whenever the head is signed."""


@dataclass(frozen=True)
class Book:
    """The ledger of the installation, under its keys."""

    vault: Vault
    database: Database
    clock: Clock

    @cached_property
    def head_file(self) -> HeadFile:
        """Where the head is kept."""
        return HeadFile(self.vault.head_folder, self.vault.ledger_mac)

    def append(self, session: GatedSession, actor: Actor, entries: Sequence[Entry]) -> End | None:
        """Write entries down as the transaction's last statements.

        Returns the staff chain's new end where the head may move there once it is committed.
        Raises UnledgeredError where a sealed row of a case was touched and no entry names the case.
        """
        told = _with_digests(entries, session.digests)
        if is_timeless(actor, told):
            self._append_timeless(session.connection(), told)
            return None
        end = self._append_to_head(session.connection(), actor, told)
        if end is None:
            self.database.lock_ledger(session)
            end = self._append_timed(session.connection(), actor, told)
        return end

    def append_alone(self, actor: Actor, entries: Sequence[Entry]) -> bool:
        """Write the entries of somebody who changed nothing, past all that watches a change. Those
        of staff are a transaction of their own; the one of a reporter is a statement that is
        committed with itself. False, and nothing is written, where a reporter has several.
        """
        if is_timeless(actor, entries):
            if len(entries) > 1:
                return False
            with self.database.at_once() as connection:
                self._append_timeless(connection, entries)
            return True
        with self.database.at_once() as connection:
            end = self._append_to_head(connection, actor, entries)
        if end is None:
            with self.database.holding_chain() as connection:
                end = self._append_timed(connection, actor, entries)
                connection.commit()
        self.advance(end)
        return True

    def _append_to_head(
        self, connection: Connection, actor: Actor, entries: Sequence[Entry]
    ) -> End | None:
        """Hang the only entry on the link that the head names, which nearly always is the last, in
        one statement that takes the chain's lock if it is free. None where that cannot be done.
        """
        head = self._sound_head()
        if head is None or len(entries) > 1:
            return None
        return append_if_last(
            connection,
            self.vault.ledger_mac,
            actor,
            entries[0],
            self.clock.now(),
            on=self.clock.today(),
            after=head.end(Chain.STAFF),
            is_free=self.database.chain_is_free,
        )

    def _append_timed(
        self, connection: Connection, actor: Actor, told: Sequence[Entry]
    ) -> End | None:
        """Hang entries on the staff chain, whose lock the caller holds."""
        before = find_end(connection, Chain.STAFF)
        is_vouched = self._is_vouched(connection, before)
        at, on, mac = self.clock.now(), self.clock.today(), self.vault.ledger_mac
        end = append_timed(connection, mac, actor, told, at, on=on, after=before)
        return end if is_vouched else None

    def _append_timeless(self, connection: Connection, told: Sequence[Entry]) -> None:
        append_timeless(connection, self.vault.ledger_mac, told, self.clock.today())

    def advance(self, end: End | None) -> None:
        """After the commit: move the head. What cannot be written now the worker writes within a
        minute; the change is committed and must not look failed.
        """
        if end is None:
            return
        try:
            self.head_file.advance(end)
        except (MisconfiguredError, OSError) as error:
            _log.warning("The ledger's head was not moved: %s", type(error).__name__)

    def collect(self, session: Session) -> Collected:
        """Hang the entries of the days before today onto the reporter chain."""
        self.database.lock_ledger(session)
        return collect_days(session, self.vault.ledger_mac, self.clock.today())

    def is_empty(self) -> bool:
        """Whether nothing was ever written to this ledger."""
        with self.database.snapshot() as session:
            chained = session.scalar(select(LedgerEntry.position).limit(1))
            waiting = session.scalar(select(LedgerDay.id).limit(1))
        return chained is None and waiting is None

    def sign_head(self) -> str | None:
        """Sign the ledger's head anew. What is wrong, where this is seen for the first time:
        `ledger_cut` where something that the last head names is gone, or else
        `database_put_back` where the database does not know of that signing. Either begins an era.
        """
        file, at = self.head_file, self.clock.security_now()
        with file.held():
            before = file.read()
            with self.database.snapshot() as session:
                is_older = _is_older(session, before)
                head = following(session, before, at)
            is_cut = head.is_held_back and before is not None and not before.is_held_back
            if is_cut or is_older:
                file.begin_era()
            self._leave_sign(at)
            file.write(head)
        if is_cut:
            return "ledger_cut"
        return "database_put_back" if is_older else None

    def accept_present(self) -> Head | None:
        """Sign the ledger as it is now, whatever the head said, and begin an era. Returns the head
        before.
        """
        file, at = self.head_file, self.clock.security_now()
        with file.held():
            try:
                before = file.read()
            except HeadBrokenError:
                before = None
            with self.database.snapshot() as session:
                head = present(session, at)
            file.begin_era()
            self._leave_sign(at)
            file.write(head)
        return before

    def list_faults(self, copy: str | None = None) -> list[Fault]:
        """Everything that is wrong with the ledger, against its head or a `copy` of one that was
        kept elsewhere. HeadBrokenError where the copy is none of ours.
        """
        file, mac = self.head_file, self.vault.ledger_mac
        with self.database.snapshot() as session:
            if copy is not None:
                return list_faults(session, mac, file.parsed(copy))
            try:
                return list_faults(session, mac, file.read())
            except HeadBrokenError:
                return [*list_faults(session, mac, Head()), Fault(FaultKind.HEAD_BROKEN)]

    def list_written(self, session: Session, case_id: UUID) -> Written:
        """What was ever written to the sealed rows of a case."""
        return self.list_written_of(session, [case_id])[case_id]

    def list_written_of(self, session: Session, case_ids: Collection[UUID]) -> dict[UUID, Written]:
        """The same for many cases, in one statement."""
        return list_written(session, self.vault.ledger_mac, case_ids)

    def judge_row(self, case_id: UUID, row: Base) -> None:
        """A row is not what the ledger said. Look again, at both at one moment.

        Raises StaleError where somebody changed it, or took it away, just while it was being read,
        and SealBrokenError where nobody did. Does nothing where the row is the newer one.
        """
        with self.database.snapshot() as session:
            found = session.get(type(row), _key_of(row))
            right = acceptable(self.list_written(session, case_id).get(place_of(row), ()))
        if digest_of(row) in right:
            return
        is_ours = not right if found is None else digest_of(found) in right
        if is_ours:
            raise StaleError("it was changed while it was being read")
        raise SealBrokenError("a sealed row is not what was last written there")

    def judge_table(self, case_id: UUID, table: type[Base]) -> None:
        """A row of a case is missing. SealBrokenError unless it was only just being written."""
        with self.database.snapshot() as session:
            rows = session.scalars(select(table).filter_by(case_id=case_id))
            found = {place_of(row) for row in rows}
            wanted = newest_places(self.list_written(session, case_id), table.__tablename__)
            if not found.issuperset(wanted):
                raise SealBrokenError("a sealed row of the case is gone")

    def _leave_sign(self, at: datetime) -> None:
        """Let the database know of a signing before the file does, so that it is never behind."""
        with self.database.at_once() as connection:
            signed = update(Heartbeat).where(Heartbeat.name == SIGNED).values(at=at)
            if not connection.execute(signed).rowcount:
                connection.execute(insert(Heartbeat).values(name=SIGNED, at=at))

    def _is_vouched(self, connection: Connection, end: End) -> bool:
        """Whether the head may move on from the chain's `end`: the link that it names still hangs
        there, and nearly always is the last. The caller holds the ledger's lock.
        """
        head = self._sound_head()
        if head is None:
            return False
        named = head.end(Chain.STAFF)
        return named == end or is_on_chain(connection, Chain.STAFF, named)

    def _sound_head(self) -> Head | None:
        """The head, unless there is none that may move along."""
        try:
            head = self.head_file.read()
        except (HeadBrokenError, OSError):
            return None
        return None if head is None or head.is_held_back else head


def _is_older(session: Session, head: Head | None) -> bool:
    """Whether the database is one of before a head was signed, as after a backup was put back. It
    shows even where no entry was written since.
    """
    signed = session.scalar(select(Heartbeat.at).where(Heartbeat.name == SIGNED))
    if head is None or head.signed_at is None:
        return False
    return signed is None or signed < head.signed_at


def _with_digests(
    entries: Sequence[Entry], digests: Mapping[UUID | None, Mapping[str, str]]
) -> list[Entry]:
    """Give each entry the digests of its case, and the first those of no case. By their names: in
    what order rows were written is nobody's to read.
    """
    left = {case_id: dict(sorted(said.items())) for case_id, said in digests.items()}
    told = [replace(entry, digests=left.pop(entry.case_id, {})) for entry in entries]
    if outside := left.pop(None, {}):
        told[0] = replace(told[0], digests={**told[0].digests, **outside})
    if left:
        raise UnledgeredError("a sealed row of a case was changed, and no entry names the case")
    return told


def _key_of(row: Base) -> tuple[object, ...]:
    return tuple(object_mapper(row).primary_key_from_instance(row))
