"""Who may be wrong how often, counted in Redis or in the process, and kept nowhere else."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
import redis
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from safeshare.web.shared import counting, guesses
from safeshare.web.shared.counting import Counts, SharedCounts
from safeshare.web.shared.guesses import (
    EVERYBODY,
    ONE_TARGET,
    OWN,
    WHEN_TIGHT,
    GuessCounts,
    SharedPlace,
    Visitor,
    Wrong,
    place_of,
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


ONE, OTHER = Visitor("visit one", "address one"), Visitor("visit two", "address two")
COUNT = st.integers(0, 1000)
COUNTS = st.tuples(COUNT, COUNT, COUNT)


def place(counts: GuessCounts, visitor: Visitor, target: str = "") -> SharedPlace | None:
    return place_of(counts.wrong(visitor, target))


def guess(counts: GuessCounts, times: int, visitor: Visitor, target: str = "") -> None:
    for _ in range(times):
        counts.add(visitor, target)


def flood(counts: GuessCounts, times: int, target: str = "") -> None:
    """Wrong guesses, each from a visit and an address of its own."""
    for number in range(times):
        counts.add(Visitor(f"bot {number}", f"address of bot {number}"), target)


@pytest.mark.parametrize(
    ("wrong", "shared"),
    [
        (Wrong(), None),
        (Wrong(visit=(19, 119, 1000)), None),
        (Wrong(visit=(20, 20, 20)), "visits"),
        (Wrong(visit=(0, 120, 0)), "visits"),
        (Wrong(address=(20, 20, 20)), "addresses"),
        (Wrong(address=(0, 120, 0)), "addresses"),
        (Wrong(visit=(20, 20, 20), address=(20, 20, 20)), "visits"),
        (Wrong(everybody=60), None),
        (Wrong(everybody=60, visit=(2, 2, 2), address=(2, 2, 2)), None),
        (Wrong(everybody=60, visit=(0, 3, 3)), "visits"),
        (Wrong(everybody=59, target=9, visit=(3, 3, 3), address=(3, 3, 3)), None),
        (Wrong(target=10), None),
        (Wrong(target=10, address=(0, 3, 3)), "addresses"),
        (Wrong(target=10, visit=(0, 3, 3), address=(0, 3, 3)), "visits"),
    ],
)
def test_what_was_wrong_decides_where_the_next_try_stands(
    wrong: Wrong, shared: SharedPlace | None
) -> None:
    assert place_of(wrong) == shared


@given(st.builds(Wrong, COUNT, COUNT, st.just((0, 0, 0)), COUNTS))
def test_nobody_can_bring_a_visit_that_was_never_wrong_to_stand_with_the_guessers(
    wrong: Wrong,
) -> None:
    assert place_of(wrong) != "visits"


@given(st.builds(Wrong, COUNT, COUNT, st.just((0, 0, 0)), st.just((0, 0, 0))))
def test_nothing_that_others_get_wrong_elsewhere_can_slow_anybody(wrong: Wrong) -> None:
    assert place_of(wrong) is None


@given(st.builds(Wrong, COUNT, COUNT, COUNTS, COUNTS), st.integers(1, 100))
def test_nobody_can_come_forward_by_being_wrong_once_more(wrong: Wrong, more: int) -> None:
    order = [None, "addresses", "visits"]
    visit, address = (
        (counts[0] + more, counts[1] + more, counts[2] + more)
        for counts in (wrong.visit, wrong.address)
    )
    later = Wrong(wrong.everybody + more, wrong.target + more, visit, address)
    assert order.index(place_of(later)) >= order.index(place_of(wrong))


def test_a_visit_and_an_address_can_be_wrong_so_often_a_minute_before_they_are_slowed(
    watch: Watch,
) -> None:
    counts = counts_for(watch)
    guess(counts, OWN[0].tries - 1, ONE)
    assert place(counts, ONE) is None
    guess(counts, 1, ONE)
    assert place(counts, ONE) == "visits"
    assert place(counts, Visitor("another visit", ONE.address)) == "addresses"
    assert place(counts, OTHER) is None
    watch.now += timedelta(minutes=1)
    assert place(counts, ONE) is None


def test_a_visit_and_an_address_can_be_wrong_so_often_an_hour_before_they_are_slowed(
    watch: Watch,
) -> None:
    counts = counts_for(watch)
    for _ in range(OWN[1].tries):
        assert place(counts, ONE) is None
        guess(counts, 1, ONE)
        watch.now += timedelta(seconds=20)
    assert place(counts, ONE) == "visits"
    watch.now += timedelta(hours=1)
    assert place(counts, ONE) is None


def test_many_guessers_cannot_slow_the_owner_of_what_they_guess_at(watch: Watch) -> None:
    counts = counts_for(watch)
    flood(counts, ONE_TARGET.tries, "name rowan")
    assert place(counts, ONE, "name rowan") is None
    guess(counts, WHEN_TIGHT.tries - 1, ONE, "name rowan")
    assert place(counts, ONE, "name rowan") is None


def test_a_guesser_is_slowed_sooner_at_what_many_guess_at(watch: Watch) -> None:
    counts = counts_for(watch)
    guess(counts, WHEN_TIGHT.tries, ONE, "name rowan")
    assert place(counts, ONE, "name rowan") is None
    flood(counts, ONE_TARGET.tries, "name rowan")
    assert place(counts, ONE, "name rowan") == "visits"
    assert place(counts, ONE, "name heron") is None


def test_everybody_is_slowed_sooner_while_the_service_is_flooded(watch: Watch) -> None:
    counts = counts_for(watch)
    guess(counts, WHEN_TIGHT.tries, ONE)
    flood(counts, EVERYBODY.tries)
    assert place(counts, ONE) == "visits"
    assert place(counts, OTHER) is None
    watch.now += timedelta(minutes=1)
    assert place(counts, ONE) is None


def test_a_thousand_wrong_tries_with_no_forwarded_address_can_slow_nobody_else(
    watch: Watch,
) -> None:
    counts = counts_for(watch)
    guess(counts, 1000, Visitor("visit of a stranger"), "name rowan")
    assert place(counts, Visitor("visit of a stranger"), "name heron") == "visits"
    assert place(counts, Visitor("visit of rowan herself"), "name rowan") is None


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
    ],
)
def test_a_subscriber_cannot_have_many_addresses(one: str, other: str, is_same: bool) -> None:
    def counted(address: str) -> str:
        headers = {"X-Forwarded-For": address}
        with Flask("sample").test_request_context(headers=headers):
            return guesses._forwarded_address()

    assert (counted(one) == counted(other)) is is_same


@pytest.mark.parametrize("written", ["", "203.0.113.9, ", '"203.0.113.9, ', 'a"b\\, ', ", ,"])
def test_a_visitor_behind_a_proxy_cannot_be_another_by_what_they_write(written: str) -> None:
    """The proxy adds the address that it saw to what it was sent."""
    headers = {"X-Forwarded-For": f"{written}192.0.2.1"}
    with Flask("sample").test_request_context(headers=headers):
        assert guesses._forwarded_address() == "address 192.0.2.1"


@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-For": ""}, {"X-Forwarded-For": "unknown"}])
def test_the_proxys_own_address_is_nobodys(headers: dict[str, str]) -> None:
    environ = {"REMOTE_ADDR": "192.0.2.1"}
    with Flask("sample").test_request_context(headers=headers, environ_base=environ):
        assert guesses._forwarded_address() == ""


@pytest.mark.usefixtures("patient")
def test_processes_can_count_together_and_only_hashes_that_end_are_kept(
    watch: Watch, redis_url: str
) -> None:
    first, second = counts_for(watch, redis_url), counts_for(watch, redis_url)
    guess(first, OWN[0].tries, Visitor("visit one", "address 192.0.2.1"), "name rowan")
    assert place(second, Visitor("visit two", "address 192.0.2.1")) == "addresses"
    with redis.Redis.from_url(redis_url) as client:
        names = client.keys()
        assert len(names) == 8
        assert all(0 < client.ttl(name) <= 3600 for name in names)
        assert not any(b"192" in name or b"rowan" in name for name in names)


@pytest.mark.usefixtures("patient")
def test_a_thief_of_redis_cannot_follow_an_address_into_the_next_hour(
    watch: Watch, redis_url: str
) -> None:
    counts = counts_for(watch, redis_url)
    guess(counts, 1, Visitor("visit one", "address 192.0.2.1"))
    with redis.Redis.from_url(redis_url) as client:
        before = set(client.keys())
        watch.now += timedelta(hours=1)
        guess(counts, 1, Visitor("visit one", "address 192.0.2.1"))
        assert len(set(client.keys()) - before) == len(before)


def test_a_dead_redis_cannot_stop_counting(watch: Watch, redis_server: RedisServer) -> None:
    counts = counts_for(watch, redis_server.url)
    guess(counts, 1, ONE)
    redis_server.stop()
    guess(counts, OWN[0].tries, ONE)
    assert place(counts, ONE) == "visits"
    assert place(counts, OTHER) is None


@pytest.mark.usefixtures("patient")
def test_a_redis_that_comes_back_can_be_used_again(
    watch: Watch, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "ALONE_SECONDS", 0.0)
    redis_server.stop()
    counts = counts_for(watch, redis_server.url)
    guess(counts, 1, ONE)
    redis_server.start()
    guess(counts, OWN[0].tries, ONE)
    assert place(counts_for(watch, redis_server.url), ONE) == "visits"


def test_a_dead_redis_can_be_waited_for_only_once_in_a_while(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, read = [0.0], SharedCounts.read
    asked: list[float] = []

    def ask(shared: SharedCounts, names: Sequence[str]) -> list[int]:
        asked.append(clock[0])
        return read(shared, names)

    monkeypatch.setattr(counting, "monotonic", lambda: clock[0])
    monkeypatch.setattr(SharedCounts, "read", ask)
    counts = counts_for(watch, SILENT)
    for second in range(100):
        clock[0] = float(second)
        assert place(counts, ONE) is None
    assert asked == [0.0, 30.0, 60.0, 90.0]
