"""Being away, and back: whoever is away is given no new concern."""

from dataclasses import dataclass
from datetime import date, timedelta

from safeshare.gate import Door, use_case
from safeshare.kernel.errors import InvalidError
from safeshare.ledger.events import Event
from safeshare.people.queries import get_standing
from safeshare.people.rules import is_away
from safeshare.people.service.eligibility import sign
from safeshare.people.service.membership import held_standing, staff_of, warn_where_few
from safeshare.policy.actions import Action

LONGEST_AWAY = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class GoAway:
    """The actor is away from one date to another, both included; without the second until they say
    that they are back.
    """

    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Absence:
    """When the actor is away, and whether they are today. None: not at all, or with no end."""

    from_on: date | None
    until_on: date | None
    is_away: bool


@use_case(Action.PEOPLE_AWAY)
def look_at_absence(door: Door, _command: None) -> Absence:
    """When the actor said that they would be away, if that is not over."""
    member = get_standing(door.read, staff_of(door).staff_id).member
    today = door.clock.today()
    if member.away_until is not None and member.away_until < today:
        return Absence(None, None, is_away=False)
    away = is_away(member.away_from, member.away_until, today)
    return Absence(member.away_from, member.away_until, is_away=away)


@use_case(Action.PEOPLE_AWAY)
def go_away(door: Door, command: GoAway) -> int:
    """Keep when the actor is away. Returns the fewest eligible people that any of their queues has
    today; fewer than two raise an alarm.

    Raises InvalidError where the dates make no sense.
    """
    _check(command, door.clock.today())
    staff = staff_of(door)
    with door.change() as session:
        standing = held_standing(door, session, staff.staff_id)
        standing.member.away_from = command.from_on
        standing.member.away_until = command.until_on
        sign(door, standing)
        session.flush()
        door.record(Event.PEOPLE_AWAY, staff=str(staff.staff_id))
        counts = warn_where_few(door, session, staff.queue_ids)
    return min((counts[one] for one in staff.queue_ids), default=0)


@use_case(Action.PEOPLE_AWAY)
def come_back(door: Door, _command: None) -> None:
    """The actor is here again."""
    staff = staff_of(door)
    with door.change() as session:
        standing = held_standing(door, session, staff.staff_id)
        standing.member.away_from = standing.member.away_until = None
        sign(door, standing)
        door.record(Event.PEOPLE_BACK, staff=str(staff.staff_id))


def _check(command: GoAway, today: date) -> None:
    if command.from_on > today + LONGEST_AWAY:
        raise InvalidError("too_far_ahead", "from_on")
    if command.until_on is None:
        return
    if command.until_on < command.from_on:
        raise InvalidError("ends_before_it_begins", "until_on")
    if command.until_on < today:
        raise InvalidError("date_is_past", "until_on")
    if command.until_on - command.from_on > LONGEST_AWAY:
        raise InvalidError("too_far_ahead", "until_on")
