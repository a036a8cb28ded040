"""Whom a case is given to when it goes to another queue: by the line that was drawn when it was
sent, never by the choice of whoever passes it on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from safeshare.concerns.rules import Answer, HolderChoice, choose_holders, route
from safeshare.concerns.service.choosing import members_to_try, queues_to_try, whole_order
from safeshare.concerns.service.exclusions import Locks, excluded_from, succession_of
from safeshare.concerns.service.trusted import trusted_settings
from safeshare.gate import Door
from safeshare.kernel.errors import InvalidError
from safeshare.people.models import Queue
from safeshare.people.queries import list_choosable_standings
from safeshare.people.service.eligibility import facts_of


@dataclass(frozen=True, slots=True)
class ChosenAgain:
    """The queue that takes a case over, and whom of it the line gives it to."""

    queue: Queue
    choice: HolderChoice


def queues_open_to(door: Door, answers: Mapping[str, Answer]) -> Sequence[Queue]:
    """The queues that a concern may go to: all but those whose people it is about."""
    settings = trusted_settings(door)
    barred = route(settings.rules, answers).barred
    return [queue for code, queue in settings.queues.items() if code not in barred]


def choose_again(
    door: Door, case_id: UUID, locks: Locks, answers: Mapping[str, Answer], code: str
) -> ChosenAgain:
    """Draw the holders for another queue: the first of the sealed line who are eligible there and
    not kept out; whoever is not in the line comes after it, by lot. Who it is depends on nothing
    that the actor can choose, and can be tried once: the keys are given in the same use case.

    Raises:
        InvalidError: the concern may not go to this queue.
        NobodyEligibleError: neither the queue nor any reserve has anybody left.
    """
    settings = trusted_settings(door)
    routed = replace(route(settings.rules, answers), queue=code)
    if code not in settings.queues or code in routed.barred:
        raise InvalidError("queue_not_possible", field="queue")
    queues = queues_to_try(settings.queues, routed)
    facts = facts_of(door, list_choosable_standings(door.read))
    choice = choose_holders(
        whole_order(succession_of(door, locks, case_id), facts),
        members_to_try(settings, queues, facts, routed),
        excluded_from(door, locks, case_id),
        wanted=queues[0].holders_wanted,
        danger=routed.danger,
    )
    return ChosenAgain(queues[0], choice)
