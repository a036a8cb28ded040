"""What somebody changes about how they sign in. Each change ends their other sessions, is on the
ledger, and is told to them by mail.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import pyotp
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import InvalidError, NotFoundError, StaleError
from safeshare.ledger.events import Event
from safeshare.outbox.service.queueing import queue_sign_in_alert
from safeshare.people.account_queries import get_organisation, list_passkeys
from safeshare.people.models import BackupCode, Passkey, StaffMember
from safeshare.people.rules import Weakness, weakness_of
from safeshare.people.service.confirming import own_member
from safeshare.people.service.passkeys import AddPasskey, new_passkey_row
from safeshare.people.service.second_factor import backup_code_rows, first_step, totp_place
from safeshare.people.service.sign_in import SignedIn
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class ChangePassphrase:
    """The new passphrase."""

    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UseOtherPhone:
    """The secret that the other phone was given, and six digits that prove it."""

    secret: str = field(repr=False)
    six_digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RemovePasskey:
    """Take one passkey away."""

    passkey_id: UUID


@use_case(Action.PEOPLE_FACTORS)
def change_passphrase(door: Door, command: ChangePassphrase) -> SignedIn | Weakness:
    """Wrap the private key under another passphrase, unless it is too weak. Every session ends; the
    one that asked goes on with what is returned.
    """
    member = own_member(door)
    weakness = weakness_of(command.passphrase, about(door, member))
    if weakness is not None:
        return weakness
    made = door.vault.wrap_anew(member.id, _staff(door).private_key, command.passphrase)
    new = {"salt": made.salt, "verifier": made.verifier, "wrapped_key": made.wrapped}
    with door.change() as session:
        _change(session, member, new)
        _tell(door, session, member, "passphrase")
    return _go_on(door, member)


@use_case(Action.PEOPLE_FACTORS)
def new_totp_secret(door: Door, _command: None) -> str:
    """A secret for another phone, not kept until its digits are proved."""
    own_member(door)
    return pyotp.random_base32()


@use_case(Action.PEOPLE_FACTORS)
def use_other_phone(door: Door, command: UseOtherPhone) -> SignedIn | None:
    """Take the six digits from another phone from now on. None where the digits are not right."""
    member = own_member(door)
    step = first_step(door, command.secret, command.six_digits)
    if step is None:
        return None
    sealed = door.vault.seal_server(totp_place(member.id), command.secret.encode())
    with door.change() as session:
        _change(session, member, {"totp_secret": sealed, "totp_last_step": step})
        _tell(door, session, member, "six_digits")
    return _go_on(door, member)


@use_case(Action.PEOPLE_FACTORS)
def add_passkey(door: Door, command: AddPasskey) -> SignedIn:
    """Sign in with this passkey as well. Raises InvalidError where it has no name."""
    member = own_member(door)
    if not command.label.strip():
        raise InvalidError("label_missing", "label")
    row = new_passkey_row(door, member.id, command)
    with door.change() as session:
        session.add(row)
        _change(session, member, {})
        _tell(door, session, member, "passkey")
    return _go_on(door, member)


@use_case(Action.PEOPLE_FACTORS)
def remove_passkey(door: Door, command: RemovePasskey) -> SignedIn | None:
    """Take a passkey away. None where it is the only second factor; NotFoundError where there is no
    such passkey.
    """
    member = own_member(door)
    own = {one.id for one in list_passkeys(door.read, member.id)}
    if command.passkey_id not in own:
        raise NotFoundError("there is no such passkey")
    if member.totp_secret is None and len(own) == 1:
        door.record(Event.PEOPLE_REFUSED, staff=str(member.id), why="only_second_factor")
        return None
    with door.change() as session:
        session.execute(delete(Passkey).where(Passkey.id == command.passkey_id))
        _change(session, member, {})
        _tell(door, session, member, "passkey")
    return _go_on(door, member)


@use_case(Action.PEOPLE_FACTORS)
def renew_backup_codes(door: Door, _command: None) -> tuple[str, ...]:
    """New backup codes, to be printed; the old ones work no more."""
    member = own_member(door)
    codes = door.vault.new_backup_codes()
    with door.change() as session:
        session.execute(delete(BackupCode).where(BackupCode.staff_id == member.id))
        session.add_all(backup_code_rows(door, member.id, codes))
        _tell(door, session, member, "backup_codes")
    return codes


@use_case(Action.PEOPLE_FACTORS)
def renew_recovery_code(door: Door, _command: None) -> str:
    """A new recovery code, to be printed; the old one works no more."""
    member = own_member(door)
    code, wrap = door.vault.new_recovery_code(member.id, _staff(door).private_key)
    with door.change() as session:
        changed = session.get(StaffMember, member.id, with_for_update=True)
        if changed is None:
            raise StaleError("the account is gone")
        changed.recovery_wrap = wrap
        _tell(door, session, member, "recovery_code")
    return code


@use_case(Action.PEOPLE_SIGN_OUT)
def sign_out_everywhere(door: Door, _command: None) -> None:
    """End every session of the actor, this one included, and forget every known browser."""
    member = own_member(door)
    with door.change() as session:
        _change(session, member, {})
        door.record(Event.PEOPLE_SIGNED_OUT_EVERYWHERE, staff=str(member.id))


def about(door: Door, member: StaffMember) -> tuple[str, ...]:
    """What anybody can know of somebody, for judging a passphrase."""
    return (
        get_organisation(door.read),
        member.display_name,
        member.sign_in_name,
        member.job_title,
        member.email,
    )


def _staff(door: Door) -> Staff:
    if not isinstance(door.actor, Staff):
        raise NotFoundError("there is nothing here for you")
    return door.actor


def _change(session: Session, member: StaffMember, values: Mapping[str, object]) -> None:
    """Change an account's own columns that no signature covers, and count its sessions up."""
    following = member.session_number + 1
    changed = session.execute(
        update(StaffMember)
        .where(StaffMember.id == member.id, StaffMember.session_number == member.session_number)
        .values(session_number=following, **values)
        .returning(StaffMember.id)
    )
    if changed.first() is None:
        raise StaleError("Something else about this account was changed at the same moment.")


def _tell(door: Door, session: Session, member: StaffMember, factor: str) -> None:
    queue_sign_in_alert(session, member.id, door.clock.today())
    door.record(Event.PEOPLE_FACTOR_CHANGED, staff=str(member.id), factor=factor)


def _go_on(door: Door, member: StaffMember) -> SignedIn:
    """What the session that asked goes on with: the one after those that were ended."""
    following = member.session_number + 1
    mark = door.vault.mark_browser(member.id, following)
    return SignedIn(member.id, _staff(door).private_key, following, mark)
