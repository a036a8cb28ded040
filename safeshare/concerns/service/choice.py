"""Whom a concern would be given to, as the reporter is shown before sending and as is then done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from safeshare.concerns.queries import list_routing_rules
from safeshare.concerns.rules import (
    Answer,
    HolderChoice,
    QueueMembers,
    Route,
    choose_holders,
    choose_overseer,
    draw_order,
    extend_order,
    route,
)
from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import NobodyEligibleError
from safeshare.kernel.sealed import PublicKey
from safeshare.people.models import KeyKind, Queue, StaffMember
from safeshare.people.queries import (
    Standing,
    find_current_service_key,
    list_choosable_standings,
    list_on_call,
    list_queues,
    list_recovery_officers,
)
from safeshare.people.rules import (
    MemberFacts,
    eligible_holders,
    eligible_overseers,
    reserve_chain,
)
from safeshare.people.service.eligibility import facts_of, trusted_public_key
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class PrepareChoice:
    """The answers so far and the draft's order; an empty order is drawn now."""

    answers: Mapping[str, Answer]
    order: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who could read the concern. `name` is None where the queue shows roles only."""

    name: str | None
    job_title: str


@dataclass(frozen=True, slots=True)
class WhoCanRead:
    """What the page of who can read this shows. Keep `order` in the draft.

    `reason` names the questions whose answers decided on the queue; empty where none did.
    """

    order: tuple[UUID, ...]
    queue_name: str
    reason: tuple[str, ...]
    danger: bool
    holders: tuple[Reader, ...]
    others_in_queue: tuple[Reader, ...]
    overseer: Reader | None
    recovery_officers: tuple[str, ...]

    @property
    def identity_keepers(self) -> tuple[Reader, ...]:
        """Who alone may open a confidential reporter's name."""
        return self.holders[:2]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom a concern is given to, with what is needed to do it.

    `forged` are the owners of records that are not as they were signed: never chosen, never sealed
    to, and a cause for alarm.
    """

    order: tuple[UUID, ...]
    route: Route
    queue: Queue
    choice: HolderChoice
    overseer: UUID | None
    people: Mapping[UUID, StaffMember]
    members: frozenset[UUID]
    recovery: tuple[UUID, PublicKey] | None
    forged: frozenset[UUID]


@use_case(Action.CONCERN_PREPARE)
def prepare_choice(door: Door, command: PrepareChoice) -> WhoCanRead:
    """Who would be able to read the concern if it were sent now.

    Raises NobodyEligibleError where no queue and no reserve has anybody.
    """
    chosen = choose(door, command.answers, command.order)
    shown = chosen.queue.shows_names
    others = [one for one in chosen.members if one not in chosen.choice.holders]
    return WhoCanRead(
        order=chosen.order,
        queue_name=chosen.queue.name,
        reason=chosen.route.reason,
        danger=chosen.route.danger,
        holders=tuple(_reader(chosen, one, shown=shown) for one in chosen.choice.holders),
        others_in_queue=tuple(
            sorted(
                (_reader(chosen, one, shown=shown) for one in others),
                key=lambda reader: (reader.name or "", reader.job_title),
            )
        ),
        overseer=_reader(chosen, chosen.overseer, shown=shown) if chosen.overseer else None,
        recovery_officers=list_recovery_officers(door.read) if chosen.recovery else (),
    )


def choose(door: Door, answers: Mapping[str, Answer], order: Sequence[UUID]) -> Chosen:
    """Route a concern and choose its holders and overseer. The same arguments give the same people
    as long as the queues stay as they are.
    """
    queues = {queue.code: queue for queue in list_queues(door.read)}
    routed = route(list_routing_rules(door.read), answers)
    chain = _chain(queues, routed)
    standings = list_choosable_standings(door.read)
    facts = facts_of(door, standings)
    watching = eligible_overseers(facts)
    recovery_key = find_current_service_key(door.read, KeyKind.RECOVERY)
    recovery = trusted_public_key(door, recovery_key) if recovery_key else None
    barred = _members_of(standings, {queues[code].id for code in routed.barred if code in queues})
    full_order = _order(order, facts)
    home = queues[chain[0]]
    members = _queue_members(door, [queues[code] for code in chain], facts, routed)
    choice = choose_holders(
        full_order, members, barred, wanted=home.holders_wanted, danger=routed.danger
    )
    return Chosen(
        order=full_order,
        route=routed,
        queue=home,
        choice=choice,
        overseer=choose_overseer(full_order, watching, barred | set(choice.holders)),
        people={one.member.id: one.member for one in standings},
        members=members[0].members - barred,
        recovery=(recovery_key.owner_id, recovery) if recovery_key and recovery else None,
        forged=frozenset(
            {one.staff_id for one in facts if not one.mac_valid}
            | ({recovery_key.owner_id} if recovery_key and not recovery else set())
        ),
    )


def _chain(queues: Mapping[str, Queue], routed: Route) -> tuple[str, ...]:
    codes = {queue.id: code for code, queue in queues.items()}
    reserves = {
        code: codes.get(queue.reserve_id) if queue.reserve_id else None
        for code, queue in queues.items()
    }
    chain = reserve_chain(routed.queue, reserves, list(queues), routed.barred)
    if not chain:
        raise NobodyEligibleError("every queue is barred")
    return chain


def _order(order: Sequence[UUID], facts: Sequence[MemberFacts]) -> tuple[UUID, ...]:
    everybody = {member.staff_id for member in facts}
    return extend_order(order, everybody) if order else draw_order(everybody)


def _queue_members(
    door: Door, queues: Sequence[Queue], facts: Sequence[MemberFacts], routed: Route
) -> list[QueueMembers]:
    on_call = list_on_call(door.read, door.clock.today())
    supervisors = frozenset(one.staff_id for one in facts if Role.SUPERVISOR in one.roles)
    members = []
    for queue in queues:
        eligible = eligible_holders(facts, queue.id, danger=routed.danger)
        members.append(QueueMembers(eligible, supervisors & eligible, on_call.get(queue.id)))
    return members


def _members_of(standings: Sequence[Standing], queue_ids: Collection[UUID]) -> frozenset[UUID]:
    return frozenset(
        standing.member.id
        for standing in standings
        if any(row.queue_id in queue_ids for row in standing.memberships)
    )


def _reader(chosen: Chosen, staff_id: UUID, *, shown: bool) -> Reader:
    person = chosen.people[staff_id]
    return Reader(person.display_name if shown else None, person.job_title)
