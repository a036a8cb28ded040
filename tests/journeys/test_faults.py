"""Every page about a fault can be used by everybody, in both apps."""

from collections.abc import Iterator

import pytest
from flask import Flask, abort

from safeshare.app import create_reporter_app, create_staff_app
from safeshare.web.shared.doors import open_page
from tests.cast import Stage
from tests.journeys.conftest import Visits, served
from tests.journeys.person import Person

CODES = (400, 403, 404, 405, 409, 413, 429, 500, 503)


@pytest.fixture(params=[create_reporter_app, create_staff_app], ids=["reporter", "staff"])
def address(request: pytest.FixtureRequest, sqlite_stage: Stage) -> Iterator[str]:
    """Where one app is served, with an address for each fault."""
    app: Flask = request.param(sqlite_stage.system)
    app.add_url_rule("/code/<int:code>", "code", open_page("for this story")(abort))
    with served(app) as found:
        yield found


def test_somebody_can_read_every_page_about_a_fault(visits: Visits, scripts: bool) -> None:
    visitor = visits(Person, scripts=scripts)
    for code in CODES:
        assert visitor.answer_to(f"/code/{code}").status == code
        assert visitor.page.locator("h1").count() == 1
