"""What the form can offer to choose from, and the code that a draft will be sent under."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from safeshare.gate import Door, use_case
from safeshare.kernel.sealed import AccessCode
from safeshare.people.models import Location
from safeshare.people.queries import list_locations, list_queues
from safeshare.policy.actions import Action
from safeshare.themes.rules import Vocabulary


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to choose: its code as it is kept, its name as it is shown, how deep it lies."""

    code: str
    name: str
    depth: int = 0


@use_case(Action.CONCERN_PREPARE)
def list_places(door: Door, _command: None) -> tuple[Offer, ...]:
    """The places of this organisation as a tree, every one after the one it lies in."""
    return tuple(_tree(list_locations(door.read)))


@use_case(Action.CONCERN_PREPARE)
def list_teams(door: Door, _command: None) -> tuple[Offer, ...]:
    """The teams that can be asked for."""
    return tuple(Offer(queue.code, queue.name) for queue in list_queues(door.read))


@use_case(Action.CONCERN_PREPARE)
def list_kinds(door: Door, _command: None) -> tuple[Offer, ...]:
    """The kinds of concern."""
    return tuple(Offer(one.code, one.label) for one in door.rule(Vocabulary).groups)


@use_case(Action.CONCERN_PREPARE)
def draw_code(door: Door, _command: None) -> AccessCode:
    """A new access code for a draft. It opens nothing until the draft is sent."""
    return door.vault.new_access_code()


def _tree(locations: Sequence[Location]) -> Iterator[Offer]:
    within: dict[UUID | None, list[Location]] = defaultdict(list)
    for location in locations:
        within[location.parent_id].append(location)
    yield from _branch(within, None, 0)


def _branch(
    within: Mapping[UUID | None, Sequence[Location]], parent: UUID | None, depth: int
) -> Iterator[Offer]:
    for location in within.get(parent, ()):
        yield Offer(str(location.id), location.name, depth)
        yield from _branch(within, location.id, depth + 1)
