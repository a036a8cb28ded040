"""The main job once more, as production has it: PostgreSQL, and a real server process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from safeshare.app import create_app
from tests.cast import Stage
from tests.journeys.conftest import Visits, people, served
from tests.journeys.judging import Judge
from tests.journeys.reporter import NOW, Reporter
from tests.journeys.staff import Colleague
from tests.journeys.test_handler import tell_and_answer
from tests.services.mail import MailSink
from tests.worker.running import installed, wait_until

pytestmark = pytest.mark.journey


@pytest.fixture
def address(postgres_stage: Stage) -> Iterator[str]:
    """Where the product is served, over an installation with its cast on PostgreSQL."""
    with served(create_app(postgres_stage.system)) as found:
        yield found


def test_a_reporter_and_a_handler_can_speak_on_postgres(
    visits: Visits, postgres_stage: Stage
) -> None:
    reporter, handler = visits(Reporter), visits(Colleague)
    tell_and_answer(reporter, handler, postgres_stage)


def test_a_reporter_can_be_served_by_the_real_process_which_notes_nothing(
    chromium: Browser,
    postgres_stage: Stage,
    smtp_sink: MailSink,
    tmp_path: Path,
    elsewhere: str,
    judge: Judge,
) -> None:
    with installed(postgres_stage, tmp_path, smtp_sink, {}) as installation:
        server = installation.start("serve", "both")
        wait_until(installation.answers, "answering")
        before = server.text()
        with people(chromium, f"http://{installation.bind}", elsewhere, judge) as visits:
            reporter = visits(Reporter)
            reporter.sets_out().chooses_to_be("Anonymous").tells("It is not safe.")
            reporter.chooses(NOW).presses("Continue").sends()
            words = reporter.words
            reporter.proves_the_code().comes_back(words).writes("One thing more.")
        assert server.text() == before
