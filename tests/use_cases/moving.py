"""People who come to serve in other teams, for tests of who is kept out."""

from safeshare.people.service.membership import Membership, leave_queue, propose_member
from tests.cast import Stage, approve


def wait_for(stage: Stage, name: str, queue: str) -> None:
    """An administrator asks for somebody to be let into a team."""
    command = Membership(stage.enrolled[name].staff_id, stage.queues[queue])
    stage.gate.run(propose_member, stage.staff("administrator"), command)


def join(stage: Stage, name: str, queue: str) -> None:
    """Somebody serves in one team more."""
    wait_for(stage, name, queue)
    approve(stage, "overseer", name, queue)


def leave(stage: Stage, name: str, queue: str) -> None:
    """Somebody leaves a team by themselves."""
    command = Membership(stage.enrolled[name].staff_id, stage.queues[queue])
    stage.gate.run(leave_queue, stage.staff(name), command)


def move(stage: Stage, name: str, before: str, after: str) -> None:
    """Somebody leaves one team for another."""
    leave(stage, name, before)
    join(stage, name, after)
