"""What somebody typed and has not sent, as their session ended or they went to add files: sealed to
their own key, given back later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.sealed import Place, PublicKey
from safeshare.ledger.events import Event
from safeshare.people.models import ParkedForm
from safeshare.people.queries import find_parked, get_standing, list_parked
from safeshare.policy.actions import Action

DAYS_KEPT = 7
"""After which an unsent form is purged."""

MOST_KEPT = 10
"""Unsent forms of one person; the one to be purged soonest makes room."""


@dataclass(frozen=True, slots=True)
class ParkForm:
    """A form that is not to be sent yet. `page` says which, `reference` on which case."""

    page: str
    reference: str
    fields: Mapping[str, tuple[str, ...]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class UnsentForm:
    """An unsent form as its owner finds it again."""

    form_id: UUID
    page: str
    reference: str
    at: datetime
    fields: Mapping[str, tuple[str, ...]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ResumeForm:
    """Ask for one unsent form."""

    form_id: UUID


@dataclass(frozen=True, slots=True)
class DropForm:
    """Throw one unsent form away, as after it was sent at last."""

    form_id: UUID


@use_case(Action.FORM_PARK)
def park_form(door: Door, command: ParkForm) -> UUID:
    """Seal a form to its owner's public key, and say by which id they ask for it. Needs no private
    key: a session may have lost it.
    """
    staff, row_id = _staff(door), new_id()
    member = get_standing(door.read, staff.staff_id).member
    content = {
        "page": command.page,
        "reference": command.reference,
        "at": door.clock.now().isoformat(),
        "fields": {name: list(values) for name, values in command.fields.items()},
    }
    body = door.vault.seal_to_person(PublicKey(member.public_key), _place(row_id), content)
    purge_on = door.clock.security_now().date() + timedelta(days=DAYS_KEPT)
    with door.change() as session:
        _make_room(session, staff.staff_id)
        session.add(ParkedForm(id=row_id, staff_id=staff.staff_id, body=body, purge_on=purge_on))
        door.record(Event.FORM_PARKED)
    return row_id


@use_case(Action.FORM_RESUME)
def list_unsent(door: Door, _command: None) -> Sequence[UnsentForm]:
    """The unsent forms of the actor, the newest first."""
    found = [_open(door, row) for row in list_parked(door.read, _staff(door).staff_id)]
    return sorted(found, key=lambda form: form.at, reverse=True)


@use_case(Action.FORM_RESUME)
def resume_form(door: Door, command: ResumeForm) -> UnsentForm:
    """One unsent form, which stays until it is sent or thrown away. Raises NotFoundError."""
    found = _open(door, _own(door, door.read, command.form_id))
    door.record(Event.FORM_RESUMED)
    return found


@use_case(Action.FORM_RESUME)
def drop_form(door: Door, command: DropForm) -> None:
    """Throw one unsent form away. Raises NotFoundError."""
    with door.change() as session:
        session.delete(_own(door, session, command.form_id))
        door.record(Event.FORM_DROPPED)


def _staff(door: Door) -> Staff:
    if not isinstance(door.actor, Staff):
        raise NotFoundError("there is nothing here for you")
    return door.actor


def _own(door: Door, session: Session, form_id: UUID) -> ParkedForm:
    row = find_parked(session, form_id)
    if row is None or row.staff_id != _staff(door).staff_id:
        raise NotFoundError("there is no such form")
    return row


def _open(door: Door, row: ParkedForm) -> UnsentForm:
    content = door.vault.open_from_person(_staff(door).private_key, _place(row.id), row.body)
    try:
        return _unsent(row.id, content)
    except (KeyError, TypeError, ValueError):
        raise SealBrokenError("an unsent form is not one that we wrote") from None


def _unsent(form_id: UUID, content: Mapping[str, Any]) -> UnsentForm:
    return UnsentForm(
        form_id=form_id,
        page=content["page"],
        reference=content["reference"],
        at=datetime.fromisoformat(content["at"]),
        fields={name: tuple(values) for name, values in content["fields"].items()},
    )


def _make_room(session: Session, staff_id: UUID) -> None:
    kept = sorted(list_parked(session, staff_id), key=lambda row: row.purge_on)
    for row in kept[: max(0, len(kept) - MOST_KEPT + 1)]:
        session.delete(row)


def _place(row_id: UUID) -> Place:
    return Place(ParkedForm.__tablename__, str(row_id), "body")
