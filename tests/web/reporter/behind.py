"""What a test sees, and breaks, behind the reporter's pages."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from safeshare.concerns.models import Case
from tests.cast import Stage


def count_cases(stage: Stage) -> int:
    """How many cases there are."""
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def lose_the_database(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the database refuse everything from now on."""

    def gone(*_given: object, **_named: object) -> None:
        raise OperationalError("connect", {}, OSError("away"))

    for name in ("reading", "writing", "at_once", "by_driver"):
        monkeypatch.setattr(type(stage.system.database), name, gone)
