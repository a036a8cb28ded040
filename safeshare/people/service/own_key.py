"""Going over to a key of another suite: a new key pair beside the old one, made by its owner.

Only the passphrase can wrap the new key, and only a code on paper can wrap it a second time. So the
owner types the one and is given the other; nobody else, and no machine, can do it for them.
"""

from dataclasses import dataclass, field

from sqlalchemy import update

from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import NotFoundError, SealBrokenError, StaleError
from safeshare.kernel.sealed import PublicKey
from safeshare.ledger.events import Event
from safeshare.outbox.service.queueing import queue_sign_in_alert
from safeshare.people.models import Passkey
from safeshare.people.service.confirming import own_member, passphrase_is_right
from safeshare.people.service.eligibility import sign
from safeshare.people.service.membership import held_standing
from safeshare.people.service.sign_in import SignedIn
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class RenewOwnKey:
    """The owner's passphrase, which stays."""

    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OwnKeyRenewed:
    """What the session goes on with, and what is shown once: the printed code of the new key."""

    signed_in: SignedIn
    recovery_code: str = field(repr=False)


@use_case(Action.PEOPLE_FACTORS)
def renew_own_key(door: Door, command: RenewOwnKey) -> OwnKeyRenewed | None:
    """Put a key of today's suite before the actor's own. None where the passphrase is not right.

    The old one stays in the ring, so that nothing is closed to its owner meanwhile; grants are
    sealed to the new one by `reseal_own_grants`. Other sessions end. Passkeys that unlocked the old
    key are second factors from now on: only they could wrap the new one. Approvals stay, for the
    session holds the old key.

    Raises StaleError where the key is of today's suite already, SealBrokenError where the session's
    key is not the account's.
    """
    staff, member = _staff(door), own_member(door)
    if door.vault.is_of_today(PublicKey(member.public_key)):
        raise StaleError("the key is of today's suite already")
    if not passphrase_is_right(door, member, command.passphrase):
        return None
    ring = door.vault.with_key_of_today(staff.private_key)
    wrapped = door.vault.wrap_anew(member.id, ring, command.passphrase)
    code, recovery_wrap = door.vault.new_recovery_code(member.id, ring)
    with door.change() as session:
        standing = held_standing(door, session, member.id)
        changed = standing.member
        if not door.vault.fits(staff.private_key, PublicKey(changed.public_key)):
            raise SealBrokenError("the session's key is not the account's")
        changed.public_key = door.vault.public_half(ring).raw
        changed.key_number += 1
        changed.salt, changed.verifier = wrapped.salt, wrapped.verifier
        changed.wrapped_key, changed.recovery_wrap = wrapped.wrapped, recovery_wrap
        changed.session_number += 1
        session.execute(update(Passkey).where(Passkey.staff_id == member.id).values(wrap=None))
        sign(door, standing)
        queue_sign_in_alert(session, member.id, door.clock.today())
        door.record(Event.PEOPLE_FACTOR_CHANGED, staff=str(member.id), factor="key")
        following = changed.session_number
    mark = door.vault.mark_browser(member.id, following)
    return OwnKeyRenewed(SignedIn(member.id, ring, following, mark), code)


def _staff(door: Door) -> Staff:
    if not isinstance(door.actor, Staff):
        raise NotFoundError("there is nothing here for you")
    return door.actor
