"""Setting an installation up: its name, its queues, its places."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from safeshare.gate import Door, use_case
from safeshare.kernel.errors import StaleError
from safeshare.kernel.identifiers import new_id
from safeshare.ledger.events import Event
from safeshare.people.models import Installation, Location, Queue, SignedList
from safeshare.people.rules import QueueSettings
from safeshare.people.service.eligibility import sign_queue, sign_rota
from safeshare.people.service.rota import rota_name
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


@use_case(Action.INSTALL_INIT)
def set_up(door: Door, command: SetUp) -> SetUpDone:
    """Make the installation's row, queues and places. Raises StaleError where there is one."""
    if door.read.scalar(select(Installation.id)):
        raise StaleError("This database is set up already.")
    queue_ids = {queue.code: new_id() for queue in command.queues}
    place_ids = {place.key: new_id() for place in command.places}
    with door.change() as session:
        session.add(Installation(id=1, organisation=command.organisation, is_demo=command.is_demo))
        session.add_all(_queues(door, command.queues, queue_ids))
        session.flush()
        session.add_all(_rotas(door, queue_ids.values()))
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


def _queues(
    door: Door, settings: Sequence[QueueSettings], ids: Mapping[str, UUID]
) -> Iterator[Queue]:
    for position, one in enumerate(settings):
        queue = Queue(
            id=ids[one.code],
            code=one.code,
            name=one.name,
            position=position,
            holders_wanted=one.holders_wanted,
            shows_names=one.shows_names,
            reserve_id=ids[one.reserve] if one.reserve else None,
        )
        sign_queue(door, queue)
        yield queue


def _rotas(door: Door, queue_ids: Iterable[UUID]) -> Iterator[SignedList]:
    """An empty rota is signed as well, so that nobody can pass theirs off as the first."""
    for queue_id in queue_ids:
        rota = SignedList(name=rota_name(queue_id), queue_id=queue_id)
        sign_rota(door, rota, ())
        yield rota
