"""What happens to whoever is wrong about an access code or a passphrase, in words and numbers.

Nobody is refused because somebody was wrong, and nobody is kept out for an hour. What was wrong
decides where the next try stands:

- A process stretches one guess at a time. Three may wait for their turn, a second each; who comes
  then is told to come again in ten seconds.
- Whose *address* is over its budget shares one place in that line with all others of whom that is
  so. One waits for the place, three seconds at most; who comes then is told: in five seconds.
- Whose own *visit* is over its budget shares another such place, and nobody waits for that: it is
  free at once, or they are told to come again in five seconds.

So guessers hold up everybody else by two stretches at most, however many tries they make; and who
has the right code or passphrase behind a guesser's address stands before the guesser, in a visit of
their own. What a slowed try costs is bounded by the places, not by how long somebody is kept out.

- A budget is passed by 20 wrong tries in this minute, or 120 in this hour. While one code or name
  is guessed at ten times an hour, or everybody together is wrong 60 times a minute, by three wrong
  tries in ten minutes. What is no code at all is no guess, and counts as nothing.
- A visit is a session: no form is taken without one. An address is what the proxy forwarded (of
  IPv6 its /64, which is what one subscriber has). Without that header every address is the proxy's
  own, and nothing is counted against it. In place of its address a browser has the mark of the
  account that signed in there before; nor is it slowed by what others guess at that name.

Nothing is stored: counts live in Redis or in memory, for an hour at most. Their names are hashes,
under a key that changes every hour, of the visit, the address or what was guessed at.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import new as keyed_hash
from ipaddress import IPv6Address, ip_address
from typing import Final, Literal, cast

from flask import Flask, current_app, g, request, session
from werkzeug.exceptions import TooManyRequests

from safeshare.kernel.errors import BusyError
from safeshare.web.shared.counting import Counts
from safeshare.web.shared.session import SealedSession
from safeshare.wiring import System

SMALL_BODY: Final = 16 * 1024
"""Bytes of a form that holds a sign-in and nothing else."""

COME_AGAIN: Final = 5
"""Seconds after which whoever is slowed and found no place is asked to try again."""

SharedPlace = Literal["addresses", "visits"]
"""The places in the vault's line of guesses that many share."""

_HOUR: Final = 3600
_EXTENSION: Final = "safeshare.guesses"
_TURN: Final = "safeshare_turn"


@dataclass(frozen=True, slots=True)
class Budget:
    """So many wrong tries in each span of so many seconds."""

    tries: int
    seconds: int


OWN: Final = (Budget(20, 60), Budget(120, _HOUR))
"""What one visit, or one address, may get wrong before it is slowed."""

WHEN_TIGHT: Final = Budget(3, 600)
"""What it may get wrong while one of the two below is passed."""

EVERYBODY: Final = Budget(60, 60)
"""How many wrong guesses of all visitors together are nothing unusual."""

ONE_TARGET: Final = Budget(10, _HOUR)
"""How many wrong guesses at one code or one account, from wherever, are nothing unusual."""

_OF_ONE: Final = (*OWN, WHEN_TIGHT)


@dataclass(frozen=True, slots=True)
class Wrong:
    """How many wrong tries were counted. Those of the visit and of its address are by `OWN` and
    `WHEN_TIGHT`, in that order; nothing is counted of an address that nobody forwarded.
    """

    everybody: int = 0
    target: int = 0
    visit: tuple[int, ...] = (0, 0, 0)
    address: tuple[int, ...] = (0, 0, 0)


def place_of(wrong: Wrong) -> SharedPlace | None:
    """Which place in the line the next try shares with others; None where it stands for itself."""
    is_tight = wrong.everybody >= EVERYBODY.tries or wrong.target >= ONE_TARGET.tries
    budgets = _OF_ONE if is_tight else OWN

    def is_over(counts: tuple[int, ...]) -> bool:
        return any(count >= budget.tries for count, budget in zip(counts, budgets, strict=False))

    if is_over(wrong.visit):
        return "visits"
    return "addresses" if is_over(wrong.address) else None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Against whom a wrong guess counts. The address is empty where nobody forwarded one."""

    visit: str
    address: str = ""


class GuessCounts:
    """Counts wrong guesses."""

    def __init__(
        self, counts: Counts, hourly_key: Callable[[int], bytes], now: Callable[[], datetime]
    ) -> None:
        self._counts = counts
        self._hourly_key = hourly_key
        self._now = now

    def wrong(self, visitor: Visitor, target: str) -> Wrong:
        """What was counted so far."""
        counted = _counted(visitor, target)
        found = self._counts.read([self._name(budget, what) for budget, what in counted])
        end = 2 + len(_OF_ONE)
        return Wrong(found[0], found[1], tuple(found[2:end]), tuple(found[end:]))

    def add(self, visitor: Visitor, target: str) -> None:
        """Count one wrong guess; not against what has no name."""
        counted = [one for one in _counted(visitor, target) if one[1]]
        self._counts.add({self._name(budget, what): budget.seconds for budget, what in counted})

    def _name(self, budget: Budget, what: str) -> str:
        now = int(self._now().timestamp())
        counted = f"{budget.seconds} {now // budget.seconds} {what}".encode()
        return f"guess:{keyed_hash(self._hourly_key(now // _HOUR), counted, sha256).hexdigest()}"


def _counted(visitor: Visitor, target: str) -> list[tuple[Budget, str]]:
    own = [(budget, what) for what in (visitor.visit, visitor.address) for budget in _OF_ONE]
    return [(EVERYBODY, "everybody"), (ONE_TARGET, target), *own]


@dataclass(frozen=True, slots=True)
class _Watch:
    """What one app counts guesses with. `mark` names the account whose mark a browser has."""

    counts: GuessCounts
    share: Callable[[SharedPlace], AbstractContextManager[None]]
    mark: Callable[[], str]

    def visitor(self) -> Visitor:
        """Whom to count against."""
        visit = cast("SealedSession", session).cookie
        return Visitor(f"visit {visit}", self.mark() or _forwarded_address())


def _no_mark() -> str:
    """Of an app that marks no browser."""
    return ""


def watch_guesses(
    app: Flask,
    system: System,
    is_guess: Callable[[], bool],
    largest_body: int = SMALL_BODY,
    mark: Callable[[], str] = _no_mark,
) -> None:
    """Give each request that `is_guess` its place in the line. Call it before forms are read.

    Whoever comes while the line is full is refused with BusyError (503), unread. A body is read
    whole before anything waits, so that who sends it slowly holds up nobody.
    """
    gate = system.gate

    def hourly_key(hour: int) -> bytes:
        return gate.vault.web_key(f"guess limits of hour {hour}")

    now = gate.clock.security_now
    counts = Counts(system.settings.redis_url, lambda: now().timestamp())
    guesses = GuessCounts(counts, hourly_key, now)
    app.extensions[_EXTENSION] = _Watch(guesses, gate.vault.permits.share, mark)

    @app.before_request
    def judge() -> None:
        if not is_guess():
            return
        request.max_content_length = request.max_form_memory_size = largest_body
        gate.vault.insist_on_room("guesses")
        request.form.get("")  # Reads the body.
        take_turn()

    @app.teardown_request
    def end_turn(_error: BaseException | None) -> None:
        g.pop(_TURN, ExitStack()).close()


def take_turn(target: str = "") -> None:
    """Wait for a shared place in the line, where this visitor has no own, and keep it until the
    request is answered. Raises TooManyRequests (429) where it is not free in time.

    Name the `target` of a guess once it is known, before anything is stretched: "name " and the
    sign-in name, for instance. It is never stored.
    """
    watch = _watch()
    place = None if _TURN in g else place_of(watch.counts.wrong(watch.visitor(), target))
    if place is None:
        return
    turn = ExitStack()
    try:
        turn.enter_context(watch.share(place))
    except BusyError:
        raise TooManyRequests(retry_after=COME_AGAIN) from None
    setattr(g, _TURN, turn)


def count_wrong_guess(target: str = "") -> None:
    """Count a guess that was wrong, against this visitor and towards the target."""
    watch = _watch()
    watch.counts.add(watch.visitor(), target)


def _watch() -> _Watch:
    found: _Watch = current_app.extensions[_EXTENSION]
    return found


def _forwarded_address() -> str:
    # The last address of the header is the one that the proxy itself saw, whatever a visitor wrote
    # before it: quotes too, over which a parser of lists would lose the rest.
    address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return f"address {int(known) >> 64:x}"
    return f"address {known}"
