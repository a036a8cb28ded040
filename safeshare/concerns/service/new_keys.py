"""New keys for somebody who lost both passphrase and recovery code.

What was sealed to the old key stays closed to them, for nobody has it any more. So every grant of
theirs goes, every queue must let them in again, and a role that watches over cases must be
approved again: whoever got hold of the link and the phone gets an account, and no case (blueprint
section 4).
"""

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from safeshare.concerns.models import Grant, GranteeKind
from safeshare.concerns.queries import get_case_held, list_grants
from safeshare.concerns.service.holding import take_keys
from safeshare.concerns.service.overseers import end_watches
from safeshare.gate import Door, Facts, use_case
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import InvalidError, SealBrokenError, StaleError
from safeshare.kernel.keys import StaffSecrets
from safeshare.kernel.sealed import Place, Sealed
from safeshare.ledger.events import Event
from safeshare.outbox.service.queueing import queue_sign_in_alert
from safeshare.people.models import (
    ParkedForm,
    Passkey,
    StaffMember,
    StaffRole,
    StaffState,
)
from safeshare.people.queries import Standing, get_standing
from safeshare.people.rules import LINK_LASTS, Weakness, is_link_over, proposed_of, weakness_of
from safeshare.people.service.approvers import tell_approvers, tell_who_watch
from safeshare.people.service.eligibility import is_signed, sign
from safeshare.people.service.factors import about
from safeshare.people.service.membership import held_standing
from safeshare.people.service.second_factor import Why, count_miss, find_proof, spend
from safeshare.people.service.waiting import propose_roles
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class OfferKeys:
    """For whom an administrator makes a link."""

    staff_id: UUID


@dataclass(frozen=True, slots=True)
class RenewKeys:
    """What the owner of the account types. `six_digits` may be a backup code."""

    link: str = field(repr=False)
    six_digits: str = field(repr=False)
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Renewed:
    """What is shown once: the printed code that opens the new key."""

    recovery_code: str = field(repr=False)


def _offer_facts(door: Door, command: OfferKeys) -> Facts:
    return Facts(is_self=isinstance(door.actor, Staff) and door.actor.staff_id == command.staff_id)


@use_case(Action.PEOPLE_OFFER_KEYS, facts=_offer_facts)
def offer_keys(door: Door, command: OfferKeys) -> str:
    """A link with which the owner of an account makes new keys, once and for 72 hours.

    It is stored nowhere: it is good as long as the account has the keys of now.
    """
    standing = get_standing(door.read, command.staff_id)
    if standing.member.state is StaffState.LEFT:
        raise StaleError("This account has ended.")
    if not is_signed(door, standing):
        raise SealBrokenError("an account's record is not as it was signed")
    until = door.clock.security_now() + LINK_LASTS
    offer = {"number": standing.member.key_number, "until": until.isoformat()}
    sealed = door.vault.seal_server(_place(command.staff_id), json.dumps(offer).encode())
    door.record(Event.PEOPLE_KEYS_OFFERED, staff=str(command.staff_id))
    return command.staff_id.hex + base64.urlsafe_b64encode(sealed.blob).decode().rstrip("=")


@use_case(Action.PEOPLE_NEW_KEYS)
def is_link_good(door: Door, link: str) -> bool:
    """Whether a link could still be used."""
    return _found(door, link) is not None


@use_case(Action.PEOPLE_NEW_KEYS)
def renew_keys(door: Door, command: RenewKeys) -> Renewed | Weakness | None:
    """Make new keys under a new passphrase. None for whatever is wrong but the passphrase itself,
    which is judged last.
    """
    standing = _found(door, command.link)
    if standing is None:
        door.record(Event.PEOPLE_SIGN_IN_FAILED, why=Why.KEY)
        return None
    member = standing.member
    proof = find_proof(door, member, command.six_digits, is_known=False)
    if isinstance(proof, Why):
        count_miss(door, member.id, proof)
        return None
    weakness = weakness_of(command.passphrase, about(door, member))
    if weakness is not None:
        return weakness
    made = door.vault.enrol_staff(member.id, command.passphrase, lane="guesses")
    with door.change() as session:
        fresh = held_standing(door, session, member.id)
        is_still_good = fresh.member.key_number == member.key_number
        if not is_still_good or not spend(session, member.id, proof):
            door.record(Event.PEOPLE_SIGN_IN_FAILED, staff=str(member.id), why=Why.REPLAYED)
            return None
        _lose_everything(door, session, member.id)
        end_watches(door, session, member.id)
        _begin_anew(door, session, fresh, made)
        queue_sign_in_alert(session, member.id, door.clock.today())
        tell_approvers(door, session, member.id, [one.queue_id for one in fresh.memberships])
        if proposed_of(fresh.roles):
            tell_who_watch(door, session, member.id)
        door.record(Event.PEOPLE_KEYS_RENEWED, staff=str(member.id))
    return Renewed(made.recovery_code)


def _found(door: Door, link: str) -> Standing | None:
    """Whose link it is, if it is one of ours, not over and not used."""
    try:
        staff_id = UUID(link[:32])
        blob = base64.b64decode(link[32:] + "=" * (-len(link[32:]) % 4), b"-_", validate=True)
        offer = json.loads(door.vault.open_server(_place(staff_id), Sealed(blob)))
    except (ValueError, binascii.Error, SealBrokenError):
        return None
    standing = get_standing(door.read, staff_id)
    is_over = is_link_over(datetime.fromisoformat(offer["until"]), door.clock.security_now())
    is_used = offer["number"] != standing.member.key_number
    has_left = standing.member.state is StaffState.LEFT
    return None if is_over or is_used or has_left or not is_signed(door, standing) else standing


def _lose_everything(door: Door, session: Session, staff_id: UUID) -> None:
    """Take every key that was sealed to the old one. Where nobody else has one, an alarm is raised:
    that case can be opened by recovery, if at all.
    """
    held = select(Grant.case_id).where(
        Grant.grantee_id == staff_id, Grant.grantee_kind == GranteeKind.STAFF
    )
    for case_id in session.scalars(held.distinct().order_by(Grant.case_id)).all():
        get_case_held(session, case_id)
        try:
            take_keys(door, session, case_id, staff_id)
        except InvalidError:
            for grant in list_grants(session, case_id, staff_id):
                session.delete(grant)
            door.record(Event.CASE_HOLDER_REMOVED, case_id=case_id, staff=str(staff_id))
            door.record(Event.ALARM_RAISED, case_id=case_id, alarm="case_without_keys")
    session.execute(delete(ParkedForm).where(ParkedForm.staff_id == staff_id))
    session.execute(delete(Passkey).where(Passkey.staff_id == staff_id))


def _begin_anew(door: Door, session: Session, standing: Standing, made: StaffSecrets) -> None:
    member, again = standing.member, proposed_of(standing.roles)
    _put_keys(member, made)
    for row in standing.memberships:
        row.approved_by = None
    session.execute(
        delete(StaffRole).where(StaffRole.staff_id == member.id, StaffRole.role.in_(again))
    )
    propose_roles(door, session, member.id, again)
    sign(door, Standing(member, standing.roles - again, standing.memberships))


def _put_keys(member: StaffMember, made: StaffSecrets) -> None:
    member.salt, member.verifier = made.salt, made.verifier
    member.public_key = made.public_key.raw
    member.wrapped_key, member.recovery_wrap = made.wrapped, made.recovery_wrap
    member.key_number += 1
    member.session_number += 1


def _place(staff_id: UUID) -> Place:
    return Place(StaffMember.__tablename__, str(staff_id), "key_offer")
