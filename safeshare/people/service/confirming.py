"""Giving both factors again, before an act that somebody at an unlocked screen must not do."""

from dataclasses import dataclass, field

from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import NotFoundError, WrongSecretError
from safeshare.ledger.events import Event
from safeshare.people.models import StaffMember
from safeshare.people.queries import get_standing
from safeshare.people.service.passkeys import KnownPasskey, UsePasskey, passkeys_of
from safeshare.people.service.second_factor import Why, count_miss, find_proof, spend
from safeshare.people.service.webauthn import checked_count, named_in
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class Confirm:
    """What was typed. `six_digits` may be a backup code."""

    passphrase: str = field(repr=False)
    six_digits: str = field(repr=False)


def own_member(door: Door) -> StaffMember:
    """The actor's own account. Raises NotFoundError where the actor has none."""
    if not isinstance(door.actor, Staff):
        raise NotFoundError("there is nothing here for you")
    return get_standing(door.read, door.actor.staff_id).member


@use_case(Action.PEOPLE_CONFIRM)
def confirm(door: Door, command: Confirm) -> bool:
    """Whether both factors are right. Whoever is at the browser is signed in already, so that this
    takes no turn from those who sign in.
    """
    member = own_member(door)
    is_right = passphrase_is_right(door, member, command.passphrase)
    proof = find_proof(door, member, command.six_digits, is_known=True)
    if not is_right:
        why = Why.KEY
        door.record(Event.PEOPLE_SIGN_IN_FAILED, staff=str(member.id), why=why)
        return False
    if isinstance(proof, Why):
        count_miss(door, member.id, proof)
        return False
    with door.change() as session:
        spent = spend(session, member.id, proof)
        event = Event.PEOPLE_CONFIRMED if spent else Event.PEOPLE_SIGN_IN_FAILED
        door.record(event, staff=str(member.id), factor=proof.kind)
    return spent


@use_case(Action.PEOPLE_CONFIRM)
def confirm_with_passkey(door: Door, command: UsePasskey) -> bool:
    """Whether a passkey of the actor's own signed the challenge. It has verified its owner."""
    member = own_member(door)
    named = named_in(command.answered)
    known = [
        one
        for one in passkeys_of(door, member.id)
        if named == (member.id, one.passkey.credential_id)
    ]
    if not known or not _signed(command, known[0]):
        door.record(Event.PEOPLE_SIGN_IN_FAILED, staff=str(member.id), why=Why.SECOND_FACTOR)
        return False
    door.record(Event.PEOPLE_CONFIRMED, staff=str(member.id), factor="passkey")
    return True


def _signed(command: UsePasskey, known: KnownPasskey) -> bool:
    try:
        checked_count(command.party, command.challenge, command.answered, known.passkey)
    except WrongSecretError:
        return False
    return True


def passphrase_is_right(door: Door, member: StaffMember, passphrase: str) -> bool:
    """Whether it is the passphrase of somebody who is signed in."""
    try:
        door.vault.unlock_staff(
            member.id,
            passphrase,
            member.salt,
            member.verifier,
            member.wrapped_key,
            lane="staff",
        )
    except WrongSecretError:
        return False
    return True
