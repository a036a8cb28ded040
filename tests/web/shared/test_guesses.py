"""Who may be wrong how often, counted in Redis or in the process, and kept nowhere else."""

from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
import redis
from flask import Flask
from werkzeug.exceptions import TooManyRequests

from safeshare.web.shared import counting, guesses
from safeshare.web.shared.counting import Counts, OwnCounts
from safeshare.web.shared.guesses import (
    EVERYBODY,
    ONE_TARGET,
    VISITOR,
    WHEN_TIGHT,
    GuessCounts,
)
from tests.services.redis_server import RedisServer

NOON = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
SILENT = "redis://127.0.0.1:1/0"
"""Nothing listens there."""


class Watch:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Redis that runs is waited for, however busy the machine is."""
    monkeypatch.setattr(counting, "PATIENCE_SECONDS", 30.0)


@pytest.fixture
def watch() -> Watch:
    return Watch()


def counts_for(watch: Watch, redis_url: str | None = None) -> GuessCounts:
    def key(hour: int) -> bytes:
        return hour.to_bytes(32)

    return GuessCounts(Counts(redis_url, watch.seconds), key, watch)


def is_refused(counts: GuessCounts, visitor: str, target: str = "") -> bool:
    try:
        counts.insist(visitor, target)
    except TooManyRequests:
        return True
    return False


def guess(counts: GuessCounts, times: int, visitor: str, target: str = "") -> None:
    for _ in range(times):
        counts.add(visitor, target, is_guess=True)


def flood(counts: GuessCounts, times: int, target: str = "") -> None:
    """Wrong guesses, each from an address of its own."""
    for number in range(times):
        counts.add(f"bot {number}", target, is_guess=True)


def test_a_visitor_can_be_wrong_so_often_a_minute_and_no_more(watch: Watch) -> None:
    counts = counts_for(watch)
    guess(counts, VISITOR[0].tries - 1, "one")
    assert not is_refused(counts, "one")
    guess(counts, 1, "one")
    assert is_refused(counts, "one")
    assert not is_refused(counts, "another")
    watch.now += timedelta(minutes=1)
    assert not is_refused(counts, "one")


def test_a_visitor_can_be_wrong_so_often_an_hour_and_no_more(watch: Watch) -> None:
    counts = counts_for(watch)
    for _ in range(VISITOR[1].tries):
        assert not is_refused(counts, "one")
        guess(counts, 1, "one")
        watch.now += timedelta(seconds=20)
    assert is_refused(counts, "one")
    watch.now += timedelta(hours=1)
    assert not is_refused(counts, "one")


def test_a_refused_visitor_can_see_how_long_to_wait(watch: Watch) -> None:
    counts = counts_for(watch)
    guess(counts, VISITOR[0].tries, "one")
    with pytest.raises(TooManyRequests) as refused:
        counts.insist("one", "")
    assert refused.value.retry_after == 30


def test_many_guessers_cannot_lock_out_the_owner_of_what_they_guess_at(watch: Watch) -> None:
    counts = counts_for(watch)
    flood(counts, ONE_TARGET.tries, "name rowan")
    assert not is_refused(counts, "rowan herself", "name rowan")
    guess(counts, WHEN_TIGHT.tries - 1, "rowan herself", "name rowan")
    assert not is_refused(counts, "rowan herself", "name rowan")


def test_a_guesser_has_fewer_tries_at_what_many_guess_at(watch: Watch) -> None:
    counts = counts_for(watch)
    guess(counts, WHEN_TIGHT.tries, "one", "name rowan")
    assert not is_refused(counts, "one", "name rowan")
    flood(counts, ONE_TARGET.tries, "name rowan")
    assert is_refused(counts, "one", "name rowan")
    assert not is_refused(counts, "one", "name heron")


def test_everybody_has_fewer_tries_while_the_service_is_flooded(watch: Watch) -> None:
    counts = counts_for(watch)
    guess(counts, WHEN_TIGHT.tries, "one")
    flood(counts, EVERYBODY.tries)
    assert is_refused(counts, "one")
    assert not is_refused(counts, "somebody who comes with the right code")
    watch.now += timedelta(minutes=1)
    assert not is_refused(counts, "one")


def test_a_slip_of_typing_cannot_count_as_a_guess(watch: Watch) -> None:
    counts = counts_for(watch)
    for _ in range(WHEN_TIGHT.tries):
        counts.add("one", "", is_guess=False)
    flood(counts, EVERYBODY.tries)
    assert not is_refused(counts, "one")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("something else", "nothing like it", False),
    ],
)
def test_a_subscriber_cannot_have_many_addresses(one: str, other: str, is_same: bool) -> None:
    def visitor(address: str) -> str:
        with Flask("sample").test_request_context(environ_base={"REMOTE_ADDR": address}):
            return guesses._visitor()

    assert (visitor(one) == visitor(other)) is is_same


@pytest.mark.parametrize("written", ["", "203.0.113.9, ", '"203.0.113.9, ', 'a"b\\, ', ", ,"])
def test_a_visitor_behind_a_proxy_cannot_be_another_by_what_they_write(written: str) -> None:
    """The proxy adds the address that it saw to what it was sent."""
    headers = {"X-Forwarded-For": f"{written}192.0.2.1"}
    with Flask("sample").test_request_context(headers=headers):
        assert guesses._visitor() == "visitor 192.0.2.1"


@pytest.mark.usefixtures("patient")
def test_processes_can_count_together_and_only_hashes_that_end_are_kept(
    watch: Watch, redis_url: str
) -> None:
    first, second = counts_for(watch, redis_url), counts_for(watch, redis_url)
    guess(first, VISITOR[0].tries, "visitor 192.0.2.1", "name rowan")
    assert is_refused(second, "visitor 192.0.2.1")
    with redis.Redis.from_url(redis_url) as client:
        names = client.keys()
        assert len(names) == 5
        assert all(0 < client.ttl(name) <= 3600 for name in names)
        assert not any(b"192" in name or b"rowan" in name for name in names)


@pytest.mark.usefixtures("patient")
def test_a_thief_of_redis_cannot_follow_an_address_into_the_next_hour(
    watch: Watch, redis_url: str
) -> None:
    counts = counts_for(watch, redis_url)
    guess(counts, 1, "visitor 192.0.2.1")
    with redis.Redis.from_url(redis_url) as client:
        before = set(client.keys())
        watch.now += timedelta(hours=1)
        guess(counts, 1, "visitor 192.0.2.1")
        assert len(set(client.keys()) - before) == len(before)


def test_a_dead_redis_cannot_stop_counting(watch: Watch, redis_server: RedisServer) -> None:
    counts = counts_for(watch, redis_server.url)
    guess(counts, 1, "one")
    redis_server.stop()
    guess(counts, VISITOR[0].tries, "one")
    assert is_refused(counts, "one")
    assert not is_refused(counts, "another")


@pytest.mark.usefixtures("patient")
def test_a_redis_that_comes_back_can_be_used_again(
    watch: Watch, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "ALONE_SECONDS", 0.0)
    redis_server.stop()
    counts = counts_for(watch, redis_server.url)
    guess(counts, 1, "one")
    redis_server.start()
    guess(counts, VISITOR[0].tries, "one")
    assert is_refused(counts_for(watch, redis_server.url), "one")


def test_a_dead_redis_can_be_waited_for_only_once_in_a_while(watch: Watch) -> None:
    counts = counts_for(watch, SILENT)
    began = monotonic()
    tries = 200
    for _ in range(tries):
        assert not is_refused(counts, "one")
    assert monotonic() - began < tries / 4 * counting.PATIENCE_SECONDS


def test_a_guesser_with_many_addresses_cannot_fill_the_memory() -> None:
    own = OwnCounts(lambda: 0.0, most_kept=100)
    for number in range(1000):
        own.add({f"visitor {number}": 60, "everybody": 60})
        assert len(own._kept) <= 100
    assert own.read(["everybody", "visitor 999", "visitor 0"]) == [1000, 1, 0]


def test_a_count_that_has_ended_can_begin_again() -> None:
    now = [0.0]
    own = OwnCounts(lambda: now[0])
    own.add({"one": 60})
    now[0] = 60.0
    assert own.read(["one"]) == [0]
    own.add({"one": 60})
    assert own.read(["one"]) == [1]
