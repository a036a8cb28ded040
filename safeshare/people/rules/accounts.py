"""What may be proposed for an account, and how long a link to it is good."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from safeshare.kernel.actors import Role
from safeshare.kernel.errors import InvalidError
from safeshare.people.rules.roles import QUEUE_ROLES, roles_fit

LINK_LASTS = timedelta(hours=72)
"""How long an invitation may be used: over a weekend, and not for ever."""

LONGEST_INSPECTION = timedelta(days=366)
"""How far ahead an inspector's last day may lie."""

FRESH_FOR = timedelta(minutes=15)
"""How long after both factors were given dangerous acts need no further proof."""

MOST_MISSES = 20
"""After so many right passphrases with a wrong second factor, six digits from a browser that never
signed in are not tried any more. Only who has the passphrase can bring this about; the owner still
signs in from a browser of theirs, with a passkey, or with a backup code.
"""

WATCHING_ROLES = frozenset({Role.SUPERVISOR, Role.OVERSEER})
"""The roles that approve people or are given cases to watch. An administrator can only propose
them: otherwise they could invite somebody who then approves whom they like.
"""


def insist_on_fitting(
    roles: Collection[Role], queues: Collection[object], ends_on: date | None, today: date
) -> None:
    """Insist that a new account may have these roles, queues and last day.

    Raises InvalidError with the code of what does not fit, and the field to mend.
    """
    insist_on_fitting_roles(roles, ends_on, today)
    if queues and not set(roles) & QUEUE_ROLES:
        raise InvalidError("queue_without_role", "queues")
    if not queues and set(roles) & QUEUE_ROLES:
        raise InvalidError("queue_missing", "queues")


def insist_on_fitting_roles(roles: Collection[Role], ends_on: date | None, today: date) -> None:
    """Insist that one person may have these roles together, and an inspector a last day.

    Raises InvalidError with the code of what does not fit, and the field to mend.
    """
    if not roles_fit(roles):
        raise InvalidError("roles_do_not_fit", "roles")
    if Role.INSPECTOR not in roles:
        if ends_on is not None:
            raise InvalidError("end_without_inspector", "ends_on")
    elif ends_on is None:
        raise InvalidError("end_missing", "ends_on")
    elif not today <= ends_on <= today + LONGEST_INSPECTION:
        raise InvalidError("end_out_of_range", "ends_on")


def is_over(ends_on: date | None, today: date) -> bool:
    """Whether an account's last day has passed."""
    return ends_on is not None and ends_on < today


def is_link_over(expires_at: datetime, now: datetime) -> bool:
    """Whether a link may be used no more."""
    return now >= expires_at


def proposed_of(roles: Collection[Role]) -> frozenset[Role]:
    """Those of the roles that somebody else must approve before they count."""
    return frozenset(roles) & WATCHING_ROLES


def is_fresh(proved_at: datetime | None, now: datetime) -> bool:
    """Whether both factors were given a short while ago, and not in the future."""
    return proved_at is not None and timedelta(0) <= now - proved_at <= FRESH_FOR
