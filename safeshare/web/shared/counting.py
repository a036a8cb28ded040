"""Short-lived counts, in Redis where there is one and in this process where there is none.

A Redis that is dead or slow costs one short wait in half a minute, and then counts are kept here:
no page may fail because a count cannot be shared. Nothing is logged, for a log's line would tell
when somebody came.
"""

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from time import monotonic
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

PATIENCE_SECONDS: Final = 0.25
"""How long one question to Redis may take."""

ALONE_SECONDS: Final = 30.0
"""How long a process counts for itself before it asks a Redis again that did not answer."""

MOST_KEPT: Final = 20_000
"""Counts in this process: some megabytes at most, however many addresses a guesser has."""


class OwnCounts:
    """Counts of one process, each with an end. When there are too many the oldest are forgotten."""

    def __init__(self, now: Callable[[], float], most_kept: int = MOST_KEPT) -> None:
        self._now = now
        self._most_kept = most_kept
        self._kept: dict[str, tuple[int, float]] = {}
        self._changing = Lock()

    def read(self, names: Sequence[str]) -> list[int]:
        """The counts by these names, 0 for one that has ended or never began."""
        now, none = self._now(), (0, 0.0)
        with self._changing:
            found = [self._kept.get(name, none) for name in names]
        return [count if ends > now else 0 for count, ends in found]

    def add(self, seconds: Mapping[str, int]) -> None:
        """Count one more by each name; a count that begins now ends after so many seconds."""
        now = self._now()
        with self._changing:
            for name, lasts in seconds.items():
                count, ends = self._kept.pop(name, (0, 0.0))
                if ends <= now:
                    count, ends = 0, now + lasts
                self._kept[name] = (count + 1, ends)
            if len(self._kept) > self._most_kept:
                self._make_room(now)

    def _make_room(self, now: float) -> None:
        live = [(name, kept) for name, kept in self._kept.items() if kept[1] > now]
        self._kept = dict(live[-self._most_kept * 9 // 10 :])


class SharedCounts:
    """The same counts in Redis, for all processes of an installation. Raises RedisError."""

    def __init__(self, redis_url: str) -> None:
        self._redis = Redis.from_url(
            redis_url,
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            retry=None,
        )

    def read(self, names: Sequence[str]) -> list[int]:
        """The counts by these names, 0 for one that has ended or never began."""
        return [int(count or 0) for count in self._redis.mget(list(names))]

    def add(self, seconds: Mapping[str, int]) -> None:
        """Count one more by each name; a count that begins now ends after so many seconds."""
        with self._redis.pipeline(transaction=True) as together:
            for name, lasts in seconds.items():
                together.incr(name)
                together.expire(name, lasts, nx=True)
            together.execute()


class Counts:
    """Shared counts while Redis answers, this process's own otherwise."""

    def __init__(self, redis_url: str | None, now: Callable[[], float]) -> None:
        self._own = OwnCounts(now)
        self._shared = SharedCounts(redis_url) if redis_url else None
        self._alone_until = 0.0

    def read(self, names: Sequence[str]) -> list[int]:
        """The counts by these names."""
        shared = self._if_it_answers()
        if shared is not None:
            try:
                return shared.read(names)
            except RedisError:
                self._go_on_alone()
        return self._own.read(names)

    def add(self, seconds: Mapping[str, int]) -> None:
        """Count one more by each name; a count that begins now ends after so many seconds."""
        shared = self._if_it_answers()
        if shared is not None:
            try:
                shared.add(seconds)
            except RedisError:
                self._go_on_alone()
            else:
                return
        self._own.add(seconds)

    def _if_it_answers(self) -> SharedCounts | None:
        return self._shared if monotonic() >= self._alone_until else None

    def _go_on_alone(self) -> None:
        self._alone_until = monotonic() + ALONE_SECONDS
