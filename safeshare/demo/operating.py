"""What only a demo can do: move its business clock, and show somebody's six digits."""

import pyotp
from sqlalchemy import inspect, select

from safeshare.gate import Door, use_case
from safeshare.kernel.errors import NotFoundError, StaleError
from safeshare.ledger.events import Event
from safeshare.people.models import Installation
from safeshare.people.queries import find_staff_by_sign_in_name
from safeshare.people.rules import TOTP_PERIOD, normal_sign_in_name
from safeshare.people.service.second_factor import totp_place
from safeshare.policy.actions import Action

MOST_DAYS = 365
"""The furthest that one step goes."""


@use_case(Action.DEMO_ADVANCE)
def advance_clock(door: Door, days: int) -> int:
    """Move the business clock on by so many days, for good. Returns how far it is ahead in all.

    Raises StaleError on a database that is not a demo's, or has not been set up.
    """
    if not 0 < days <= MOST_DAYS:
        raise StaleError(f"The clock moves by 1 to {MOST_DAYS} days at a time.")
    with door.change() as session:
        installation = session.get(Installation, 1, with_for_update=True)
        if installation is None or not installation.is_demo:
            raise StaleError("Only the clock of a demo database can be moved.")
        installation.business_days += days
        door.record(Event.DEMO_CLOCK_ADVANCED, days=str(days))
    return installation.business_days


@use_case(Action.DEMO_CODE)
def show_six_digits(door: Door, sign_in_name: str) -> str:
    """The six digits that somebody's telephone would show now.

    Raises NotFoundError for a name that nobody has, StaleError outside a demo.
    """
    installation = door.read.get(Installation, 1)
    if installation is None or not installation.is_demo:
        raise StaleError("Six digits are shown for a demo database only.")
    member = find_staff_by_sign_in_name(door.read, normal_sign_in_name(sign_in_name))
    if member is None:
        raise NotFoundError("Nobody in the demo signs in under this name.")
    if member.totp_secret is None:
        raise NotFoundError("This person signs in with a passkey and has no six digits.")
    secret = door.vault.open_server(totp_place(member.id), member.totp_secret).decode()
    return pyotp.TOTP(secret, interval=TOTP_PERIOD).at(door.clock.security_now())


@use_case(Action.SERVICE_CHECK)
def insist_on_demo(door: Door, _command: None) -> None:
    """Refuse a database that a real service lives in. An empty one, or none, may become a demo's.

    Raises StaleError where there is an installation that is not a demo.
    """
    if not inspect(door.read.connection()).has_table(Installation.__tablename__):
        return
    if door.read.scalar(select(Installation.is_demo)) is False:
        raise StaleError(
            "This database is a real service's. The demo is neither loaded into it nor run on it: "
            "set SAFESHARE_DATABASE_URL or SAFESHARE_DATA_FOLDER to another place."
        )


@use_case(Action.SERVICE_CHECK)
def is_set_up(door: Door, _command: None) -> bool:
    """Whether the database has an installation in it."""
    return door.read.get(Installation, 1) is not None
