"""`safeshare exposure`, run beside a database that somebody took away."""

import shutil
from pathlib import Path

import pytest

from tests.cast import Stage
from tests.cli.conftest import Run


@pytest.fixture
def stolen(sqlite_stage: Stage, folder: Path) -> tuple[str, Path]:
    """One file: the database of an installation that has stopped, and no key."""
    sent, _code = sqlite_stage.submit()
    sqlite_stage.system.database.dispose()
    original = sqlite_stage.system.settings.database_url.removeprefix("sqlite:///")
    copy = folder / "data" / "safeshare.db"
    copy.parent.mkdir(parents=True)
    shutil.copyfile(original, copy)
    return sent.reference, copy


def test_a_stopped_installation_without_keys_can_be_looked_at(
    run: Run, folder: Path, stolen: tuple[str, Path]
) -> None:
    reference, _copy = stolen
    assert not (folder / "keys").exists()
    whole, one, rows = run("exposure"), run("exposure", reference), run("exposure", "--rows")
    assert [done.exit_code for done in (whole, one, rows)] == [0, 0, 0], whole.output
    assert "No key file was read" in whole.output
    assert f"reference        plain: {reference} (1)" in whole.output
    assert f"reference        {reference}" in one.output
    assert "case, row 1" in rows.output
    assert not (folder / "keys").exists()


def test_looking_cannot_change_the_database(run: Run, stolen: tuple[str, Path]) -> None:
    reference, copy = stolen
    before = copy.read_bytes()
    run("exposure", reference)
    assert copy.read_bytes() == before


def test_nobody_can_look_at_a_database_that_is_not_there(run: Run, folder: Path) -> None:
    done = run("exposure")
    assert done.exit_code == 1
    assert "There is no database at" in done.output
    assert not (folder / "data" / "safeshare.db").exists()
