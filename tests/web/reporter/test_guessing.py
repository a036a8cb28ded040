"""Guessing at access codes, and what it must not do to anybody else."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from threading import Event, Thread
from time import monotonic
from urllib.parse import urlencode

import pytest
from flask import Flask

from safeshare.app import create_reporter_app
from safeshare.vault import LaneLimits, Permits
from safeshare.web.reporter.limits import LARGEST_BODY
from safeshare.web.shared.guesses import COME_AGAIN, ONE_TARGET, OWN, WHEN_TIGHT
from tests.cast import Stage
from tests.web.reporter.behind import count_cases
from tests.web.reporter.browsing import PATIENCE, Browser, held_by_somebody_else, send_now

SILENT = "redis://127.0.0.1:1/0"
"""Nothing listens there."""


class SlowBody(BytesIO):
    """A body that begins to come, and goes on only when it is let go."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.has_begun, self.may_end = Event(), Event()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self.has_begun.is_set():
            self.may_end.wait(PATIENCE)
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
    """A browser whose address the proxy forwards; none where it is empty."""
    browser = Browser(app)
    if address:
        browser.client.environ_base["HTTP_X_FORWARDED_FOR"] = address
    return browser


def code_of_nobody(stage: Stage) -> list[str]:
    return list(stage.gate.vault.new_access_code().words)


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
    assert body.has_begun.wait(PATIENCE)
    assert quick.enter(words).path == "/messages"
    body.may_end.set()
    thread.join(PATIENCE)
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


@pytest.mark.parametrize("address", ["", "192.0.2.1"])
def test_a_thousand_wrong_codes_cannot_keep_out_who_has_the_right_one(
    sqlite_stage: Stage, address: str
) -> None:
    words, app = words_of(sqlite_stage), create_reporter_app(sqlite_stage.system)
    guesser, wrong = from_address(app, address), code_of_nobody(sqlite_stage)
    guesser.open("/messages/enter")
    for _ in range(1000):
        assert guesser.post_only("/messages/enter", code=" ".join(wrong)).status_code == 200
    assert from_address(app, address).enter(words).path == "/messages"
    assert guesser.enter(words).path == "/messages"


@pytest.mark.parametrize("address", ["", "192.0.2.1"])
def test_six_guessers_who_never_pause_cannot_keep_out_who_has_the_right_code(
    sqlite_stage: Stage, address: str
) -> None:
    words, app = words_of(sqlite_stage), create_reporter_app(sqlite_stage.system)
    stop, seen = Event(), Counter[int]()

    def go_on() -> None:
        guesser = from_address(app, address).open("/messages/enter")
        while not stop.is_set():
            code = " ".join(code_of_nobody(sqlite_stage))
            seen[guesser.post_only("/messages/enter", code=code).status_code] += 1

    with ThreadPoolExecutor(6) as pool:
        running = [pool.submit(go_on) for _ in range(6)]
        try:
            until, reporter, came = monotonic() + PATIENCE, from_address(app, address), 0
            while came < 5 and monotonic() < until:
                came += reporter.enter(words).path == "/messages" and seen[429] > 0
        finally:
            stop.set()
        for one in running:
            one.result(PATIENCE)
    assert set(seen) <= {200, 429, 503}
    assert came == 5


def test_a_guesser_who_finds_the_shared_place_taken_can_come_again_in_seconds(
    stage: Stage, app: Flask
) -> None:
    words, wrong = words_of(stage), code_of_nobody(stage)
    guesser = Browser(app)
    for _ in range(OWN[0].tries):
        assert "No messages open" in guesser.enter(wrong).text
    with stage.gate.vault.permits.share("visits"):
        page = guesser.post_only("/messages/enter", code=" ".join(words), unsent="A long story.")
        assert page.status_code == 429
        assert page.headers["Retry-After"] == str(COME_AGAIN)
        assert "you are not locked out" in page.text
        assert "A long story." in page.text
        assert " ".join(words) not in page.text
        assert Browser(app).enter(words).path == "/messages"
    assert guesser.enter(words).path == "/messages"


def test_guessers_behind_an_address_share_its_place_and_no_other_address_does(
    stage: Stage, app: Flask
) -> None:
    words, wrong = words_of(stage), code_of_nobody(stage)
    guesser = from_address(app, "192.0.2.1")
    for _ in range(OWN[0].tries):
        guesser.enter(wrong)
    with stage.gate.vault.permits.share("visits"):
        assert from_address(app, "192.0.2.1").enter(words).path == "/messages"
        assert guesser.enter(words).page.status_code == 429
    assert from_address(app, "192.0.2.2").enter(words).path == "/messages"


def test_words_that_are_no_code_count_as_no_guess(stage: Stage, app: Flask) -> None:
    words = words_of(stage)
    browser = Browser(app)
    for _ in range(OWN[0].tries):
        assert "Check word number" in browser.enter(["zzzz"] * 8).text
    with stage.gate.vault.permits.share("visits"):
        assert browser.enter(words).path == "/messages"


def test_guessers_at_one_code_slow_themselves_and_not_its_reporter(
    stage: Stage, app: Flask
) -> None:
    words, wrong = words_of(stage), code_of_nobody(stage)
    for number in range(ONE_TARGET.tries):
        assert "No messages" in from_address(app, f"192.0.2.{number}").enter(wrong).text
    one = from_address(app, "198.51.100.1")
    with stage.gate.vault.permits.share("visits"):
        statuses = [one.enter(wrong).page.status_code for _ in range(WHEN_TIGHT.tries + 1)]
        assert statuses == [200] * WHEN_TIGHT.tries + [429]
        assert one.enter(words).path == "/messages"
        assert from_address(app, "198.51.100.2").enter(words).path == "/messages"
