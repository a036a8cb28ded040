"""Changing the tables as somebody would who can write to the database and has no key file."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from safeshare.kernel.sealed import Sealed


@contextmanager
def behind_our_back(engine: Engine) -> Iterator[Session]:
    """A session that nobody watches, committed at the end. Whoever owns an SQLite file can drop its
    triggers, and whoever owns PostgreSQL's tables is bound by no rights.
    """
    with Session(engine) as session:
        if engine.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER IF EXISTS ledger_entry_no_{verb}"))
        yield session
        session.commit()


def do_behind_our_back(engine: Engine, statement: Any) -> None:
    """Run one statement that nobody watches."""
    with behind_our_back(engine) as session:
        session.execute(statement)


def flipped(blob: bytes, bit: int) -> bytes:
    """The bytes with one bit turned over."""
    spoilt = bytearray(blob)
    spoilt[bit // 8] ^= 1 << bit % 8
    return bytes(spoilt)


def spoilt(sealed: Sealed, bit: int) -> Sealed:
    return Sealed(flipped(sealed.blob, bit % (8 * len(sealed.blob))))
