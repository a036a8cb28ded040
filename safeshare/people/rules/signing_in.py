"""Sign-in names and six-digit codes."""

import re
import unicodedata
from datetime import datetime

from safeshare.kernel.errors import InvalidError

TOTP_PERIOD = 30
"""Seconds that one six-digit code is good for (RFC 6238 section 4.1)."""

TOTP_SLIP = 1
"""Steps that a phone's clock may be early or late (RFC 6238 section 5.2 advises one)."""

TOTP_STRAY = 20
"""Steps round now in which a wrong code is put down to a clock that is wrong: ten minutes."""

LONGEST_SIGN_IN_NAME = 64
"""Characters."""

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._@-]*[a-z0-9])?")


def normal_sign_in_name(typed: str) -> str:
    """One spelling for every way of typing a name: NFKC, lower case, no blanks round or in it."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold())
    # An accent that stood after a blank now stands after a letter, and may become one with it.
    return unicodedata.normalize("NFKC", "".join(folded.split()))


def new_sign_in_name(typed: str) -> str:
    """The normal spelling of a name for a new account.

    Raises:
        InvalidError: it is empty, too long or holds other than letters, digits and `. _ - @`.
    """
    name = normal_sign_in_name(typed)
    if len(name) > LONGEST_SIGN_IN_NAME or not _NAME.fullmatch(name):
        raise InvalidError("sign_in_name_not_allowed", field="sign_in_name")
    return name


def totp_step(instant: datetime) -> int:
    """The number of the 30-second step that the instant lies in (RFC 6238 section 4.2)."""
    return int(instant.timestamp()) // TOTP_PERIOD


def steps_to_try(instant: datetime, last_used_step: int | None) -> tuple[int, ...]:
    """The steps whose code is accepted now, the most likely first.

    A step is used once: only later ones than the last used are left (RFC 6238 section 5.2). When
    a code fits, store its step as the last used in the same transaction as the sign-in.
    """
    now = totp_step(instant)
    window = [now] + [now + sign * slip for slip in range(1, TOTP_SLIP + 1) for sign in (-1, 1)]
    return tuple(step for step in window if last_used_step is None or step > last_used_step)


def stray_steps(instant: datetime) -> tuple[int, ...]:
    """The steps near now whose code is refused because a clock must be wrong by minutes."""
    now = totp_step(instant)
    return tuple(
        now + step
        for step in range(-TOTP_STRAY, TOTP_STRAY + 1)
        if not -TOTP_SLIP <= step <= TOTP_SLIP
    )
