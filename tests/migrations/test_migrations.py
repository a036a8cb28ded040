"""Migrations go up, down and up again with data in the tables, and never part from the models."""

import pytest
from sqlalchemy import func, inspect, select, text

from safeshare import migrate
from safeshare.concerns.models import Case
from safeshare.kernel.errors import MisconfiguredError
from safeshare.tables import METADATA
from tests.cast import Stage
from tools.check_migrations import differences


def test_migrations_run_up_down_and_up_again_with_data(stage: Stage) -> None:
    stage.submit()
    engine = stage.system.database.engine
    assert set(METADATA.tables) <= set(inspect(engine).get_table_names())
    migrate.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(engine)
    assert set(METADATA.tables) <= set(inspect(engine).get_table_names())
    with stage.system.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 0
    assert not differences(engine)


def test_the_program_refuses_a_database_of_another_schema(stage: Stage) -> None:
    engine = stage.system.database.engine
    migrate.insist_on_newest(engine)
    migrate.downgrade(engine, "base")
    with pytest.raises(MisconfiguredError, match="safeshare migrate"):
        migrate.insist_on_newest(engine)


def test_upgrading_twice_changes_nothing(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    migrate.upgrade(stage.system.database.engine)
    with stage.system.database.reading() as session:
        assert session.scalars(select(Case.reference)).all() == [reference]


def test_a_database_of_an_unknown_version_cannot_be_brought_on(stage: Stage) -> None:
    engine = stage.system.database.engine
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(MisconfiguredError, match="never released"):
        migrate.upgrade(engine)


def test_an_index_can_be_changed_without_losing_a_case(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    engine = stage.system.database.engine
    migrate.downgrade(engine, "0002")
    migrate.upgrade(engine)
    assert not differences(engine)
    with stage.system.database.reading() as session:
        assert session.scalars(select(Case.reference)).all() == [reference]
