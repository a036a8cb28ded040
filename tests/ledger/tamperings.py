"""Every way in which a writer of the tables could bend the ledger, one at random at a time."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from safeshare.ledger.events import Event
from safeshare.ledger.models import Chain
from safeshare.tables import METADATA

Row = dict[str, Any]
ENTRY, DAY = METADATA.tables["ledger_entry"], METADATA.tables["ledger_day"]


def rows_of(session: Session, table: Table) -> list[Row]:
    """Every row of a table, as plain values; a chain in its order."""
    order = (table.c.chain, table.c.position) if table is ENTRY else (table.c.id,)
    return [dict(row) for row in session.execute(select(table).order_by(*order)).mappings()]


def _key(row: Row) -> Any:
    return (ENTRY.c.chain == row["chain"]) & (ENTRY.c.position == row["position"])


def _other(random: Random, name: str, value: Any) -> Any:
    """Another value that the column can hold."""
    if isinstance(value, bytes):
        at = random.randrange(len(value))
        return value[:at] + bytes([value[at] ^ 1 << random.randrange(8)]) + value[at + 1 :]
    others: dict[str, Callable[[], Any]] = {
        "event": lambda: random.choice([event for event in Event if event != value]),
        "on": lambda: value + timedelta(days=random.choice([-30, -1, 1, 30])),
        "at": lambda: random.choice([None, value + timedelta(seconds=random.choice([-60, 1]))]),
        "actor_kind": lambda: random.choice([one for one in _KINDS if one != value]),
        "position": lambda: value + 100_000,
    }
    if name in {"actor_id", "case_id", "day_id", "id"}:
        return UUID(int=random.getrandbits(128))
    if name in others:
        return others[name]()
    return {**(value or {}), f"place/{random.randrange(9)}": str(random.getrandbits(32))}


_KINDS = ("operator", "reporter", "staff", "worker")


def change_entry(random: Random, session: Session) -> None:
    row = random.choice(rows_of(session, ENTRY))
    name = random.choice([one for one in row if one not in {"chain", "at"}])
    session.execute(update(ENTRY).where(_key(row)).values({name: _other(random, name, row[name])}))


def change_an_instant(random: Random, session: Session) -> None:
    row = random.choice([one for one in rows_of(session, ENTRY) if one["at"] is not None])
    session.execute(update(ENTRY).where(_key(row)).values(at=_other(random, "at", row["at"])))


def delete_from_the_middle(random: Random, session: Session) -> None:
    rows = _chain(random, session)
    first = random.randrange(len(rows) - 1)
    for row in rows[first : min(first + random.randint(1, 5), len(rows) - 1)]:
        session.execute(delete(ENTRY).where(_key(row)))


def cut_off_the_end(random: Random, session: Session) -> None:
    rows = _chain(random, session)
    for row in rows[-random.randint(1, len(rows)) :]:
        session.execute(delete(ENTRY).where(_key(row)))


def empty_everything(_random: Random, session: Session) -> None:
    session.execute(delete(ENTRY))
    session.execute(delete(DAY))


def insert_a_copy(random: Random, session: Session) -> None:
    rows = _chain(random, session)
    copy = {**random.choice(rows), "position": len(rows) + 1, "day_id": None}
    if random.random() < 0.5:
        copy["previous"] = rows[-1]["mac"]
    session.execute(insert(ENTRY).values(copy))


def insert_a_forgery(random: Random, session: Session) -> None:
    rows = _chain(random, session)
    at = random.randrange(len(rows))
    for row in reversed(rows[at:]):
        session.execute(update(ENTRY).where(_key(row)).values(position=row["position"] + 1))
    forged = {**rows[at], "event": Event.PEOPLE_SIGNED_IN, "day_id": None}
    forged["mac"] = hashlib.sha256(repr(forged).encode()).digest()
    session.execute(insert(ENTRY).values(forged))


def swap_two(random: Random, session: Session) -> None:
    rows = _chain(random, session)
    one, other = random.sample(rows, 2)
    session.execute(delete(ENTRY).where(_key(one)))
    session.execute(delete(ENTRY).where(_key(other)))
    session.execute(insert(ENTRY).values({**one, "position": other["position"]}))
    session.execute(insert(ENTRY).values({**other, "position": one["position"]}))


def swap_what_two_say(random: Random, session: Session) -> None:
    rows = _chain(random, session)
    one, other = random.sample([row for row in rows if row["chain"] is rows[0]["chain"]], 2)
    said = ("event", "note", "case_id", "actor_id", "digests")
    if all(one[name] == other[name] for name in said):
        one = {**one, "note": {"a": "b"}}
    for to, of in ((one, other), (other, one)):
        values = {name: of[name] for name in said}
        session.execute(update(ENTRY).where(_key(to)).values(values))


def cut_off_and_hang_on(random: Random, session: Session) -> None:
    """Put earlier links, whole and signed, where later ones were."""
    rows = _chain(random, session)
    kept = random.randint(1, len(rows) - 1)
    for row in rows[kept:]:
        session.execute(delete(ENTRY).where(_key(row)))
    for position, row in enumerate(rows[:kept], start=kept + 1):
        session.execute(insert(ENTRY).values({**row, "position": position, "day_id": None}))


def move_to_the_other_chain(random: Random, session: Session) -> None:
    row = random.choice(rows_of(session, ENTRY))
    other = Chain.REPORTER if row["chain"] is Chain.STAFF else Chain.STAFF
    values = {"chain": other, "position": row["position"] + 100_000}
    session.execute(update(ENTRY).where(_key(row)).values(values))


def change_what_waits(random: Random, session: Session) -> None:
    row = random.choice(rows_of(session, DAY))
    name = random.choice(list(row))
    values = {name: _other(random, name, row[name])}
    session.execute(update(DAY).where(DAY.c.id == row["id"]).values(values))


def take_what_waits(random: Random, session: Session) -> None:
    rows = rows_of(session, DAY)
    for row in random.sample(rows, random.randint(1, len(rows))):
        session.execute(delete(DAY).where(DAY.c.id == row["id"]))


def copy_what_waits(random: Random, session: Session) -> None:
    row = random.choice(rows_of(session, DAY))
    session.execute(insert(DAY).values({**row, "id": UUID(int=random.getrandbits(128))}))


def put_back(past: Sequence[Row]) -> Callable[[Random, Session], None]:
    """A tampering that lets entries wait again which were collected before."""

    def put_back_what_was_collected(random: Random, session: Session) -> None:
        session.execute(insert(DAY).values(random.choice(past)))

    return put_back_what_was_collected


def tamperings(past: Sequence[Row]) -> Mapping[str, Callable[[Random, Session], None]]:
    """Every tampering by its name."""
    ways = (
        change_entry,
        change_an_instant,
        delete_from_the_middle,
        cut_off_the_end,
        empty_everything,
        insert_a_copy,
        insert_a_forgery,
        swap_two,
        swap_what_two_say,
        cut_off_and_hang_on,
        move_to_the_other_chain,
        change_what_waits,
        take_what_waits,
        copy_what_waits,
        put_back(past),
    )
    return {way.__name__: way for way in ways}


def _chain(random: Random, session: Session) -> list[Row]:
    chain = random.choice(list(Chain))
    return [row for row in rows_of(session, ENTRY) if row["chain"] is chain]
