"""The rows of sessions: what opens one, what ends it, and what brings none back."""

from typing import Any

import pytest
from sqlalchemy import func, select

from safeshare.gate import SessionRows
from safeshare.gate.models import ReporterSession
from safeshare.gate.session import UnledgeredError
from safeshare.people.models import Location
from tests.cast import Stage


def rows_of(stage: Stage) -> SessionRows:
    return SessionRows(stage.gate, ReporterSession, "reporter")


def count(stage: Stage) -> int:
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(ReporterSession)) or 0


def test_a_session_can_be_kept_and_opened_again(stage: Stage) -> None:
    rows = rows_of(stage)
    cookie = rows.new_cookie()
    assert rows.load(cookie) is None
    assert rows.save(cookie, {"draft": "one"}, begins=True)
    assert rows.save(cookie, {"draft": "two"}, begins=False)
    assert rows.load(cookie) == {"draft": "two"}
    assert count(stage) == 1


def test_a_renewed_session_can_be_opened_by_its_new_cookie_alone(stage: Stage) -> None:
    rows = rows_of(stage)
    old, new = rows.new_cookie(), rows.new_cookie()
    rows.save(old, {"draft": "one"}, begins=True)
    assert rows.save(new, {"draft": "one"}, begins=True, in_place_of=old)
    assert rows.load(old) is None
    assert rows.load(new) == {"draft": "one"}
    assert count(stage) == 1


@pytest.mark.parametrize("before", ["no cookie of ours", None])
def test_a_session_can_be_renewed_whose_row_is_gone(stage: Stage, before: str | None) -> None:
    rows = rows_of(stage)
    new = rows.new_cookie()
    assert rows.save(new, {"draft": "one"}, begins=True, in_place_of=before or rows.new_cookie())
    assert rows.load(new) == {"draft": "one"}


def test_a_request_in_flight_cannot_bring_an_ended_session_back(stage: Stage) -> None:
    rows = rows_of(stage)
    cookie = rows.new_cookie()
    rows.save(cookie, {"draft": "one"}, begins=True)
    rows.destroy(cookie)
    rows.destroy("no cookie of ours")
    assert not rows.save(cookie, {"draft": "two"}, begins=False)
    assert count(stage) == 0


def test_what_the_ledger_tells_of_cannot_be_kept_as_sessions(sqlite_stage: Stage) -> None:
    any_table: Any = Location
    with pytest.raises(UnledgeredError):
        SessionRows(sqlite_stage.gate, any_table, "reporter")
