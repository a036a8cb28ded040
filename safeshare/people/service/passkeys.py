"""Passkeys: made by somebody who is signed in or joins, and used to sign in.

A passkey that can make a secret of its own unlocks the private key by itself, since it has verified
its owner. With any other the passphrase is still asked for. No key of ours could do it instead.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.gate import Door, use_case
from safeshare.kernel.errors import NotFoundError, WrongSecretError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.sealed import Place, PrivateKey
from safeshare.ledger.events import Event
from safeshare.people.account_queries import list_passkeys
from safeshare.people.models import Passkey, StaffMember
from safeshare.people.queries import find_staff_by_sign_in_name, get_standing
from safeshare.people.service.second_factor import Why
from safeshare.people.service.sign_in import (
    SignedIn,
    is_browser_of,
    let_in,
    unlock,
    welcome,
    why_barred,
)
from safeshare.people.service.webauthn import (
    Answered,
    NewPasskey,
    RelyingParty,
    checked_count,
    named_in,
)
from safeshare.policy.actions import Action

LONGEST_LABEL = 60
"""Characters of what somebody calls a passkey."""


@dataclass(frozen=True, slots=True)
class AddPasskey:
    """A passkey that was made. With `secret`, its own 32 bytes, it can unlock `private_key`."""

    passkey: NewPasskey
    label: str
    private_key: PrivateKey = field(repr=False)
    secret: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class KnownPasskey:
    """A passkey as its record has it."""

    row_id: UUID
    label: str
    unlocks: bool
    passkey: NewPasskey


@dataclass(frozen=True, slots=True)
class UsePasskey:
    """What a browser answered to a challenge of ours. `owner` where it is known who it must be."""

    party: RelyingParty
    challenge: bytes = field(repr=False)
    answered: Answered
    browser: str = field(default="", repr=False)
    owner: UUID | None = None


@dataclass(frozen=True, slots=True)
class Owned:
    """Somebody, and the numbers of the passkeys that are theirs: one at least."""

    owner: UUID
    credential_ids: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class PassphraseWanted:
    """The passkey is right, and cannot unlock the private key."""

    staff_id: UUID
    passkey_id: UUID


@dataclass(frozen=True, slots=True)
class AfterPasskey:
    """The passphrase of somebody whose passkey was right a moment ago."""

    staff_id: UUID
    passphrase: str = field(repr=False)
    browser: str = field(default="", repr=False)


@use_case(Action.PEOPLE_SIGN_IN)
def find_passkeys_of(door: Door, sign_in_name: str) -> Owned | None:
    """What the browser may be asked for of somebody whom the organisation's own sign-in named. None
    where they have no passkey.
    """
    member = find_staff_by_sign_in_name(door.read, sign_in_name)
    known = passkeys_of(door, member.id) if member is not None else []
    if member is None or not known:
        return None
    return Owned(member.id, tuple(one.passkey.credential_id for one in known))


@use_case(Action.PEOPLE_SIGN_IN)
def sign_in_with_passkey(door: Door, command: UsePasskey) -> SignedIn | PassphraseWanted | None:
    """Check a passkey, and unlock the private key with its own secret where it has one. None for
    whatever is wrong.
    """
    found = _find(door, command)
    if found is None:
        door.record(Event.PEOPLE_SIGN_IN_FAILED, why=Why.SECOND_FACTOR)
        return None
    member, known = found
    barred = why_barred(door, member)
    if barred is not None:
        door.record(Event.PEOPLE_SIGN_IN_FAILED, staff=str(member.id), why=barred)
        return None
    try:
        count = checked_count(command.party, command.challenge, command.answered, known.passkey)
    except WrongSecretError:
        door.record(Event.PEOPLE_SIGN_IN_FAILED, staff=str(member.id), why=Why.SECOND_FACTOR)
        return None
    private_key = _unwrapped(door, member, known, command.answered)
    is_known = is_browser_of(door, member, command.browser)
    with door.change() as session:
        _keep_count(door, session, member.id, known, count)
        if private_key is None:
            door.record(Event.PEOPLE_IDENTIFIED, staff=str(member.id), by="passkey")
            return PassphraseWanted(member.id, known.row_id)
        welcome(door, session, member, "passkey", is_known=is_known)
    return let_in(door, member, private_key)


@use_case(Action.PEOPLE_SIGN_IN)
def finish_with_passphrase(door: Door, command: AfterPasskey) -> SignedIn | None:
    """Unlock the private key of somebody whose passkey was right. None where they cannot."""
    try:
        member = get_standing(door.read, command.staff_id).member
    except NotFoundError:
        return None
    private_key = unlock(door, member, command.passphrase)
    barred = Why.KEY if private_key is None else why_barred(door, member)
    if private_key is None or barred is not None:
        door.record(Event.PEOPLE_SIGN_IN_FAILED, staff=str(member.id), why=str(barred))
        return None
    is_known = is_browser_of(door, member, command.browser)
    with door.change() as session:
        welcome(door, session, member, "passkey", is_known=is_known)
    return let_in(door, member, private_key)


def passkeys_of(door: Door, staff_id: UUID) -> list[KnownPasskey]:
    """Somebody's passkeys. Raises SealBrokenError where a record was tampered with."""
    return [_known(door, row) for row in list_passkeys(door.read, staff_id)]


def new_passkey_row(door: Door, staff_id: UUID, command: AddPasskey) -> Passkey:
    """The row of a new passkey."""
    row_id = new_id()
    wrap = None
    if command.secret is not None:
        wrap = door.vault.wrap_for_passkey(staff_id, command.private_key, command.secret)
    label = command.label.strip()[:LONGEST_LABEL]
    row = Passkey(id=row_id, staff_id=staff_id, wrap=wrap)
    _seal(door, row, label, command.passkey)
    return row


def record_place(row_id: UUID) -> Place:
    """Where the record of a passkey is sealed."""
    return Place(Passkey.__tablename__, str(row_id), "record")


def _find(door: Door, command: UsePasskey) -> tuple[StaffMember, KnownPasskey] | None:
    named = named_in(command.answered, command.owner)
    if named is None:
        return None
    owner, credential_id = named
    member = door.read.get(StaffMember, owner)
    if member is None:
        return None
    return next(
        (
            (member, known)
            for known in passkeys_of(door, owner)
            if known.passkey.credential_id == credential_id
        ),
        None,
    )


def _unwrapped(
    door: Door, member: StaffMember, known: KnownPasskey, answered: Answered
) -> PrivateKey | None:
    row = door.read.get(Passkey, known.row_id)
    if row is None or row.wrap is None or answered.secret is None:
        return None
    try:
        return door.vault.unwrap_from_passkey(member.id, row.wrap, answered.secret)
    except WrongSecretError:
        return None


def _keep_count(
    door: Door, session: Session, staff_id: UUID, known: KnownPasskey, count: int
) -> None:
    row = session.get(Passkey, known.row_id, with_for_update=True)
    if row is None or row.staff_id != staff_id:
        raise NotFoundError("the passkey was taken away meanwhile")
    used = NewPasskey(known.passkey.credential_id, known.passkey.public_key, count)
    _seal(door, row, known.label, used)


def _seal(door: Door, row: Passkey, label: str, passkey: NewPasskey) -> None:
    record = {
        "staff": str(row.staff_id),
        "credential": b64encode(passkey.credential_id).decode(),
        "public_key": b64encode(passkey.public_key).decode(),
        "count": passkey.count,
        "label": label,
    }
    row.record = door.vault.seal_server(record_place(row.id), json.dumps(record).encode())


def _known(door: Door, row: Passkey) -> KnownPasskey:
    record = json.loads(door.vault.open_server(record_place(row.id), row.record))
    if record["staff"] != str(row.staff_id):
        raise NotFoundError("the passkey is somebody else's")
    passkey = NewPasskey(
        b64decode(record["credential"]), b64decode(record["public_key"]), record["count"]
    )
    return KnownPasskey(row.id, record["label"], row.wrap is not None, passkey)
