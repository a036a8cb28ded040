"""An account's staff number and place: by them a reporter's words and ticks find whom to keep out.

An administrator keeps them right. A wrong one makes the page before sending propose nobody, so
every change is signed with the rest of the record and stands on the ledger of accounts; and those
who decide who serves in a team are told of each that is about one of its people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import InvalidError, StaleError
from safeshare.ledger.events import Event
from safeshare.people.account_queries import list_changed_whereabouts
from safeshare.people.models import Location, StaffState
from safeshare.people.queries import find_names, find_places_around, list_standings
from safeshare.people.service.approvers import tell_approvers, tell_who_watch
from safeshare.people.service.eligibility import sign
from safeshare.people.service.membership import Coming, held_standing, staff_of
from safeshare.policy.actions import Action

LONGEST_NUMBER = 40

DAYS_SHOWN = 30
"""How far back the changes go that approvers are shown."""


@dataclass(frozen=True, slots=True)
class ChangeWhereabouts:
    """The staff number that somebody has from now on, and where they work. Either may be None."""

    staff_id: UUID
    staff_number: str | None
    location_id: UUID | None


@dataclass(frozen=True, slots=True)
class Changed:
    """That somebody's staff number, place or both were changed, and by whom."""

    name: str
    by_name: str
    on: date
    number: bool
    place: bool


@use_case(Action.PEOPLE_WHEREABOUTS)
def change_whereabouts(door: Door, command: ChangeWhereabouts) -> None:
    """Keep somebody's staff number and place.

    Raises InvalidError where the number is too long or the place is none of ours, StaleError where
    the account has ended, SealBrokenError where its record is not as it was signed.
    """
    number = " ".join((command.staff_number or "").split()) or None
    if number is not None and len(number) > LONGEST_NUMBER:
        raise InvalidError("number_too_long", "staff_number")
    if command.location_id is not None and door.read.get(Location, command.location_id) is None:
        raise InvalidError("unknown_place", "location")
    with door.change() as session:
        standing = held_standing(door, session, command.staff_id)
        member = standing.member
        if member.state is StaffState.LEFT:
            raise StaleError("This account has ended.")
        what = _what(
            number=member.staff_number != number, place=member.location_id != command.location_id
        )
        if command.location_id not in {None, *find_places_around(session, member.location_id)}:
            door.rule(Coming).end_watches(door, session, command.staff_id)
        member.staff_number, member.location_id = number, command.location_id
        sign(door, standing)
        queues = [row.queue_id for row in standing.memberships]
        if what and queues:
            tell_approvers(door, session, command.staff_id, queues)
        elif what and Role.OVERSEER in standing.roles:
            tell_who_watch(door, session, command.staff_id)
        door.record(Event.PEOPLE_WHEREABOUTS_CHANGED, staff=str(command.staff_id), changed=what)


@use_case(Action.PEOPLE_WAITING)
def list_whereabouts_changed(door: Door, _command: None) -> Sequence[Changed]:
    """Whose staff number or place was changed lately, the newest first: of everybody who could be
    given cases for an overseer, of the people of their queues for a supervisor.
    """
    actor, since = staff_of(door), door.clock.today() - timedelta(days=DAYS_SHOWN)
    entries = list_changed_whereabouts(door.read, since)
    about = {UUID(one.note["staff"]) for one in entries}
    sees_all = Role.OVERSEER in actor.roles
    shown = {
        one.member.id: one.member.display_name
        for one in list_standings(door.read, sorted(about))
        if (sees_all and (one.memberships or Role.OVERSEER in one.roles))
        or any(row.queue_id in actor.queue_ids for row in one.memberships)
    }
    by = find_names(door.read, {one.actor_id for one in entries if one.actor_id})
    return [
        Changed(
            name=shown[UUID(one.note["staff"])],
            by_name=by.get(one.actor_id, "") if one.actor_id else "",
            on=one.on,
            number="number" in one.note["changed"],
            place="place" in one.note["changed"],
        )
        for one in entries
        if UUID(one.note["staff"]) in shown
    ]


def _what(*, number: bool, place: bool) -> str:
    """For the ledger, which keeps neither the number nor the place."""
    return " ".join(name for name, changed in (("number", number), ("place", place)) if changed)
