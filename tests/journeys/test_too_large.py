"""Far too much, sent without scripts to the server that the product really runs on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from safeshare.cleaning.kinds import LARGEST_FILE
from tests.cast import Stage
from tests.journeys.conftest import PATIENCE_MS
from tests.journeys.judging import Judge
from tests.journeys.reporter import CONCERN, NOW, Reporter
from tests.services.mail import MailSink
from tests.worker.running import Installation, installed, wait_until

LONG = ("Он написал это на стене. " * 1_000 + "\n") * 20
"""Half a million characters, which take 2.6 million bytes in a form."""


@pytest.fixture
def running(sqlite_stage: Stage, tmp_path: Path, smtp_sink: MailSink) -> Iterator[Installation]:
    with installed(sqlite_stage, tmp_path, smtp_sink, {}) as found:
        found.start("serve", "both")
        wait_until(found.answers, "answering")
        yield found


@pytest.fixture
def reporter(
    running: Installation, chromium: Browser, elsewhere: str, judge: Judge
) -> Iterator[Reporter]:
    """Somebody whose browser runs no scripts."""
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE_MS)
    address = f"http://{running.bind}"
    yield Reporter(context.new_page(), address, elsewhere, judge, scripts=False)
    context.close()


def comes_to_plain_page(reporter: Reporter) -> None:
    expect(reporter.page.locator("h1")).to_have_text("That was too much to send at once")


def test_far_too_many_words_come_back_whole_and_can_be_shortened(reporter: Reporter) -> None:
    reporter.sets_out().chooses_to_be("Anonymous").fills(CONCERN, LONG)
    reporter.page.get_by_role("button", name="Continue").click()
    comes_to_plain_page(reporter)
    words = reporter.page.get_by_role("textbox")
    assert words.input_value().strip() == LONG.strip()
    words.fill(LONG[:50_000])
    reporter.presses("Send again").reads("Do you want to send it now?")


def test_a_file_of_any_size_leaves_the_words_of_a_message_where_they_are(
    reporter: Reporter, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    with film.open("wb") as file:
        file.truncate(6 * LARGEST_FILE)
    reporter.sets_out().chooses_to_be("Anonymous").tells("Look at this.").chooses(NOW)
    reporter.presses("Continue").sends()
    words = reporter.words
    reporter.proves_the_code().comes_back(words).fills("Write a message", "There is a film.")
    reporter.presses("Add files").page.get_by_label("Choose files").set_input_files(film)
    reporter.page.get_by_role("button", name="Add these files").click()
    comes_to_plain_page(reporter)
    reporter.opens("/messages").finds_filled("Write a message", "There is a film.")
