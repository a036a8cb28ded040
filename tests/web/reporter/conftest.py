"""The reporter app over a cast of its own."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from safeshare.app import create_reporter_app
from safeshare.vault import KeyFiles
from tests.cast import Stage, build_stage, on_copy
from tests.web.reporter.browsing import Browser


@pytest.fixture(scope="session")
def _rehearsed(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A stage that is built once, since enrolling a cast takes seconds."""
    folder = tmp_path_factory.mktemp("rehearsed")
    shutil.copyfile(_migrated_file, folder / "safeshare.db")
    stage = build_stage(f"sqlite:///{folder / 'safeshare.db'}", folder, per_queue=5)
    stage.system.database.dispose()
    return stage


@pytest.fixture
def stage(_rehearsed: Stage, tmp_path: Path) -> Iterator[Stage]:
    """An installation with its cast, on an SQLite database of its own."""
    original = Path(_rehearsed.system.settings.database_url.removeprefix("sqlite:///"))
    shutil.copyfile(original, tmp_path / "safeshare.db")
    copy = on_copy(_rehearsed, f"sqlite:///{tmp_path / 'safeshare.db'}", tmp_path)
    yield copy
    copy.system.database.dispose()


@pytest.fixture
def app(stage: Stage) -> Flask:
    """The whole reporter app, as in a process of its own: without what staff sign in with."""
    vault = stage.gate.vault
    keys = KeyFiles.load_for_reporters(vault.keys.folder)
    gate = replace(stage.gate, vault=replace(vault, keys=keys))
    return create_reporter_app(replace(stage.system, gate=gate))


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Somebody who has just opened the start page."""
    return Browser(app)
