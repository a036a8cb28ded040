"""The fictional organisation: places, staff, queues and who is on call."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from safeshare.demo.story.shapes import (
    OnCallWeek,
    StoryMembership,
    StoryPerson,
    StoryPlace,
)
from safeshare.demo.story.sources import source
from safeshare.kernel.actors import Role
from safeshare.kernel.parsed import Parsed, number_at, table_at, tables_at, text_at, texts_at

SERVICE = "Estuary Fire and Rescue Service"
MAIL_DOMAIN = "estuary-frs.example"
"""Ends in .example, which nobody can own (RFC 2606 section 3), so no mail can reach anybody."""

RESERVES: Mapping[str, str] = MappingProxyType(
    {
        "hr": "independent",
        "safeguarding": "independent",
        "professional_standards": "independent",
    }
)
"""Who steps in for a queue. The independent queue has no reserve within the service's own line."""

_WEEK = timedelta(days=7)


def places() -> tuple[StoryPlace, ...]:
    """The tree of places, each after the place that it lies in."""
    found: list[StoryPlace] = []
    for table in tables_at(source("places"), "place"):
        place = StoryPlace(
            key=text_at(table, "key"),
            name=text_at(table, "name"),
            kind=text_at(table, "kind"),
            within=table.get("within"),
            headcount=number_at(table, "headcount"),
        )
        found += [place, *_watches(place, texts_at(table, "watches"))]
    return tuple(found)


def _watches(station: StoryPlace, names: tuple[str, ...]) -> list[StoryPlace]:
    return [
        StoryPlace(
            key=f"{station.key}-{name.lower()}",
            name=f"{station.name}, {name} Watch"
            if name != "On-call"
            else f"{station.name}, on-call",
            kind="watch",
            within=station.key,
            headcount=station.headcount // len(names),
        )
        for name in names
    ]


def people() -> tuple[StoryPerson, ...]:
    """The staff, in the order of the file: queues first, then those who hold no cases."""
    return tuple(_person(table) for table in tables_at(source("people"), "staff"))


def _person(table: Parsed) -> StoryPerson:
    name = text_at(table, "name")
    sign_in_name = name.lower().replace(" ", ".")
    return StoryPerson(
        name=name,
        sign_in_name=sign_in_name,
        email=f"{sign_in_name}@{MAIL_DOMAIN}",
        job_title=text_at(table, "job"),
        roles=tuple(Role(role) for role in texts_at(table, "roles")),
        queues=texts_at(table, "queues"),
        place=table.get("place"),
        staff_number=table.get("number"),
    )


def recovery_officers() -> tuple[str, ...]:
    """The three who together, two at a time, can recover what would otherwise be lost."""
    return texts_at(table_at(source("people"), "recovery"), "officers")


def memberships(staff: tuple[StoryPerson, ...]) -> tuple[StoryMembership, ...]:
    """Who serves which queue. An overseer approved the supervisors, the first of whom approved the
    rest: nobody themselves, and never an administrator (blueprint, section 4).
    """
    overseer = next(person for person in staff if Role.OVERSEER in person.roles)
    first = {
        queue: person.sign_in_name
        for person in reversed(staff)
        if Role.SUPERVISOR in person.roles
        for queue in person.queues
    }
    return tuple(
        StoryMembership(
            queue=queue,
            member=person.sign_in_name,
            approved_by=(
                overseer.sign_in_name if Role.SUPERVISOR in person.roles else first[queue]
            ),
        )
        for person in staff
        for queue in person.queues
    )


def rota(staff: tuple[StoryPerson, ...], from_on: date, until_on: date) -> tuple[OnCallWeek, ...]:
    """Who is on call, week by week from Monday, members taking turns; covers both dates given."""
    monday = from_on - timedelta(days=from_on.weekday())
    mondays = [monday + _WEEK * week for week in range((until_on - monday).days // 7 + 1)]
    return tuple(
        OnCallWeek(queue, turns[week % len(turns)], day, day + _WEEK - timedelta(days=1))
        for queue, turns in _turns(staff).items()
        for week, day in enumerate(mondays)
    )


def _turns(staff: tuple[StoryPerson, ...]) -> dict[str, list[str]]:
    turns: dict[str, list[str]] = {}
    for person in staff:
        for queue in person.queues:
            turns.setdefault(queue, []).append(person.sign_in_name)
    return turns
