"""The reporter's files in the mailbox, and what the browser is given."""

import io

import pytest
from flask import Flask

from safeshare.files.service.keeping import age_unsent_files
from safeshare.files.service.spool import SealedSpool
from safeshare.kernel.actors import Worker
from safeshare.web.shared import uploads
from tests.cast import Stage
from tests.cleaning import made
from tests.web.reporter.browsing import Browser, send_now
from tests.web.reporter.with_files import FILE, REMOVE, add, at_files, files_in, mailbox_with, part


def test_a_reporter_sees_their_files_and_a_picture_without_what_was_hidden(
    browser: Browser,
) -> None:
    mailbox_with(browser, part(made.jpeg(), "Evelyn.jpg"), part(b"my notes"))
    assert "File 1: picture" in browser.text
    assert "You sent it with your concern" in browser.text
    assert "Evelyn" not in browser.text
    picture, notes = dict.fromkeys(FILE.findall(browser.page.text))
    page = browser.open(picture)
    assert f'src="{picture}/copy"' in page.page.text
    shown = browser.client.get(f"{picture}/copy")
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["Content-Disposition"] == 'inline; filename="file-1.jpg"'
    assert made.SECRET.encode() not in shown.data
    browser.open(notes)
    assert "Save this file" in browser.text
    saved = browser.client.get(f"{notes}/copy")
    assert saved.data == b"my notes\n"
    assert saved.headers["Content-Disposition"] == 'attachment; filename="file-2.txt"'


def test_a_file_is_sent_so_that_nothing_in_it_can_run(browser: Browser) -> None:
    mailbox_with(browser, part(b"my notes"))
    (file,) = set(FILE.findall(browser.page.text))
    answer = browser.client.get(f"{file}/copy")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Length"] == str(len(answer.data))


def test_a_reporter_can_send_files_with_a_message_and_without_one(browser: Browser) -> None:
    add(mailbox_with(browser), "Here", part(b"my notes"))
    assert browser.path == "/messages"
    assert ">Here</textarea>" in browser.page.text.replace("\n", "")
    browser.send("/messages", message="Here", id="")
    assert "Your message was sent." in browser.text
    assert "File 1: plain text" in browser.text
    assert "Here</textarea>" not in browser.page.text
    add(browser, "", part(b"more notes")).send("/messages", message="", id="")
    assert "Files, without a message." in browser.text
    assert "File 2: plain text" in browser.text
    browser.send("/messages", message="", id="")
    assert "Write something before you send it" in browser.text


def test_a_refused_file_keeps_the_message_and_the_other_files(browser: Browser) -> None:
    add(mailbox_with(browser), "Here", part(b"MZ", "x"), part(b"my notes"))
    assert browser.path == "/messages/files/add"
    assert "x: it is a program" in browser.text
    browser.open("/messages")
    assert "Here</textarea>" in browser.page.text
    assert "Files that go with your message" in browser.text
    (kept,) = REMOVE.findall(browser.page.text)
    browser.send("/messages", message="Here", id="", remove=kept)
    assert "Files that go with your message" not in browser.text
    assert "Your message was sent." not in browser.text


def test_files_of_a_reply_that_waited_too_long_are_told_of(browser: Browser, stage: Stage) -> None:
    add(mailbox_with(browser), "Here", part(b"my notes"))
    for _ in range(6):
        stage.gate.run(age_unsent_files, Worker(), None)
    browser.send("/messages", message="Here", id="")
    assert "Some of yours are gone" in browser.text
    assert "Your message was sent." not in browser.text


def test_files_of_one_mailbox_do_not_wait_for_another(browser: Browser) -> None:
    add(mailbox_with(browser), "For the first alone.", part(b"my notes"))
    send_now(browser)
    words = browser.words
    browser.prove().enter(words)
    assert "Files that go with your message" not in browser.text
    assert "For the first alone." not in browser.text


def test_a_message_that_is_too_long_is_mended_before_files_are_added(browser: Browser) -> None:
    mailbox_with(browser).send("/messages", message="y" * 50_001, go="files", id="")
    assert browser.path == "/messages"
    assert "y" * 50_001 in browser.page.text
    assert "There is a problem" in browser.text


def test_files_are_added_to_no_message_of_a_mailbox_that_has_closed(
    browser: Browser, stage: Stage
) -> None:
    mailbox_with(browser).open("/messages/files/add")
    stage.time.advance(minutes=31)
    browser.send("/messages/files/add", files=[part(b"my notes")])
    assert browser.path == "/messages/enter?closed=1"


def test_words_whose_mailbox_closed_while_files_were_added_are_there_for_the_same_code_alone(
    browser: Browser, stage: Stage
) -> None:
    words = list(stage.submit()[1].words)
    browser.enter(words).send("/messages", message="For the first alone.", go="files", id="")
    stage.time.advance(minutes=31)
    assert browser.open("/messages/files/add").path == "/messages/enter?closed=1"
    assert "For the first alone." not in browser.page.text
    browser.enter(words)
    assert browser.path == "/messages"
    assert "For the first alone.</textarea>" in browser.page.text
    stage.time.advance(minutes=31)
    browser.enter(list(stage.submit()[1].words))
    assert browser.path == "/messages"
    assert "For the first alone." not in browser.page.text
    browser.enter(words)
    assert "For the first alone." not in browser.page.text


def test_words_that_were_set_aside_are_forgotten_once_sent_and_when_the_visit_is_over(
    browser: Browser, stage: Stage
) -> None:
    words = list(stage.submit()[1].words)
    browser.enter(words).send("/messages", message="Sent words.", go="files", id="")
    browser.send("/messages", message="Sent words.", id="")
    stage.time.advance(minutes=31)
    browser.enter(words)
    assert "Sent words.</textarea>" not in browser.page.text
    browser.send("/messages", message="Late words.", go="files", id="")
    stage.time.advance(minutes=121)
    browser.enter(words)
    assert browser.path == "/messages"
    assert "Late words." not in browser.page.text


def test_a_stranger_cannot_reach_a_file(browser: Browser, app: Flask) -> None:
    mailbox_with(browser, part(b"my notes"))
    (file,) = set(FILE.findall(browser.page.text))
    stranger = Browser(app)
    assert stranger.client.get(f"{file}/copy").status_code == 404
    assert stranger.open(file).path == "/messages/enter?closed=1"
    other = send_now(Browser(app))
    words = other.words
    other.prove().enter(words)
    assert other.client.get(f"{file}/copy").status_code == 404
    assert other.client.get(file).status_code == 404


def test_a_form_of_another_site_leaves_no_file(browser: Browser, stage: Stage) -> None:
    at_files(browser)
    answer = browser.client.post("/form/files", data={"files": [part(b"my notes")]})
    assert answer.status_code == 400
    assert not files_in(stage)


def test_files_go_nowhere_where_nobody_asked_for_them(
    browser: Browser, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise AssertionError

    monkeypatch.setattr(SealedSpool, "__init__", refuse)
    browser.open("/form/what")
    browser.send(concern="He shouts.", files=[part(b"x" * 60_000)])
    assert browser.path == "/form/more"
    fresh = Browser(browser.app)
    assert (
        fresh.client.post("/form/files", data={"files": [part(b"x" * 60_000)]}).status_code == 400
    )
    assert not files_in(stage)


def test_too_much_at_once_is_refused_with_advice(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_files(browser)
    monkeypatch.setattr(uploads, "_LARGEST_BODY", 1000)
    browser.send(files=[part(b"x" * 5000)])
    assert browser.page.status_code == 413
    assert "files of up to 25 MB each" in browser.text


def test_a_plain_file_is_never_on_the_disk(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every temporary file of an upload, as the disk sees it."""
    written: list[bytes] = []
    real = SealedSpool.close

    def look(spool: SealedSpool) -> None:
        if not spool._file.closed:
            spool._file.seek(0)
            written.append(spool._file.read())
        real(spool)

    monkeypatch.setattr(SealedSpool, "close", look)
    secret = b"Evelyn Wintergreen wrote this line.\n"
    token = at_files(browser).token
    lines = [
        b"--b",
        b'Content-Disposition: form-data; name="csrf_token"',
        b"",
        token.encode(),
        b"--b",
        b'Content-Disposition: form-data; name="files"; filename="a.txt"',
        b"",
        secret * 60_000,
        b"--b--",
        b"",
    ]
    sent = browser.client.post(
        "/form/files",
        input_stream=io.BytesIO(b"\r\n".join(lines)),
        content_type="multipart/form-data; boundary=b",
        content_length=len(b"\r\n".join(lines)),
    )
    assert sent.status_code == 303
    assert sum(map(len, written)) > 3_000_000
    assert not any(secret[:20] in one for one in written)
