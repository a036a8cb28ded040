"""Lets only a few stretch at once, so that strangers cannot spend the server's memory and time.

Three lanes, each its own turnstile per process, so that guessing cannot hold up sending and
strangers' sign-ins cannot hold up colleagues who are already in (blueprint section 4):

- `send`: making an access code's keys for a concern;
- `guesses`: typed access codes and sign-ins, which anybody may try;
- `staff`: passphrases of those signed in, and enrolment.

Those whose address, or whose own visit, was wrong too often share one place each in the line of
guesses: together they hold up everybody else by two stretches at most.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from safeshare.kernel.errors import BusyError

Lane = Literal["send", "guesses", "staff"]
SharedPlace = Literal["addresses", "visits"]


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
        self._inside = 0

    def is_full(self) -> bool:
        """Whether somebody who came now would be sent away at once."""
        with self._counting:
            all_taken = self._inside >= self._limits.permits
            return all_taken and self._waiting >= self._limits.most_waiting

    @contextmanager
    def pass_through(self) -> Iterator[None]:
        """Hold a permit for the length of a `with` block; BusyError if there is none in time.
        Nobody passes by those who wait.
        """
        if not (self._take() or self._wait()):
            raise BusyError("too many people are asking at once")
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)
            self._permits.release()

    def _take(self) -> bool:
        with self._counting:
            return not self._waiting and self._permits.acquire(blocking=False)

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

    def _count(self, step: int) -> None:
        with self._counting:
            self._inside += step


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
            "guesses": Turnstile(guesses or LaneLimits(most_waiting=3)),
            "staff": Turnstile(staff or LaneLimits()),
        }
        self._shared: dict[SharedPlace, Turnstile] = {
            "addresses": Turnstile(LaneLimits(most_waiting=1, longest_wait=3.0)),
            "visits": Turnstile(LaneLimits(most_waiting=0)),
        }

    def is_full(self, lane: Lane) -> bool:
        """Whether somebody who came to this lane now would be sent away at once."""
        return self._turnstiles[lane].is_full()

    def insist_on_room(self, lane: Lane) -> None:
        """BusyError where nobody else may wait in this lane now. Takes nothing."""
        if self.is_full(lane):
            raise BusyError("too many people are asking at once")

    @contextmanager
    def hold(self, lane: Lane) -> Iterator[None]:
        """Hold a permit of a lane; BusyError if there is none in time."""
        with self._turnstiles[lane].pass_through():
            yield

    @contextmanager
    def share(self, place: SharedPlace) -> Iterator[None]:
        """Hold a place that many share; BusyError if it is not free in time. Whoever holds it may
        then come to `guesses`, and waits there like anybody.
        """
        with self._shared[place].pass_through():
            yield
