"""Reading plain columns, where nobody needs the rows as objects."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Row, Select
from sqlalchemy.orm import Session


def list_plain(
    session: Session,
    statement: Select[*tuple[Any, ...]] | CompoundSelect[Any],
    asked: Mapping[str, object],
) -> Sequence[Row[*tuple[Any, ...]]]:
    """What a statement of columns finds, past the machinery that a session keeps for objects: that
    costs more than the statement itself. What the session has not written yet is written first.
    """
    if session.autoflush:
        session.flush()
    return session.connection().execute(statement, asked).all()
