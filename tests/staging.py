"""Fixtures that hand out stages. One is built a run and database; each test plays on a copy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import Stage, build_stage, on_copy
from tests.services.plugin import migrate_database
from tests.services.postgres import Postgres


@pytest.fixture(scope="session")
def _sqlite_stage(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("sqlite-stage")
    shutil.copyfile(_migrated_file, folder / "stage.db")
    stage = build_stage(f"sqlite:///{folder / 'stage.db'}", folder)
    stage.system.database.dispose()
    return stage


@pytest.fixture(scope="session")
def _postgres_stage(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Stage, str]:
    name = postgres.new_database(postgres.template("migrated", migrate_database))
    stage = build_stage(postgres.url(name), tmp_path_factory.mktemp("postgres-stage"))
    stage.system.database.dispose()
    return stage, name


@pytest.fixture
def sqlite_stage(_sqlite_stage: Stage, tmp_path: Path) -> Iterator[Stage]:
    """An installation with its cast on SQLite."""
    copy = tmp_path / "stage.db"
    shutil.copyfile(_sqlite_stage.system.settings.database_url.removeprefix("sqlite:///"), copy)
    stage = on_copy(_sqlite_stage, f"sqlite:///{copy}", tmp_path)
    yield stage
    stage.system.database.dispose()


@pytest.fixture
def postgres_stage(
    postgres: Postgres, _postgres_stage: tuple[Stage, str], tmp_path: Path
) -> Iterator[Stage]:
    """An installation with its cast on PostgreSQL."""
    built, template = _postgres_stage
    name = postgres.new_database(template)
    stage = on_copy(built, postgres.url(name), tmp_path)
    yield stage
    stage.system.database.dispose()
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """An installation with its cast, once on SQLite and once on PostgreSQL."""
    found = request.getfixturevalue(f"{request.param}_stage")
    if not isinstance(found, Stage):
        raise TypeError(found)
    return found
