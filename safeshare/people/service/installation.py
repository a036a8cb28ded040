"""Setting an installation up: its name, its queues, its places."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from safeshare.gate import Door, use_case
from safeshare.kernel.errors import SealBrokenError, StaleError
from safeshare.kernel.identifiers import new_id
from safeshare.ledger.events import Event
from safeshare.people.models import Installation, Location, OnCall, Queue, SignedList
from safeshare.people.queries import list_rotas
from safeshare.people.rules import QueueSettings
from safeshare.people.service.eligibility import is_rota_signed, sign_queue, sign_rota
from safeshare.policy.actions import Action

ROTA_KEPT = timedelta(days=31)
"""For how long a turn is kept after it ended."""


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
        for queue_id in sorted({turn.queue_id for turn in turns}):
            add_turns(door, session, queue_id, [t for t in turns if t.queue_id == queue_id])
        door.record(Event.ROTA_SET, turns=str(len(turns)))


def add_turns(door: Door, session: Session, queue_id: UUID, turns: Sequence[TurnOnCall]) -> None:
    """Add turns to one queue's rota and sign it. Turns that ended long ago are left out.

    Raises SealBrokenError where the rota is not as it was signed.
    """
    session.get(SignedList, rota_name(queue_id), with_for_update=True)
    rota, kept = next(pair for pair in list_rotas(session) if pair[0].queue_id == queue_id)
    if not is_rota_signed(door, rota, kept):
        raise SealBrokenError("a rota is not as it was signed")
    over = [one for one in kept if one.until_on < door.clock.today() - ROTA_KEPT]
    for one in over:
        session.delete(one)
    new = [
        OnCall(
            queue_id=queue_id,
            staff_id=turn.staff_id,
            from_on=turn.from_on,
            until_on=turn.until_on,
        )
        for turn in turns
    ]
    session.add_all(new)
    sign_rota(door, rota, [*(one for one in kept if one not in over), *new])
    session.flush()


def rota_name(queue_id: UUID) -> str:
    """Under which name a queue's rota is signed."""
    return f"rota/{queue_id}"


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
