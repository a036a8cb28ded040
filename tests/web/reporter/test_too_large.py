"""More than the server reads: words come back, and files carry none away."""

from html import unescape
from time import process_time

import pytest

from safeshare.web.shared import large_forms, uploads
from tests.cast import Stage
from tests.web.reporter.browsing import Browser
from tests.web.reporter.with_files import part

LONG = "He wrote it on the wall. 🚒\n" * 100_000
"""2.8 million characters: 3.9 million bytes in a form."""


def test_a_reporter_who_writes_far_too_much_has_all_of_it_back_and_can_go_on(
    browser: Browser,
) -> None:
    browser.open("/form/what").send(concern=LONG, wishes="Stop it.")
    assert browser.page.status_code == 413
    assert "All of it is here, and nowhere else." in browser.text
    assert LONG.strip() in unescape(browser.page.text).replace("\r\n", "\n")
    assert "Stop it." in browser.page.text
    browser.send("/form/what", concern=LONG[:50_000], wishes="Stop it.")
    assert browser.path == "/form/more"


def test_a_message_and_one_that_waits_for_its_code_come_back_as_well(
    stage: Stage, browser: Browser
) -> None:
    _, code = stage.submit()
    browser.enter(list(code.words)).send("/messages", message=LONG, id="")
    assert browser.page.status_code == 413
    assert "All of it is here" in browser.text
    browser.open("/messages/enter")
    browser.send(code=" ".join(code.words), unsent="x" * 700_000)
    assert browser.page.status_code == 413
    assert "x" * 700_000 in browser.page.text
    assert not browser.shows_code(code.words)


def test_a_form_beyond_any_writing_is_not_read(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_forms, "LARGEST_SHOWN", 3_000_000)
    browser.open("/form/what").send(concern=LONG)
    assert browser.page.status_code == 413
    assert "What you typed" not in browser.text


@pytest.mark.parametrize("fields", [large_forms.MOST_FIELDS + 1, 200_000])
def test_a_form_of_more_fields_than_any_page_has_is_not_drawn_again(
    browser: Browser, fields: int
) -> None:
    begun = process_time()
    browser.open("/form/what").send(a=["x" * 50] * fields)
    assert "What you typed" not in browser.text
    assert process_time() - begun < 10, "a stranger can hold a process"


def test_a_process_shows_one_such_form_at_a_time(browser: Browser) -> None:
    browser.open("/form/what")
    with large_forms._ONE_AT_A_TIME:
        browser.send(concern=LONG)
    assert browser.page.status_code == 413
    assert "What you typed" not in browser.text


def test_a_file_that_is_too_large_carries_no_words_away(
    stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, code = stage.submit()
    browser.enter(list(code.words)).send("/messages", message="Look at this.", go="files", id="")
    monkeypatch.setattr(uploads, "_LARGEST_BODY", 1000)
    browser.send("/messages/files/add", go="add", files=[part(b"x" * 5000)])
    assert browser.page.status_code == 413
    assert "what you wrote before you came to that page is kept" in browser.text
    assert "Look at this.</textarea>" in browser.open("/messages").page.text


@pytest.mark.parametrize("length", [50_001, 150_000])
def test_a_text_that_is_too_long_is_shown_on_its_own_page(browser: Browser, length: int) -> None:
    browser.open("/form/what").send(concern="🚒" * length)
    assert browser.path == "/form/what"
    assert "🚒" * length in browser.page.text
    assert "There is a problem" in browser.text
