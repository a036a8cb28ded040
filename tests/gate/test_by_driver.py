"""Statements by the driver alone: they fail as SQLAlchemy's do, and find a server again."""

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import bindparam, create_engine, func, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from safeshare.db.session import Database
from safeshare.gate.models import ReporterSession
from tests.cast import Stage

PLANTED = b"planted in a row"


def by_hash(database: Database) -> str:
    return database.written(
        select(ReporterSession.box).where(ReporterSession.id_hash == bindparam("found"))
    )


def ask(database: Database) -> object:
    with database.by_driver() as cursor:
        cursor.execute(by_hash(database), {"found": PLANTED})
        return cursor.fetchone()


def add_row(database: Database) -> None:
    row = {"id_hash": PLANTED, "box": PLANTED, "purge_on": "2026-07-03"}
    with database.by_driver() as cursor:
        cursor.execute(database.written(insert(ReporterSession)), row)


def end_every_connection(database: Database) -> None:
    other = create_engine(database.engine.url)
    with other.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    other.dispose()


def test_a_statement_can_be_committed_with_itself(stage: Stage) -> None:
    database = stage.system.database
    add_row(database)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReporterSession)) == 1
    assert ask(database) is not None


def test_a_refused_statement_can_be_told_as_ever_without_its_values(stage: Stage) -> None:
    add_row(stage.system.database)
    with pytest.raises(IntegrityError) as refused:
        add_row(stage.system.database)
    assert refused.value.hide_parameters
    assert "planted" not in str(refused.value)
    assert ask(stage.system.database) is not None


def test_a_server_that_came_back_can_be_asked_after_one_failure(postgres_stage: Stage) -> None:
    database = postgres_stage.system.database
    with database.by_driver(), database.by_driver(), database.by_driver():
        pass
    end_every_connection(database)
    with pytest.raises(OperationalError) as lost:
        ask(database)
    assert lost.value.connection_invalidated
    with database.by_driver(), database.by_driver(), database.by_driver():
        assert [ask(database), ask(database)] == [None, None]


def test_a_connection_cannot_come_back_inside_a_transaction(postgres_stage: Stage) -> None:
    ask(postgres_stage.system.database)
    raw = postgres_stage.system.database.engine.raw_connection()
    assert raw.driver_connection is not None
    assert raw.driver_connection.info.transaction_status is TransactionStatus.IDLE
    raw.close()


def test_a_server_that_is_away_can_be_told_as_ever() -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    with pytest.raises(OperationalError):
        ask(away)
