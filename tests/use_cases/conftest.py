"""The stage of the use-case tests, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import Stage, build_stage


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    """An installation with its cast, once on SQLite and once on PostgreSQL."""
    stage = build_stage(database_url, tmp_path)
    yield stage
    stage.system.database.dispose()
