"""An account's staff number and place: by them a reporter's words and ticks find whom to keep out.

An administrator keeps them right. A wrong one makes the page before sending propose nobody, so
every change is signed with the rest of the record and stands on the ledger of accounts.
"""

from dataclasses import dataclass
from uuid import UUID

from safeshare.gate import Door, use_case
from safeshare.kernel.errors import InvalidError, StaleError
from safeshare.ledger.events import Event
from safeshare.people.models import Location, StaffState
from safeshare.people.service.eligibility import sign
from safeshare.people.service.membership import held_standing
from safeshare.policy.actions import Action

LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class ChangeWhereabouts:
    """The staff number that somebody has from now on, and where they work. Either may be None."""

    staff_id: UUID
    staff_number: str | None
    location_id: UUID | None


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
        member.staff_number, member.location_id = number, command.location_id
        sign(door, standing)
        door.record(Event.PEOPLE_WHEREABOUTS_CHANGED, staff=str(command.staff_id))
