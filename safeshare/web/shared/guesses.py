"""How often anybody may be wrong about an access code or a passphrase.

The guesser is slowed and not the victim: what is counted against is the visitor who is wrong, and
never the code or the account. Where one code or account, or the whole service, is guessed at from
many addresses, every visitor has fewer tries; whoever is right has always one.

Nothing is stored: counts live in Redis or in memory, for an hour at most. Their names are hashes,
under a key that changes every hour, of the address (an IPv6 address counts as its /64, which is
what one subscriber has) or of what was guessed at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import new as keyed_hash
from ipaddress import IPv6Address, ip_address
from typing import Final

from flask import Flask, current_app, request
from werkzeug.exceptions import TooManyRequests

from safeshare.web.shared.counting import Counts
from safeshare.wiring import System

SMALL_BODY: Final = 16 * 1024
"""Bytes of a form that holds a sign-in and nothing else."""

_HOUR: Final = 3600
_EXTENSION: Final = "safeshare.guesses"


@dataclass(frozen=True, slots=True)
class Budget:
    """So many wrong tries in each span of so many seconds."""

    tries: int
    seconds: int


VISITOR: Final = (Budget(20, 60), Budget(120, _HOUR))
"""What one visitor may get wrong, slips of typing included."""

EVERYBODY: Final = Budget(300, 60)
"""How many wrong guesses of all visitors together are nothing unusual."""

ONE_TARGET: Final = Budget(10, _HOUR)
"""How many wrong guesses at one code or one account, from wherever, are nothing unusual."""

WHEN_TIGHT: Final = Budget(5, 600)
"""What one visitor may guess wrong while either of the two is passed."""


class GuessCounts:
    """Counts wrong guesses, and says who may try again."""

    def __init__(
        self, counts: Counts, hourly_key: Callable[[int], bytes], now: Callable[[], datetime]
    ) -> None:
        self._counts = counts
        self._hourly_key = hourly_key
        self._now = now

    def insist(self, visitor: str, target: str) -> None:
        """Raises TooManyRequests where the visitor has no try left now."""
        budgets = [*self._of(visitor), *self._shared(target)]
        names = [self._name(budget, what) for budget, what in (*budgets, (WHEN_TIGHT, visitor))]
        *counted, guesses = self._counts.read(names)
        spent = [
            budget
            for (budget, _what), count in zip(budgets, counted, strict=True)
            if count >= budget.tries
        ]
        own = [budget for budget in spent if budget in VISITOR]
        if spent and not own and guesses >= WHEN_TIGHT.tries:
            own = [WHEN_TIGHT]
        if own:
            raise TooManyRequests(retry_after=max(map(self._left, own)))

    def add(self, visitor: str, target: str, *, is_guess: bool) -> None:
        """Count one wrong try. Only a guess, which might have been right, counts for others."""
        counted = self._of(visitor)
        if is_guess:
            counted += [*self._shared(target), (WHEN_TIGHT, visitor)]
        self._counts.add({self._name(budget, what): budget.seconds for budget, what in counted})

    def _of(self, visitor: str) -> list[tuple[Budget, str]]:
        return [(budget, visitor) for budget in VISITOR]

    def _shared(self, target: str) -> list[tuple[Budget, str]]:
        return [(EVERYBODY, "everybody"), *([(ONE_TARGET, target)] if target else [])]

    def _name(self, budget: Budget, what: str) -> str:
        now = int(self._now().timestamp())
        counted = f"{budget.seconds} {now // budget.seconds} {what}".encode()
        return f"guess:{keyed_hash(self._hourly_key(now // _HOUR), counted, sha256).hexdigest()}"

    def _left(self, budget: Budget) -> int:
        return budget.seconds - int(self._now().timestamp()) % budget.seconds


def watch_guesses(
    app: Flask, system: System, is_guess: Callable[[], bool], largest_body: int = SMALL_BODY
) -> None:
    """Judge each request that `is_guess` before its view. Call it before forms are read.

    Whoever has no try left is refused with 429, and with BusyError (503) whoever comes while the
    line is full; neither is read. A body is read whole before anything waits for the one permit
    to stretch, so that who sends it slowly holds up nobody.
    """
    gate = system.gate

    def hourly_key(hour: int) -> bytes:
        return gate.vault.web_key(f"guess limits of hour {hour}")

    now = gate.clock.security_now
    counts = Counts(system.settings.redis_url, lambda: now().timestamp())
    app.extensions[_EXTENSION] = GuessCounts(counts, hourly_key, now)

    @app.before_request
    def judge() -> None:
        if not is_guess():
            return
        request.max_content_length = request.max_form_memory_size = largest_body
        insist_on_tries()
        gate.vault.insist_on_room("guesses")
        request.form.get("")  # Reads the body.


def insist_on_tries(target: str = "") -> None:
    """Raises TooManyRequests (429) where this visitor may not try now.

    Name the `target` of a guess once it is known, before anything is stretched: "name " and the
    sign-in name, for instance. It is never stored.
    """
    _counts().insist(_visitor(), target)


def count_wrong_guess(target: str = "") -> None:
    """Count a guess that was wrong, against this visitor and towards the target."""
    _counts().add(_visitor(), target, is_guess=True)


def count_slip() -> None:
    """Count, against this visitor alone, what was typed and could not have been right."""
    _counts().add(_visitor(), "", is_guess=False)


def _counts() -> GuessCounts:
    found: GuessCounts = current_app.extensions[_EXTENSION]
    return found


def _visitor() -> str:
    # Behind a proxy the last address of the header is the one that the proxy itself saw, whatever a
    # visitor wrote before it: quotes too, over which a parser of lists would lose the rest.
    through = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    address = through or request.remote_addr or ""
    try:
        known = ip_address(address)
    except ValueError:
        return f"visitor {address}"
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return f"visitor {int(known) >> 64:x}"
    return f"visitor {known}"
