"""People who come to be in other teams and places, for tests of who is kept out."""

from collections.abc import Callable

import pytest

from safeshare.casework.service.handing_over import AddHolder, add_holder
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.people.service.membership import Membership, leave_queue, propose_member
from tests.cast import Stage, approve
from tests.use_cases.handlers import attested, holders_of
from tests.use_cases.test_whereabouts import put


def wait_for(stage: Stage, name: str, queue: str) -> None:
    """An administrator asks for somebody to be let into a team."""
    command = Membership(stage.enrolled[name].staff_id, stage.queues[queue])
    stage.gate.run(propose_member, stage.staff("administrator"), command)


def join(stage: Stage, name: str, queue: str, by: str = "overseer") -> None:
    """Somebody serves in one team more."""
    wait_for(stage, name, queue)
    approve(stage, by, name, queue)


def leave(stage: Stage, name: str, queue: str) -> None:
    """Somebody leaves a team by themselves."""
    command = Membership(stage.enrolled[name].staff_id, stage.queues[queue])
    stage.gate.run(leave_queue, stage.staff(name), command)


def move(stage: Stage, name: str, before: str, after: str) -> None:
    """Somebody leaves one team for another."""
    leave(stage, name, before)
    join(stage, name, after)


TEAM = Ticked(queues=frozenset({"safeguarding"}))


def place(stage: Stage) -> Ticked:
    return Ticked(places=frozenset({stage.places["north"]}))


def joins_the_team(stage: Stage, name: str) -> None:
    join(stage, name, "safeguarding")


def works_at_the_place(stage: Stage, name: str) -> None:
    put(stage, name, None, "north")


COMES: dict[str, tuple[Callable[[Stage], Ticked], Callable[[Stage, str], None]]] = {
    "team": (lambda _stage: TEAM, joins_the_team),
    "place": (place, works_at_the_place),
}
either = pytest.mark.parametrize("by", COMES)


def add(stage: Stage, reference: str, name: str) -> None:
    holder = attested(stage, reference, holders_of(stage, reference)[0])
    command = AddHolder(reference, stage.enrolled[name].staff_id, "The work needs it.")
    stage.gate.run(add_holder, holder, command)
