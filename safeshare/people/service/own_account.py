"""Somebody's own account: what they sign in with, and who has lately signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from safeshare.gate import Door, use_case
from safeshare.kernel.sealed import PublicKey
from safeshare.ledger.events import Event
from safeshare.people.account_queries import count_backup_codes, list_sign_ins
from safeshare.people.service.confirming import own_member
from safeshare.people.service.passkeys import passkeys_of
from safeshare.policy.actions import Action

DAYS_SHOWN = 90
"""How far back the page of recent sign-ins goes."""

MOST_SHOWN = 100
"""How many of them it shows."""


@dataclass(frozen=True, slots=True)
class OwnPasskey:
    """A passkey on its owner's page. `unlocks`: it opens the private key without a passphrase."""

    passkey_id: UUID
    label: str
    unlocks: bool


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """How somebody signs in. `has_older_key`: theirs is not of the suite that keys are of today."""

    sign_in_name: str
    has_six_digits: bool
    backup_codes_left: int
    passkeys: Sequence[OwnPasskey]
    has_older_key: bool


@dataclass(frozen=True, slots=True)
class SignInSeen:
    """One line of the page of recent sign-ins. Codes, for the page to put into words."""

    at: datetime
    event: Event
    factor: str
    is_new_browser: bool
    why: str


@use_case(Action.PEOPLE_LOOK)
def look_at_own_account(door: Door, _command: None) -> OwnAccount:
    """What the actor signs in with."""
    member = own_member(door)
    return OwnAccount(
        sign_in_name=member.sign_in_name,
        has_six_digits=member.totp_secret is not None,
        backup_codes_left=count_backup_codes(door.read, member.id),
        passkeys=[
            OwnPasskey(one.row_id, one.label, one.unlocks) for one in passkeys_of(door, member.id)
        ],
        has_older_key=not door.vault.is_of_today(PublicKey(member.public_key)),
    )


@use_case(Action.PEOPLE_LOOK)
def has_backup_codes(door: Door, _command: None) -> bool:
    """Whether the actor has anything on paper, should they lose their phone."""
    return count_backup_codes(door.read, own_member(door).id) > 0


@use_case(Action.PEOPLE_LOOK)
def list_recent_sign_ins(door: Door, _command: None) -> Sequence[SignInSeen]:
    """What the ledger tells of the actor's sign-ins, the newest first. No device and no address:
    none is kept.
    """
    member = own_member(door)
    since = door.clock.today() - timedelta(days=DAYS_SHOWN)
    return [
        SignInSeen(
            at=row.at,
            event=row.event,
            factor=row.note.get("factor", ""),
            is_new_browser=row.note.get("browser") == "new",
            why=row.note.get("why", ""),
        )
        for row in list_sign_ins(door.read, member.id, since, MOST_SHOWN)
        if row.at is not None
    ]
