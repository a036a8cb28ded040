"""Lets only a few stretch at once, so that strangers cannot spend the server's memory and time.

Three lanes, each its own turnstile per process, so that guessing cannot hold up sending and
strangers' sign-ins cannot hold up colleagues who are already in (blueprint section 4):

- `send`: making an access code's keys for a concern;
- `guesses`: typed access codes and sign-ins, which anybody may try;
- `staff`: passphrases of those signed in, and enrolment.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from safeshare.kernel.errors import BusyError

Lane = Literal["send", "guesses", "staff"]


@dataclass(frozen=True, slots=True)
class LaneLimits:
    """At once `permits` may stretch, `most_waiting` may wait, each for `longest_wait` seconds."""

    permits: int = 1
    most_waiting: int = 4
    longest_wait: float = 1.0


class Turnstile:
    """A semaphore with a short queue: whoever finds it full, or waits too long, is sent away."""

    def __init__(self, limits: LaneLimits) -> None:
        self._limits = limits
        self._permits = threading.BoundedSemaphore(limits.permits)
        self._counting = threading.Lock()
        self._waiting = 0

    @contextmanager
    def pass_through(self) -> Iterator[None]:
        """Hold a permit for the length of a `with` block; BusyError if there is none in time."""
        if not (self._permits.acquire(blocking=False) or self._wait()):
            raise BusyError("too many people are asking at once")
        try:
            yield
        finally:
            self._permits.release()

    def _wait(self) -> bool:
        with self._counting:
            if self._waiting >= self._limits.most_waiting:
                return False
            self._waiting += 1
        try:
            return self._permits.acquire(timeout=self._limits.longest_wait)
        finally:
            with self._counting:
                self._waiting -= 1


class Permits:
    """The turnstiles of one process. Share one object: a second one would double the limits."""

    def __init__(
        self,
        send: LaneLimits | None = None,
        guesses: LaneLimits | None = None,
        staff: LaneLimits | None = None,
    ) -> None:
        self._turnstiles: dict[Lane, Turnstile] = {
            "send": Turnstile(send or LaneLimits()),
            "guesses": Turnstile(guesses or LaneLimits()),
            "staff": Turnstile(staff or LaneLimits()),
        }
        self._inside: ContextVar[bool] = ContextVar("permit_held", default=False)

    @contextmanager
    def hold(self, lane: Lane) -> Iterator[None]:
        """Hold a permit of a lane; BusyError if there is none in time.

        Whoever already holds one, of any lane, keeps it and passes: the web takes it before it
        reads a request's body, and the vault asks again before it stretches.
        """
        if self._inside.get():
            yield
            return
        with self._turnstiles[lane].pass_through():
            token = self._inside.set(True)
            try:
                yield
            finally:
                self._inside.reset(token)
