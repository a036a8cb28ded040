"""Installations one after another, for tests that need many."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.cast import Stage, on_copy
from tests.services.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgres"])
def new_stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Stage]]:
    """Hands out one installation after another, each with the whole cast and no case."""
    numbers, used = count(), []
    postgres: Postgres | None = None
    if request.param == "postgres":
        postgres = request.getfixturevalue("postgres")
    found = request.getfixturevalue(f"_{request.param}_stage")

    def new() -> Stage:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        if postgres is None:
            copy = folder / "stage.db"
            shutil.copyfile(found.system.settings.database_url.removeprefix("sqlite:///"), copy)
            return on_copy(found, f"sqlite:///{copy}", folder)
        built, template = found
        used.append(postgres.new_database(template))
        return on_copy(built, postgres.url(used[-1]), folder)

    yield new
    for name in used:
        if postgres is not None:
            postgres.drop(name)
