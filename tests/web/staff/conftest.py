"""The staff app over the stage of the use-case tests, on SQLite, and browsers without a browser."""

import pytest
from flask import Flask

from safeshare.app import create_staff_app
from tests.cast import Stage
from tests.web.staff.desk import Desk, Desks


@pytest.fixture
def app(sqlite_stage: Stage) -> Flask:
    """The staff app."""
    return create_staff_app(sqlite_stage.system)


@pytest.fixture
def desk(app: Flask, sqlite_stage: Stage) -> Desks:
    """Makes a browser at a desk, with nobody signed in."""
    return lambda: Desk(app.test_client(), sqlite_stage)
