"""The weekly review: whose reading was unusual, without content and without cases."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from safeshare.gate import Door, use_case
from safeshare.ledger.events import Event
from safeshare.oversight.queries import Reading, list_readings
from safeshare.oversight.rules import Sign, Week, is_odd_hour, signs_of
from safeshare.oversight.rules.review import WEEKS_BEFORE
from safeshare.people.queries import find_names
from safeshare.policy.actions import Action

READING = frozenset(
    {
        Event.CASE_FILE_OPENED,
        Event.CASE_FILE_ORIGINAL_OPENED,
        Event.CASE_NAMES_READ,
        Event.CASE_OPENED,
        Event.IDENTITY_OPENED,
    }
)
"""What counts as reading a case."""

_NO_WORK = READING | {
    Event.ACTION_REFUSED,
    Event.ALARM_RAISED,
    Event.CASE_CONFLICT_ATTESTED,
    Event.CASE_TRAIL_READ,
}
"""What does not count as having worked on a case."""


@dataclass(frozen=True, slots=True)
class Unusual:
    """Somebody whose week was unusual, and why."""

    name: str
    week: Week
    signs: Sequence[Sign]


@dataclass(frozen=True, slots=True)
class Review:
    """One week from Monday to Sunday. `readers` is how many people opened any case in it."""

    from_on: date
    until_on: date
    readers: int
    unusual: Sequence[Unusual]


@use_case(Action.REVIEW_READ)
def read_review(door: Door, _command: None) -> Review:
    """The last week that is over, beside the four before it."""
    today = door.clock.today()
    until_on = today - timedelta(days=today.weekday() + 1)
    from_on = until_on - timedelta(days=6)
    earliest = from_on - timedelta(weeks=WEEKS_BEFORE)
    weeks = _weeks(list_readings(door.read, earliest, until_on), from_on)
    pointed = {week: signs for week in weeks if (signs := signs_of(week))}
    names = find_names(door.read, {week.staff_id for week in pointed})
    door.record(Event.REVIEW_READ, week=from_on.isoformat())
    return Review(
        from_on=from_on,
        until_on=until_on,
        readers=sum(week.cases > 0 for week in weeks),
        unusual=sorted(
            (Unusual(names.get(week.staff_id, ""), week, pointed[week]) for week in pointed),
            key=lambda one: one.name,
        ),
    )


def _weeks(readings: Iterable[Reading], from_on: date) -> list[Week]:
    by_person: Mapping[UUID, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_person[reading.staff_id].append(reading)
    return [_week(staff_id, found, from_on) for staff_id, found in sorted(by_person.items())]


def _week(staff_id: UUID, readings: Sequence[Reading], from_on: date) -> Week:
    now = [one for one in readings if one.on >= from_on]
    read = [one for one in now if one.event in READING]
    worked = {one.case_id for one in now if one.event not in _NO_WORK}
    cases = {one.case_id for one in read}
    before = {
        (((from_on - one.on).days - 1) // 7, one.case_id)
        for one in readings
        if one.on < from_on and one.event in READING
    }
    return Week(
        staff_id=staff_id,
        cases=len(cases),
        usual=len(before) / WEEKS_BEFORE,
        odd_hours=sum(is_odd_hour(one.at) for one in read),
        undone=len(cases - worked),
        refusals=sum(one.event is Event.ACTION_REFUSED for one in now),
    )
