"""A database that was really put back from a backup: whoever was signed in then is so no more."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from psycopg import sql

from safeshare.app import create_reporter_app, create_staff_app
from safeshare.cli.older_database import end_sessions_of_before, look_for_older_database
from safeshare.gate.keeping import accept_ledger
from safeshare.kernel.actors import Operator, Visitor
from safeshare.ledger.events import Event
from safeshare.people.service.sign_in import IsKnownBrowser, is_known_browser
from tests.cast import Stage
from tests.services.postgres import Postgres
from tests.use_cases.handlers import ledger
from tests.web.reporter.browsing import Browser
from tests.web.staff.desk import Desk
from worker import tasks

PutBack = Callable[[], None]
BackUp = Callable[[], PutBack]
"""Copies the database as it is now; what it returns puts that copy in the place of the database."""


def _sqlite(stage: Stage) -> PutBack:
    path = Path(stage.system.settings.database_url.removeprefix("sqlite:///"))
    copy = path.with_suffix(".backup")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)

    def put_back() -> None:
        stage.system.database.dispose()
        for beside in ("-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
        shutil.copyfile(copy, path)

    return put_back


def _postgres(stage: Stage, server: Postgres) -> PutBack:
    name = str(stage.system.database.engine.url.database)
    stage.system.database.dispose()
    copy = server.new_database(name)

    def put_back() -> None:
        stage.system.database.dispose()
        server.drop(name)
        names = sql.Identifier(name), sql.Identifier(copy)
        server._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        server.drop(copy)

    return put_back


@pytest.fixture
def back_up(stage: Stage, request: pytest.FixtureRequest) -> BackUp:
    """Makes backups of the stage's database."""
    if stage.system.database.is_sqlite:
        return lambda: _sqlite(stage)
    server: Postgres = request.getfixturevalue("postgres")
    return lambda: _postgres(stage, server)


def desk_of(stage: Stage) -> Desk:
    return Desk(create_staff_app(stage.system).test_client(), stage)


def a_minute_later(stage: Stage) -> None:
    """The worker signs the head once a minute."""
    stage.time.advance(minutes=1)
    tasks.head(stage.system)


def alarms(stage: Stage) -> list[str | None]:
    return [entry.note.get("alarm") for entry in ledger(stage, Event.ALARM_RAISED)]


def whys(stage: Stage) -> list[str | None]:
    return [entry.note.get("why") for entry in ledger(stage, Event.PEOPLE_SESSIONS_ENDED)]


def test_a_staff_session_of_before_ends_by_itself_with_an_entry_and_its_owner_is_told(
    stage: Stage, back_up: BackUp
) -> None:
    handler = desk_of(stage)
    handler.sign_in("hr_1")
    cookie = handler.cookie()
    put_back = back_up()
    handler.get("/account")
    handler.send("/sign-out")
    a_minute_later(stage)
    put_back()
    handler.set_cookie(cookie)
    assert handler.get("/account").status_code == 200, "the backup holds the session's row"
    a_minute_later(stage)
    assert end_sessions_of_before(stage.system)
    assert "/sign-in" in handler.get("/account").location
    handler.get("/sign-in")
    assert "Your session has ended, and nothing was sent" in handler.page
    assert "put back to an earlier state" in handler.page
    assert (alarms(stage), whys(stage)) == (["ledger_cut"], ["put_back"])
    handler.sign_in("hr_1")
    assert handler.get("/account").status_code == 200


def test_a_reporters_session_ends_where_nothing_was_written_since_the_backup(
    stage: Stage, back_up: BackUp
) -> None:
    _, code = stage.submit()
    browser = Browser(create_reporter_app(stage.system)).enter(list(code.words))
    a_minute_later(stage)
    put_back = back_up()
    a_minute_later(stage)
    put_back()
    assert browser.open("/messages").path == "/messages"
    a_minute_later(stage)
    assert end_sessions_of_before(stage.system)
    assert browser.open("/messages").path == "/messages/enter?closed=1"
    assert "Your messages are closed" in browser.text
    assert "put back to an earlier state" in browser.text
    assert (alarms(stage), whys(stage)) == (["database_put_back"], ["put_back"])
    assert browser.enter(list(code.words)).path == "/messages"


def test_a_message_that_is_sent_with_a_session_of_before_is_shown_again(
    stage: Stage, back_up: BackUp
) -> None:
    _, code = stage.submit()
    browser = Browser(create_reporter_app(stage.system)).enter(list(code.words))
    put_back = back_up()
    a_minute_later(stage)
    put_back()
    look_for_older_database(stage.system)
    browser.send(message="He did it again today.")
    assert "What you typed is not lost, and was not sent" in browser.text
    assert "He did it again today." in browser.page.text


def test_a_web_process_that_starts_on_an_older_database_ends_every_session(
    stage: Stage, back_up: BackUp
) -> None:
    handler = desk_of(stage)
    handler.sign_in("hr_1")
    put_back = back_up()
    a_minute_later(stage)
    look_for_older_database(stage.system)
    assert handler.get("/account").status_code == 200
    put_back()
    look_for_older_database(stage.system)
    assert handler.get("/account").status_code == 303
    assert whys(stage) == ["put_back"]


def test_a_mark_of_a_browser_that_was_ended_does_not_come_back_with_the_tables(
    stage: Stage, back_up: BackUp
) -> None:
    owner = desk_of(stage)
    owner.sign_in("hr_1")
    found = owner.client.get_cookie("sk", path="/staff")
    assert found is not None
    mark = IsKnownBrowser("hr_1", found.value)
    put_back = back_up()
    owner.get("/account/sign-out-everywhere")
    owner.send("/account/sign-out-everywhere")
    assert not stage.gate.run(is_known_browser, Visitor(), mark)
    put_back()
    assert stage.gate.run(is_known_browser, Visitor(), mark), "the number of before is there again"
    look_for_older_database(stage.system)
    assert not stage.gate.run(is_known_browser, Visitor(), mark)


def test_whoever_accepts_an_older_backup_ends_the_sessions_of_before(
    stage: Stage, back_up: BackUp
) -> None:
    handler = desk_of(stage)
    handler.sign_in("hr_1")
    put_back = back_up()
    handler.get("/account")
    put_back()
    stage.gate.run(accept_ledger, Operator(), None)
    assert end_sessions_of_before(stage.system)
    assert handler.get("/account").status_code == 303
    a_minute_later(stage)
    assert not end_sessions_of_before(stage.system)
    assert alarms(stage) == []


def test_nobodys_session_ends_on_a_database_that_was_not_put_back(stage: Stage) -> None:
    handler = desk_of(stage)
    handler.sign_in("hr_1")
    for minutes in (1, 5, -3, 1):
        stage.time.advance(minutes=minutes)
        tasks.head(stage.system)
        look_for_older_database(stage.system)
        assert not end_sessions_of_before(stage.system)
    assert handler.get("/account").status_code == 200
    assert (alarms(stage), whys(stage)) == ([], [])


def test_sessions_end_once_for_each_time_that_a_database_was_put_back(
    stage: Stage, back_up: BackUp
) -> None:
    for _ in range(2):
        put_back = back_up()
        a_minute_later(stage)
        put_back()
        a_minute_later(stage)
        assert end_sessions_of_before(stage.system)
        assert not end_sessions_of_before(stage.system)
        handler = desk_of(stage)
        stage.time.advance(seconds=30)
        handler.sign_in("hr_1")
        a_minute_later(stage)
        assert not end_sessions_of_before(stage.system)
        assert handler.get("/account").status_code == 200


def test_what_cannot_be_entered_in_the_ledger_is_done_again(
    sqlite_stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    system = sqlite_stage.system
    file = system.gate.door(Operator()).book.head_file
    with file.held():
        file.begin_era()
    path = Path(system.settings.database_url.removeprefix("sqlite:///"))
    system.database.dispose()
    away = path.rename(path.with_name("away"))
    assert not end_sessions_of_before(system)
    assert "could not be ended" in caplog.text
    system.database.dispose()
    away.rename(path)
    assert end_sessions_of_before(system)
    assert whys(sqlite_stage) == ["put_back"]


@pytest.mark.parametrize("spoilt", [b"", b"\xff\xfe", b"no era"])
def test_every_session_ends_once_more_where_the_file_of_the_era_is_spoilt(
    sqlite_stage: Stage, spoilt: bytes
) -> None:
    system = sqlite_stage.system
    file = system.gate.door(Operator()).book.head_file
    with file.held():
        file.begin_era()
    assert end_sessions_of_before(system)
    (system.gate.vault.head_folder / "era").write_bytes(spoilt)
    handler = desk_of(sqlite_stage)
    handler.sign_in("hr_1")
    assert end_sessions_of_before(system)
    assert not end_sessions_of_before(system)
    assert handler.get("/account").status_code == 303


def test_the_log_names_the_file_of_the_era_that_cannot_be_read(
    sqlite_stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    path = sqlite_stage.system.gate.vault.head_folder / "era"
    path.mkdir()
    assert not end_sessions_of_before(sqlite_stage.system)
    assert f"{path} cannot be read: Is a directory" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_process_without_the_head_leaves_the_sessions_to_those_that_have_it(
    sqlite_stage: Stage,
) -> None:
    system = sqlite_stage.system
    file = system.gate.door(Operator()).book.head_file
    with file.held():
        file.begin_era()
    assert end_sessions_of_before(system)
    before = system.gate.vault.keys.session_keys.current()
    shutil.rmtree(system.gate.vault.head_folder)
    look_for_older_database(system)
    assert not end_sessions_of_before(system)
    assert system.gate.vault.keys.session_keys.current() == before
