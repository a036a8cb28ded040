"""The signed head: where the chains ended, kept in a file that no writer of the tables reaches.

    keys/head/head      JSON: the end of each chain, the entries that wait for their day, and a MAC
    keys/head/tip       JSON: where the staff chain ended since then, and a MAC
    keys/head/era       another one whenever an older database was put back (no MAC)
    keys/head/lock      held while a file is replaced

A chain says by itself whether a link was changed or taken out, and not whether its last links were
cut off. The head does. It only ever moves along: where the chain no longer holds the link that the
head names, the head stays, so that nothing which is hung on later hides what is gone (ADR 0006).

The worker writes the head every minute and waits until it is on the disk. The tip is written at
every entry of staff and not waited for: a machine that loses its power may lose it. A tip that does
not read is none, and then the head counts alone.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from fcntl import LOCK_EX, flock
from hmac import compare_digest
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from safeshare.kernel.drafts import replace_text
from safeshare.kernel.errors import MisconfiguredError
from safeshare.ledger.entries import End, find_end, find_mac, list_moved
from safeshare.ledger.macs import Mac
from safeshare.ledger.models import Chain, LedgerDay

_FILE, _TIP, _ERA, _LOCK, _MODE = "head", "tip", "era", "lock", 0o600


class HeadBrokenError(MisconfiguredError):
    """A file of the head is there, and cannot be read or is none of ours."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the ledger ended with. `is_held_back` says that something which it names is gone."""

    ends: Mapping[Chain, End] = field(default_factory=dict)
    waiting: frozenset[UUID] = frozenset()
    signed_at: datetime | None = None
    is_held_back: bool = False

    def end(self, chain: Chain) -> End:
        """The last link of a chain that is vouched for."""
        return self.ends.get(chain, End())


class HeadFile:
    """Reads and replaces the head of one installation."""

    def __init__(self, folder: Path, mac: Mac) -> None:
        self._folder = folder
        self._mac = mac
        self._judged: tuple[str, Head] | None = None

    def read(self) -> Head | None:
        """The head, moved along to the tip; None where none was signed yet. HeadBrokenError where
        it cannot be read or is none of ours.
        """
        text = self._text(_FILE)
        if text is None:
            return None
        head, tip = self.parsed(text), self._tip()
        if tip is None or head.is_held_back or tip.position <= head.end(Chain.STAFF).position:
            return head
        return replace(head, ends={**head.ends, Chain.STAFF: tip})

    def parsed(self, text: str) -> Head:
        """A head as its file holds it. HeadBrokenError where it is none of ours. One that did not
        change since it was read is not judged again.
        """
        if self._judged is None or self._judged[0] != text:
            self._judged = text, parsed_head(text, self._mac)
        return self._judged[1]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only process that replaces the head. MisconfiguredError without its folder."""
        try:
            descriptor = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
        except OSError:
            raise MisconfiguredError(
                f"the ledger's head cannot be kept in {self._folder}"
            ) from None
        try:
            flock(descriptor, LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def write(self, head: Head) -> None:
        """Replace the head, durably and at once, and with it the tip. The caller holds it."""
        replace_text(self._folder / _FILE, written_head(head, self._mac))
        (self._folder / _TIP).unlink(missing_ok=True)

    def era(self) -> str:
        """Which era it is of this installation; empty in the first. Sessions last no longer.

        Whatever the file holds is an era: one that was spoilt ends every session once more.
        HeadBrokenError where it cannot be read.
        """
        return self._text(_ERA) or ""

    def begin_era(self) -> None:
        """Note that the database is an older one than was there before. The caller holds it."""
        replace_text(self._folder / _ERA, uuid4().hex)

    def advance(self, end: End) -> None:
        """Move the head to the staff chain's new end, unless it is further already or is held back.

        The caller saw the head's link on the chain in the transaction that made this end.
        """
        with self.held():
            head = self.read()
            if head is None or head.is_held_back or head.end(Chain.STAFF).position >= end.position:
                return
            self._write_tip(_written_tip(end, self._mac))

    def forget(self) -> None:
        """Begin anew, as for a database that is filled for the first time."""
        for name in (_FILE, _TIP):
            (self._folder / name).unlink(missing_ok=True)

    def _text(self, name: str) -> str | None:
        """What a file holds, its strange bytes escaped; None where there is none."""
        path = self._folder / name
        try:
            return path.read_text(encoding="ascii", errors="backslashreplace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise HeadBrokenError(f"{path} cannot be read: {error.strerror}.") from None

    def _tip(self) -> End | None:
        try:
            return _parsed_tip((self._folder / _TIP).read_text(encoding="ascii"), self._mac)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def _write_tip(self, text: str) -> None:
        """In place: to replace a file makes the disk hurry, and half a tip is none."""
        descriptor = os.open(self._folder / _TIP, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, _MODE)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.truncate()


def is_on_chain(connection: Connection, chain: Chain, end: End) -> bool:
    """Whether the link that a head names still hangs on its chain."""
    found = find_mac(connection, chain, end.position)
    return found is not None and compare_digest(found, end.mac)


def list_missing(session: Session, head: Head) -> frozenset[UUID]:
    """The entries that waited when the head was signed, and now neither wait nor hang."""
    waiting = set(session.scalars(select(LedgerDay.id)))
    gone = head.waiting - waiting
    return frozenset(gone - list_moved(session, gone))


def following(session: Session, head: Head | None, at: datetime) -> Head:
    """The head of the ledger as it is now; where something that the old one names is gone, the old
    one again, held back.
    """
    if head is not None and not _all_there(session, head):
        return replace(head, signed_at=at, is_held_back=True)
    return present(session, at)


def present(session: Session, at: datetime) -> Head:
    """The head of the ledger as it is now, whatever was before."""
    return Head(
        ends={chain: find_end(session.connection(), chain) for chain in Chain},
        waiting=frozenset(session.scalars(select(LedgerDay.id))),
        signed_at=at,
    )


def _all_there(session: Session, head: Head) -> bool:
    connection = session.connection()
    on_chain = all(is_on_chain(connection, chain, end) for chain, end in head.ends.items())
    return not head.is_held_back and on_chain and not list_missing(session, head)


def written_head(head: Head, mac: Mac) -> str:
    """The head as its file holds it. The ids are sorted, so that they tell no order."""
    said = {
        "ends": {chain.value: [one.position, one.mac.hex()] for chain, one in head.ends.items()},
        "waiting": sorted(str(one) for one in head.waiting),
        "signed_at": head.signed_at.isoformat() if head.signed_at else None,
        "is_held_back": head.is_held_back,
    }
    return json.dumps({**said, "mac": mac("head", _canonical(said)).hex()}, sort_keys=True)


def _written_tip(end: End, mac: Mac) -> str:
    said = {"position": end.position, "link": end.mac.hex()}
    return json.dumps({**said, "mac": mac("tip", _canonical(said)).hex()}, sort_keys=True)


def _parsed_tip(text: str, mac: Mac) -> End:
    said = _signed_by_us("tip", json.loads(text), mac)
    return End(said["position"], bytes.fromhex(said["link"]))


def parsed_head(text: str, mac: Mac) -> Head:
    """Read what `written_head` wrote. HeadBrokenError for anything else."""
    try:
        said = _signed_by_us("head", json.loads(text), mac)
        signed_at = said["signed_at"]
        return Head(
            ends={
                Chain(chain): End(position, bytes.fromhex(link))
                for chain, (position, link) in said["ends"].items()
            },
            waiting=frozenset(UUID(one) for one in said["waiting"]),
            signed_at=datetime.fromisoformat(signed_at) if signed_at else None,
            is_held_back=said["is_held_back"],
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise HeadBrokenError("The ledger's signed head is damaged, or signed elsewhere.") from None


def _signed_by_us(purpose: str, said: dict[str, Any], mac: Mac) -> dict[str, Any]:
    """What a head or a tip says. ValueError where its MAC is not over that."""
    signature = bytes.fromhex(said.pop("mac"))
    if not compare_digest(signature, mac(purpose, _canonical(said))):
        raise ValueError("not signed by us")
    return said


def _canonical(said: Mapping[str, object]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
