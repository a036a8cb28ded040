"""Setting an installation up: its name, its queues, its places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from safeshare.gate import Door, use_case
from safeshare.kernel.errors import StaleError
from safeshare.kernel.identifiers import new_id
from safeshare.ledger.events import Event
from safeshare.people.models import Installation, Location, OnCall, Queue
from safeshare.people.rules import QueueSettings
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class PlaceToAdd:
    """A place in the tree. `parent` is the key of one that stands before it."""

    key: str
    parent: str | None
    kind: str
    name: str
    headcount: int


@dataclass(frozen=True, slots=True)
class SetUp:
    """A new installation. `queues` are in their order on the page."""

    organisation: str
    is_demo: bool
    queues: tuple[QueueSettings, ...]
    places: tuple[PlaceToAdd, ...]


@dataclass(frozen=True, slots=True)
class SetUpDone:
    """The ids given to queues (by code) and places (by key)."""

    queues: Mapping[str, UUID]
    places: Mapping[str, UUID]


@dataclass(frozen=True, slots=True)
class TurnOnCall:
    """Somebody answers for a queue from one date to another, both included."""

    queue_id: UUID
    staff_id: UUID
    from_on: date
    until_on: date


@use_case(Action.INSTALL_INIT)
def set_rota(door: Door, turns: Sequence[TurnOnCall]) -> None:
    """Add turns to the on-call rota."""
    with door.change() as session:
        session.add_all(
            OnCall(
                queue_id=turn.queue_id,
                staff_id=turn.staff_id,
                from_on=turn.from_on,
                until_on=turn.until_on,
            )
            for turn in turns
        )
        door.record(Event.ROTA_SET, turns=str(len(turns)))


@use_case(Action.INSTALL_INIT)
def set_up(door: Door, command: SetUp) -> SetUpDone:
    """Make the installation's row, queues and places. Raises StaleError where there is one."""
    if door.read.scalar(select(Installation.id)):
        raise StaleError("This database is set up already.")
    queue_ids = {queue.code: new_id() for queue in command.queues}
    place_ids = {place.key: new_id() for place in command.places}
    with door.change() as session:
        session.add(Installation(id=1, organisation=command.organisation, is_demo=command.is_demo))
        session.add_all(
            Queue(
                id=queue_ids[queue.code],
                code=queue.code,
                name=queue.name,
                position=position,
                holders_wanted=queue.holders_wanted,
                shows_names=queue.shows_names,
                reserve_id=queue_ids[queue.reserve] if queue.reserve else None,
            )
            for position, queue in enumerate(command.queues)
        )
        session.add_all(
            Location(
                id=place_ids[place.key],
                parent_id=place_ids[place.parent] if place.parent else None,
                kind=place.kind,
                name=place.name,
                headcount=place.headcount,
            )
            for place in command.places
        )
        door.record(Event.INSTALLATION_SET_UP, queues=str(len(queue_ids)))
    return SetUpDone(queue_ids, place_ids)
