"""Who would be able to read a concern, as the reporter is shown before sending, and whom they can
keep out of it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from safeshare.concerns.rules import Answer
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.concerns.rules.naming import Likeness
from safeshare.concerns.service.choosing import Chosen, Field, choose, survey
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import NobodyEligibleError
from safeshare.people.queries import list_locations
from safeshare.people.service.eligibility import TrustedOfficers, trusted_officers
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class PrepareChoice:
    """The answers so far, the draft's order, and whom it keeps out. An empty order is drawn now."""

    answers: Mapping[str, Answer]
    order: tuple[UUID, ...]
    ticked: Ticked = field(default=Ticked(), repr=False)


class Part(StrEnum):
    """What somebody would have to do with the concern as it stands."""

    HOLDER = "holder"
    TEAM = "team"
    OVERSEER = "overseer"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who could read the concern. `name` is None where the queue shows roles only."""

    name: str | None
    job_title: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be kept out by name. `named` says how the reporter's own words name them."""

    staff_id: UUID
    reader: Reader
    part: Part
    is_out: bool
    named: Likeness | None


@dataclass(frozen=True, slots=True)
class Group:
    """Several people who can be kept out together: a job, a team or a place, by its code."""

    code: str
    name: str
    is_out: bool


@dataclass(frozen=True, slots=True)
class Tickable:
    """Everybody who can be kept out. `hides_names`: some teams show no names, so that whoever is in
    them and was named is left out without being shown.
    """

    people: tuple[Person, ...]
    jobs: tuple[Group, ...]
    teams: tuple[Group, ...]
    places: tuple[Group, ...]
    hides_names: bool

    @property
    def keeps_somebody_out(self) -> bool:
        """Whether anything is ticked."""
        groups = (*self.jobs, *self.teams, *self.places)
        return any(one.is_out for one in self.people) or any(one.is_out for one in groups)


@dataclass(frozen=True, slots=True)
class WhoCanRead:
    """What the page of who can read this shows. Keep `order` in the draft.

    `reason` names the questions whose answers decided on the queue; empty where none did.
    `instead_of` is the team of whom nobody is left, where another takes it. Without `holders`
    nobody at all is left, and it cannot be sent.
    """

    order: tuple[UUID, ...]
    queue_name: str
    instead_of: str | None
    reason: tuple[str, ...]
    danger: bool
    holders: tuple[Reader, ...]
    others_in_queue: tuple[Reader, ...]
    overseer: Reader | None
    recovery_officers: TrustedOfficers
    tickable: Tickable

    @property
    def identity_keepers(self) -> tuple[Reader, ...]:
        """Who alone may open a confidential reporter's name."""
        return self.holders[:2]


@use_case(Action.CONCERN_PREPARE)
def prepare_choice(door: Door, command: PrepareChoice) -> WhoCanRead:
    """Who would be able to read the concern if it were sent now, and who can be kept out of it.

    Raises NobodyEligibleError where no queue may have it, whoever is ticked.
    """
    found = survey(door, command.answers, command.order, command.ticked)
    try:
        chosen = choose(door, found)
    except NobodyEligibleError:
        return _nobody(door, found, command.ticked)
    tell = _telling(found)
    others = _team(found, chosen) - set(chosen.choice.holders)
    routed = found.chain[0]
    return WhoCanRead(
        order=found.order,
        queue_name=chosen.queue.name,
        instead_of=routed.name if chosen.queue is not routed else None,
        reason=found.route.reason,
        danger=found.route.danger,
        holders=tuple(tell(one) for one in chosen.choice.holders),
        others_in_queue=_sorted(tell(one) for one in others),
        overseer=tell(chosen.overseer) if chosen.overseer else None,
        recovery_officers=(trusted_officers(door) if chosen.recovery else TrustedOfficers()),
        tickable=_tickable(door, found, chosen, command.ticked),
    )


def _nobody(door: Door, found: Field, ticked: Ticked) -> WhoCanRead:
    return WhoCanRead(
        order=found.order,
        queue_name=found.chain[0].name,
        instead_of=None,
        reason=found.route.reason,
        danger=found.route.danger,
        holders=(),
        others_in_queue=(),
        overseer=None,
        recovery_officers=TrustedOfficers(),
        tickable=_tickable(door, found, None, ticked),
    )


def _team(found: Field, chosen: Chosen) -> frozenset[UUID]:
    """The people of the queue that takes it who are not kept out."""
    return found.members[found.chain.index(chosen.queue)].members - found.barred


def _telling(found: Field) -> Callable[[UUID], Reader]:
    """Somebody who serves in a team that shows no names is never shown by name."""
    hidden = {queue.id for queue in found.queues.values() if not queue.shows_names}

    def tell(staff_id: UUID) -> Reader:
        standing = found.standings[staff_id]
        serves = {row.queue_id for row in standing.memberships}
        shown = hidden.isdisjoint(serves) and (bool(serves) or found.chain[0].shows_names)
        name = standing.member.display_name if shown else None
        return Reader(name, standing.member.job_title)

    return tell


def _tickable(door: Door, found: Field, chosen: Chosen | None, ticked: Ticked) -> Tickable:
    """The people of the teams that would have it, the overseer, and whoever is ticked already."""
    parts = _parts(found, chosen)
    listed = set(parts) | {one for one in found.exclusions.people if one in found.standings}
    tell = _telling(found)
    readers = {one: tell(one) for one in listed}
    people = [
        Person(
            staff_id=one,
            reader=reader,
            part=parts.get(one, Part.NONE),
            is_out=one in found.exclusions.people,
            named=found.named.get(one),
        )
        for one, reader in readers.items()
        if reader.name is not None
    ]
    jobs = {reader.job_title for reader in readers.values() if reader.name is None}
    return Tickable(
        people=tuple(sorted(people, key=lambda one: (one.reader.name or "", one.staff_id))),
        jobs=tuple(Group(one, one, one in ticked.jobs) for one in sorted(jobs | ticked.jobs)),
        teams=tuple(
            Group(code, queue.name, code in ticked.queues) for code, queue in found.queues.items()
        ),
        places=_places(door, found, ticked),
        hides_names=not all(queue.shows_names for queue in found.queues.values()),
    )


def _parts(found: Field, chosen: Chosen | None) -> Mapping[UUID, Part]:
    """Everybody who could come to read it, by what they would do; kept out ones included."""
    team = found.members[0].members | (
        found.members[found.chain.index(chosen.queue)].members if chosen else frozenset()
    )
    parts = dict.fromkeys(team, Part.TEAM)
    if chosen is None:
        return parts
    if chosen.overseer:
        parts[chosen.overseer] = Part.OVERSEER
    return parts | dict.fromkeys(chosen.choice.holders, Part.HOLDER)


def _places(door: Door, found: Field, ticked: Ticked) -> tuple[Group, ...]:
    """The places where anybody works who could be given a concern."""
    used = {one.location_id for one in found.people.values()} | ticked.places
    return tuple(
        Group(str(one.id), one.name, one.id in ticked.places)
        for one in list_locations(door.read)
        if one.id in used
    )


def _sorted(readers: Iterable[Reader]) -> tuple[Reader, ...]:
    return tuple(sorted(readers, key=lambda reader: (reader.name or "", reader.job_title)))
