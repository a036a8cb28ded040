"""What the MACs of the ledger cover. They are made under a key file, so that a writer of the tables
can make none: the gate hands over the function that makes them.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from hmac import compare_digest
from typing import Any, Protocol
from uuid import UUID

Mac = Callable[[str, bytes], bytes]
"""Makes the MAC of a message for a purpose: `entry`, `day`, `head` or `tip`."""


class SaysAnEntry(Protocol):
    """A row of a chain, whole or as a query found its columns."""

    chain: Any
    position: Any
    at: Any
    on: Any
    actor_kind: Any
    actor_id: Any
    event: Any
    case_id: Any
    note: Any
    digests: Any
    day_id: Any
    previous: Any
    mac: Any


class SaysADay(Protocol):
    """A row that waits for its day to end."""

    id: Any
    on: Any
    event: Any
    case_id: Any
    note: Any
    digests: Any
    mac: Any


def entry_mac(mac: Mac, row: SaysAnEntry) -> bytes:
    """The MAC over everything that a link says, the MAC of the one before included."""
    said = {
        "chain": str(row.chain),
        "position": row.position,
        "at": _instant(row.at),
        "on": _date(row.on),
        "actor_kind": row.actor_kind,
        "actor_id": _id(row.actor_id),
        "event": str(row.event),
        "case_id": _id(row.case_id),
        "note": row.note,
        "digests": row.digests,
        "day_id": _id(row.day_id),
        "previous": row.previous.hex(),
    }
    return mac("entry", _canonical(said))


def day_mac(mac: Mac, row: SaysADay) -> bytes:
    """The MAC over everything that a waiting entry says, its id included."""
    said = {
        "id": _id(row.id),
        "on": _date(row.on),
        "event": str(row.event),
        "case_id": _id(row.case_id),
        "note": row.note,
        "digests": row.digests,
    }
    return mac("day", _canonical(said))


def is_sound_entry(mac: Mac, row: SaysAnEntry) -> bool:
    """Whether a link is exactly as it was written."""
    return compare_digest(entry_mac(mac, row), row.mac)


def is_sound_day(mac: Mac, row: SaysADay) -> bool:
    """Whether a waiting entry is exactly as it was written."""
    return compare_digest(day_mac(mac, row), row.mac)


def _canonical(said: Mapping[str, object]) -> bytes:
    return _in_order(said).encode()


_in_order = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None


def _date(value: date) -> str:
    return value.isoformat()


def _instant(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
