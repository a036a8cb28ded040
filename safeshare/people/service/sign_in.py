"""Signing in: passphrase and second factor, both always; and knowing a session's owner again."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import NotFoundError, SealBrokenError, WrongSecretError
from safeshare.kernel.sealed import PrivateKey
from safeshare.ledger.events import Event
from safeshare.outbox.service.queueing import queue_sign_in_alert
from safeshare.people.models import StaffMember, StaffState
from safeshare.people.queries import find_staff_by_sign_in_name, get_standing
from safeshare.people.rules import is_fresh, is_over, normal_sign_in_name
from safeshare.people.service.eligibility import is_signed
from safeshare.people.service.second_factor import (
    Proof,
    Why,
    count_miss,
    find_proof,
    judge_for_nobody,
    spend,
)
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class SignIn:
    """What was typed on the sign-in page. `six_digits` may be a backup code; `browser` is the
    cookie that `SignedIn.browser` once was.
    """

    sign_in_name: str
    passphrase: str = field(repr=False)
    six_digits: str = field(repr=False)
    browser: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose session starts, and the key that was unlocked. `browser` marks the browser as known."""

    staff_id: UUID
    private_key: PrivateKey = field(repr=False)
    session_number: int = 1
    browser: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RecogniseStaff:
    """What a staff session's box holds of its owner. `proved_at`: when both factors were given."""

    staff_id: UUID
    private_key: PrivateKey
    session_number: int = 1
    proved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IsKnownBrowser:
    """Whether the browser with this cookie signed in before under the name."""

    sign_in_name: str
    browser: str = field(repr=False)


@use_case(Action.PEOPLE_SIGN_IN)
def sign_in(door: Door, command: SignIn) -> SignedIn | None:
    """Check both factors. None, after the same work, for whatever is wrong: name, passphrase,
    digits, digits used before (RFC 6238 section 5.2), or an account that has left or ended.
    """
    name = normal_sign_in_name(command.sign_in_name)
    member = find_staff_by_sign_in_name(door.read, name)
    if member is None:
        _work_for_nobody(door, command)
        door.record(Event.PEOPLE_SIGN_IN_FAILED, why=Why.NAME)
        return None
    is_known = is_browser_of(door, member, command.browser)
    private_key = unlock(door, member, command.passphrase)
    proof = find_proof(door, member, command.six_digits, is_known=is_known)
    barred = Why.KEY if private_key is None else why_barred(door, member)
    if private_key is None or barred is not None:
        door.record(Event.PEOPLE_SIGN_IN_FAILED, staff=str(member.id), why=str(barred))
        return None
    if isinstance(proof, Why):
        count_miss(door, member.id, proof)
        return None
    return _use_proof(door, member, private_key, proof, is_known=is_known)


@use_case(Action.PEOPLE_SIGN_IN)
def is_known_browser(door: Door, command: IsKnownBrowser) -> bool:
    """Whether wrong guesses at this name from elsewhere are none of this browser's business."""
    member = find_staff_by_sign_in_name(door.read, normal_sign_in_name(command.sign_in_name))
    return member is not None and is_browser_of(door, member, command.browser)


@use_case(Action.PEOPLE_RECOGNISE)
def recognise_staff(door: Door, command: RecogniseStaff) -> Staff:
    """The owner of a session with today's roles and queues.

    Raises NotFoundError where the account has left, its last day has passed or its sessions were
    ended everywhere; SealBrokenError, which the gate puts on the ledger as an alarm, where its
    record is not as it was signed.
    """
    standing = get_standing(door.read, command.staff_id)
    if not is_signed(door, standing):
        raise SealBrokenError("an account's record is not as it was signed")
    member = standing.member
    if why_barred(door, member) or member.session_number != command.session_number:
        raise NotFoundError("this account may not sign in")
    return Staff(
        staff_id=command.staff_id,
        display_name=member.display_name,
        roles=standing.roles,
        queue_ids=frozenset(row.queue_id for row in standing.memberships if row.approved_by),
        private_key=command.private_key,
        is_fresh=is_fresh(command.proved_at, door.clock.security_now()),
    )


@use_case(Action.PEOPLE_SIGN_OUT)
def sign_out(door: Door, _command: None) -> None:
    """Say so on the ledger. The session's row is destroyed by the session interface."""
    door.record(Event.PEOPLE_SIGNED_OUT)


def why_barred(door: Door, member: StaffMember) -> Why | None:
    """Why nobody may sign in to an account, whatever they give. Last days are real days: a demo's
    clock ends no account.
    """
    if member.state is StaffState.LEFT:
        return Why.LEFT
    return Why.ENDED if is_over(member.ends_on, door.clock.security_now().date()) else None


def is_browser_of(door: Door, member: StaffMember, cookie: str) -> bool:
    """Whether a cookie marks a browser in which this person signed in since they last signed out
    everywhere.
    """
    return door.vault.browser_of(cookie) == (member.id, member.session_number)


def welcome(
    door: Door, session: Session, member: StaffMember, factor: str, *, is_known: bool
) -> None:
    """Note a sign-in, and tell the owner where it was in a browser that is new."""
    session.execute(update(StaffMember).where(StaffMember.id == member.id).values(misses=0))
    if not is_known:
        queue_sign_in_alert(session, member.id, door.clock.today())
    browser = "known" if is_known else "new"
    door.record(Event.PEOPLE_SIGNED_IN, staff=str(member.id), factor=factor, browser=browser)


def let_in(door: Door, member: StaffMember, private_key: PrivateKey) -> SignedIn:
    """What the new session is begun with."""
    mark = door.vault.mark_browser(member.id, member.session_number)
    return SignedIn(member.id, private_key, member.session_number, mark)


def unlock(door: Door, member: StaffMember, passphrase: str) -> PrivateKey | None:
    """The private key under a passphrase; None where it is not the right one."""
    try:
        return door.vault.unlock_staff(
            member.id, passphrase, member.salt, member.verifier, member.wrapped_key
        )
    except WrongSecretError:
        return None


def _work_for_nobody(door: Door, command: SignIn) -> None:
    door.vault.browser_of(command.browser)
    with suppress(WrongSecretError):
        door.vault.refuse_unknown_staff(command.passphrase)
    judge_for_nobody(door, command.six_digits)


def _use_proof(
    door: Door, member: StaffMember, private_key: PrivateKey, proof: Proof, *, is_known: bool
) -> SignedIn | None:
    with door.change() as session:
        if not spend(session, member.id, proof):
            door.record(Event.PEOPLE_SIGN_IN_FAILED, staff=str(member.id), why=Why.REPLAYED)
            return None
        welcome(door, session, member, proof.kind, is_known=is_known)
    return let_in(door, member, private_key)
