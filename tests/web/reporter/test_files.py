"""The reporter's files in the form."""

from safeshare.files.service.keeping import age_unsent_files
from safeshare.kernel.actors import Worker
from tests.cast import Stage
from tests.cleaning import made
from tests.web.reporter.browsing import Browser, send_now
from tests.web.reporter.with_files import REMOVE, at_files, files_in, part


def test_a_reporter_is_told_what_we_remove_and_what_we_cannot(browser: Browser) -> None:
    at_files(browser)
    for words in (
        "We remove what is hidden in it",
        "We cannot remove what it shows or says",
        "We keep the original, sealed",
        "up to 25 MB each, and 100 MB together",
    ):
        assert words in browser.text


def test_a_reporter_can_pass_the_step_by_and_finds_it_after_the_readers(browser: Browser) -> None:
    at_files(browser).send()
    assert browser.path == "/form/reach"
    browser.open("/form/readers").send()
    assert browser.path == "/form/files"
    assert browser.send(go="send").path == "/form/check"


def test_a_reporter_can_add_look_at_and_remove_files_before_sending(
    browser: Browser, stage: Stage
) -> None:
    at_files(browser).send(go="add", files=[part(made.jpeg(), "IMG_1.jpg"), part(b"my notes")])
    assert browser.path == "/form/files"
    assert "IMG_1.jpg" in browser.text
    first, _second = REMOVE.findall(browser.page.text)
    browser.send(remove=first)
    assert "IMG_1.jpg" not in browser.text
    assert "mine.txt" in browser.open("/form/check").text
    assert files_in(stage) == [5]
    browser.send()
    assert files_in(stage) == [None]


def test_a_reporter_who_chooses_files_and_goes_on_has_added_them(browser: Browser) -> None:
    at_files(browser).send(files=[part(b"my notes")])
    assert browser.path == "/form/reach"
    assert "mine.txt" in browser.open("/form/check").text


def test_a_reporter_is_told_how_to_mend_each_file_and_keeps_the_others(browser: Browser) -> None:
    at_files(browser).send(
        files=[part(b"MZ", "a.exe"), part(b"my notes"), part(b"GIF89a\x00\x01", "b.gif")]
    )
    assert browser.path == "/form/files"
    assert "a.exe: it is a program" in browser.text
    assert "b.gif: we take pictures as JPEG, PNG or HEIC" in browser.text
    assert "mine.txt" in browser.text
    assert 'href="#files"' in browser.page.text


def test_a_reporter_cannot_add_more_than_six_at_once(browser: Browser) -> None:
    at_files(browser).send(files=[part(b"notes", f"{number}.txt") for number in range(7)])
    assert "at most 6 files at a time" in browser.text
    assert len(REMOVE.findall(browser.page.text)) == 6


def test_files_that_go_while_the_check_is_open_are_not_passed_over(
    browser: Browser, stage: Stage
) -> None:
    at_files(browser).send(go="add", files=[part(b"my notes")])
    browser.open("/form/check")
    for _ in range(6):
        stage.gate.run(age_unsent_files, Worker(), None)
    browser.send()
    assert browser.path == "/form/check"
    assert "Some of yours are gone" in browser.text
    assert browser.send().words


def test_files_wait_for_whoever_goes_on_with_the_form(browser: Browser, stage: Stage) -> None:
    at_files(browser).send(go="add", files=[part(b"my notes")])
    stage.gate.run(age_unsent_files, Worker(), None)
    browser.send()
    assert files_in(stage) == [4]
    browser.send(address="")
    assert files_in(stage) == [5]


def test_the_short_way_is_as_it_was(browser: Browser) -> None:
    assert send_now(browser).words
