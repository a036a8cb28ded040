"""Guessing at access codes, and what it must not do to anybody else."""

from dataclasses import replace
from io import BytesIO
from threading import Event, Thread
from urllib.parse import urlencode

from flask import Flask

from safeshare.app import create_reporter_app
from safeshare.vault import LaneLimits, Permits
from safeshare.web.reporter.limits import LARGEST_BODY
from safeshare.web.shared.guesses import ONE_TARGET, WHEN_TIGHT
from tests.cast import Stage
from tests.web.reporter.behind import count_cases
from tests.web.reporter.browsing import Browser, held_by_somebody_else, send_now

SILENT = "redis://127.0.0.1:1/0"
"""Nothing listens there."""


class SlowBody(BytesIO):
    """A body that begins to come, and goes on only when it is let go."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.has_begun, self.may_end = Event(), Event()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self.has_begun.is_set():
            self.may_end.wait(30)
        self.has_begun.set()
        part = self.read(min(len(buffer), 10))
        buffer[: len(part)] = part
        return len(part)


def narrow(stage: Stage) -> Stage:
    """The same installation where one may guess at once and nobody may wait."""
    lane = LaneLimits(permits=1, most_waiting=0)
    vault = replace(stage.gate.vault, permits=Permits(lane, lane, lane))
    return replace(stage, system=replace(stage.system, gate=replace(stage.gate, vault=vault)))


def from_address(app: Flask, address: str) -> Browser:
    browser = Browser(app)
    browser.client.environ_base["REMOTE_ADDR"] = address
    return browser


def words_of(stage: Stage) -> list[str]:
    _, code = stage.submit()
    return list(code.words)


def test_a_reporter_can_start_send_and_enter_while_redis_is_dead(stage: Stage) -> None:
    settings = replace(stage.system.settings, redis_url=SILENT)
    browser = Browser(create_reporter_app(replace(stage.system, settings=settings)))
    assert browser.open("/").page.status_code == 200
    words = send_now(browser).words
    browser.prove()
    assert count_cases(stage) == 1
    assert browser.enter(words).path == "/messages"
    assert "No messages open" in browser.enter(words[::-1]).text


def test_a_slow_sender_cannot_keep_others_from_entering(stage: Stage) -> None:
    words = words_of(stage)
    app = create_reporter_app(narrow(stage).system)
    slow, quick = Browser(app).open("/messages/enter"), Browser(app)
    sent = urlencode({"csrf_token": slow.token, "code": " ".join(words)}).encode()
    body = SlowBody(sent)

    def crawl() -> None:
        slow.page = slow.client.post(
            "/messages/enter",
            input_stream=body,
            content_type="application/x-www-form-urlencoded",
        )

    thread = Thread(target=crawl)
    thread.start()
    assert body.has_begun.wait(30)
    assert quick.enter(words).path == "/messages"
    body.may_end.set()
    thread.join(30)
    assert slow.page.status_code == 303


def test_a_guesser_cannot_send_a_large_body(browser: Browser) -> None:
    browser.open("/messages/enter")
    page = browser.post_only("/messages/enter", code="x" * LARGEST_BODY)
    assert page.status_code == 413


def test_a_longest_message_can_wait_for_its_code(stage: Stage, browser: Browser) -> None:
    words = words_of(stage)
    long = "\U0001f6d1" * 50_000
    browser.open("/messages/enter").send(code=" ".join(words), unsent=long)
    assert browser.path == "/messages"
    assert long in browser.page.text


def test_guessers_can_be_sent_away_while_reporters_start_and_send(stage: Stage) -> None:
    words = words_of(stage)
    crowded = narrow(stage)
    app = create_reporter_app(crowded.system)
    guesser, reporter = Browser(app).open("/messages/enter"), Browser(app)
    with held_by_somebody_else(crowded.gate.vault.permits, "guesses"):
        page = guesser.post_only("/messages/enter", code=" ".join(words))
        assert page.status_code == 503
        assert send_now(reporter).words
    assert guesser.enter(words).path == "/messages"


def test_a_guess_that_meets_a_full_line_cannot_be_read(stage: Stage) -> None:
    crowded = narrow(stage)
    app = create_reporter_app(crowded.system)
    guesser = Browser(app).open("/messages/enter")
    body = SlowBody(urlencode({"csrf_token": guesser.token, "code": "one two"}).encode())
    form = "application/x-www-form-urlencoded"
    with held_by_somebody_else(crowded.gate.vault.permits, "guesses"):
        page = guesser.client.post("/messages/enter", input_stream=body, content_type=form)
    assert (page.status_code, page.headers["Cache-Control"]) == (503, "no-store")
    assert page.headers["Content-Security-Policy"]
    assert page.headers["Retry-After"]
    assert not body.has_begun.is_set()


def test_a_message_that_waits_for_its_code_cannot_be_lost_in_a_full_line(stage: Stage) -> None:
    crowded = narrow(stage)
    guesser = Browser(create_reporter_app(crowded.system)).open("/messages/enter")
    long = "He wrote it on the wall. " * 60
    with held_by_somebody_else(crowded.gate.vault.permits, "guesses"):
        page = guesser.post_only("/messages/enter", code="one two", unsent=long)
    assert page.status_code == 503
    assert long.strip() in page.text


def test_guessers_at_one_code_cannot_lock_out_its_reporter(stage: Stage, app: Flask) -> None:
    words = words_of(stage)
    wrong = list(stage.gate.vault.new_access_code().words)
    for number in range(ONE_TARGET.tries):
        assert "No messages" in from_address(app, f"192.0.2.{number}").enter(wrong).text
    one = from_address(app, "198.51.100.1")
    statuses = [one.enter(wrong).page.status_code for _ in range(WHEN_TIGHT.tries + 1)]
    assert statuses == [200] * WHEN_TIGHT.tries + [429]
    assert one.enter(words).path == "/messages"
    assert from_address(app, "198.51.100.2").enter(words).path == "/messages"
