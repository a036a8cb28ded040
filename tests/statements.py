"""Statements are compiled once a test process, however many databases the tests make.

SQLAlchemy keeps what it compiled for an engine. Each test has an engine of its own, and would begin
with nothing: a fifth of its time went there.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event

from safeshare.db import session

_LEADERS: dict[str, Engine] = {}
"""The first engine for each kind of database that found its server, with what it learnt of it."""


def _engine(url: str, **options: Any) -> Engine:
    """An engine that knows the statements of those before it. What was compiled belongs to the
    dialect too, so that goes with it.
    """
    engine = create_engine(url, **options)
    leader = _LEADERS.get(engine.name)
    if leader is None:
        event.listen(engine, "engine_connect", lambda _: _LEADERS.setdefault(engine.name, engine))
    else:
        engine.dialect, engine._compiled_cache = leader.dialect, leader._compiled_cache
    return engine


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "create_engine", _engine)
        yield
