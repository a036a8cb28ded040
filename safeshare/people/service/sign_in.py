"""Signing in: passphrase and six digits, both always; and knowing a session's owner again."""

from contextlib import suppress
from dataclasses import dataclass, field
from hmac import compare_digest
from uuid import UUID

import pyotp
from sqlalchemy import update

from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import NotFoundError, SealBrokenError, WrongSecretError
from safeshare.kernel.sealed import PrivateKey
from safeshare.ledger.events import Event
from safeshare.people.models import StaffMember, StaffState
from safeshare.people.queries import find_staff_by_sign_in_name, get_standing
from safeshare.people.rules import TOTP_PERIOD, normal_sign_in_name, steps_to_try
from safeshare.people.service.accounts import totp_place
from safeshare.people.service.eligibility import is_signed
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class SignIn:
    """What was typed on the sign-in page."""

    sign_in_name: str
    passphrase: str = field(repr=False)
    six_digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose session starts, and the key that the passphrase unlocked."""

    staff_id: UUID
    private_key: PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class RecogniseStaff:
    """What a staff session's box holds of its owner."""

    staff_id: UUID
    private_key: PrivateKey = field(repr=False)


@use_case(Action.PEOPLE_SIGN_IN)
def sign_in(door: Door, command: SignIn) -> SignedIn | None:
    """Check both factors. None, after the same work, for whatever is wrong: name, passphrase,
    digits, digits used before (RFC 6238 section 5.2), or an account that has left.
    """
    name = normal_sign_in_name(command.sign_in_name)
    member = find_staff_by_sign_in_name(door.read, name)
    if member is None:
        _work_for_nobody(door, command.passphrase)
        door.record(Event.PEOPLE_SIGN_IN_FAILED)
        return None
    private_key = _unlock(door, member, command.passphrase)
    step = _totp_step(door, member, command.six_digits)
    if private_key is None or step is None or member.state is StaffState.LEFT:
        door.record(Event.PEOPLE_SIGN_IN_FAILED, staff=str(member.id))
        return None
    return SignedIn(member.id, private_key) if _use_step(door, member.id, step) else None


@use_case(Action.PEOPLE_RECOGNISE)
def recognise_staff(door: Door, command: RecogniseStaff) -> Staff:
    """The owner of a session with today's roles and queues.

    Raises NotFoundError where the account has left, SealBrokenError, which the gate puts on the
    ledger as an alarm, where its record is not as it was signed.
    """
    standing = get_standing(door.read, command.staff_id)
    if not is_signed(door, standing):
        raise SealBrokenError("an account's record is not as it was signed")
    if standing.member.state is StaffState.LEFT:
        raise NotFoundError("this account may not sign in")
    return Staff(
        staff_id=command.staff_id,
        display_name=standing.member.display_name,
        roles=standing.roles,
        queue_ids=frozenset(row.queue_id for row in standing.memberships if row.approved_by),
        private_key=command.private_key,
    )


@use_case(Action.PEOPLE_SIGN_OUT)
def sign_out(door: Door, _command: None) -> None:
    """Say so on the ledger. The session's row is destroyed by the session interface."""
    door.record(Event.PEOPLE_SIGNED_OUT)


def _work_for_nobody(door: Door, passphrase: str) -> None:
    with suppress(WrongSecretError):
        door.vault.refuse_unknown_staff(passphrase)


def _unlock(door: Door, member: StaffMember, passphrase: str) -> PrivateKey | None:
    try:
        return door.vault.unlock_staff(
            member.id, passphrase, member.salt, member.verifier, member.wrapped_key
        )
    except WrongSecretError:
        return None


def _totp_step(door: Door, member: StaffMember, six_digits: str) -> int | None:
    secret = door.vault.open_server(totp_place(member.id), member.totp_secret).decode()
    codes = pyotp.TOTP(secret, interval=TOTP_PERIOD)
    steps = steps_to_try(door.clock.security_now(), member.totp_last_step)
    typed = "".join(six_digits.split()).encode()
    return next(
        (step for step in steps if compare_digest(codes.generate_otp(step).encode(), typed)), None
    )


def _use_step(door: Door, staff_id: UUID, step: int) -> bool:
    """Spend the digits. Of two sign-ins with the same digits at once, one wins."""
    with door.change() as session:
        spent = session.scalar(
            update(StaffMember)
            .where(StaffMember.id == staff_id, StaffMember.totp_last_step < step)
            .values(totp_last_step=step)
            .returning(StaffMember.id)
        )
        event = Event.PEOPLE_SIGNED_IN if spent else Event.PEOPLE_SIGN_IN_FAILED
        door.record(event, staff=str(staff_id))
    return bool(spent)
