"""Whom a concern would be given to, as the reporter is shown before sending and as is then done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from safeshare.concerns.rules import (
    Answer,
    HolderChoice,
    QueueMembers,
    Route,
    choose_holders,
    choose_overseer,
    draw_order,
    extend_order,
    line_of_succession,
    route,
)
from safeshare.concerns.rules.exclusions import Exclusions
from safeshare.concerns.service.trusted import TrustedSettings, trusted_settings
from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import NobodyEligibleError
from safeshare.kernel.sealed import PublicKey
from safeshare.people.models import KeyKind, Queue, StaffMember
from safeshare.people.queries import (
    Standing,
    find_current_service_key,
    list_choosable_standings,
)
from safeshare.people.rules import (
    MemberFacts,
    eligible_holders,
    eligible_overseers,
    reserve_chain,
)
from safeshare.people.service.eligibility import facts_of, trusted_officers, trusted_public_key
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

    `forged` are the records that are not as they were signed, by the id of their owner or, for the
    settings, their name: never chosen, never sealed to, and a cause for alarm.
    """

    order: tuple[UUID, ...]
    route: Route
    queue: Queue
    choice: HolderChoice
    overseer: UUID | None
    people: Mapping[UUID, StaffMember]
    members: frozenset[UUID]
    exclusions: Exclusions
    succession: tuple[UUID, ...]
    recovery: tuple[UUID, PublicKey] | None
    forged: frozenset[str]


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
        recovery_officers=trusted_officers(door, door.read) if chosen.recovery else (),
    )


def choose(door: Door, answers: Mapping[str, Answer], order: Sequence[UUID]) -> Chosen:
    """Route a concern and choose its holders and overseer. The same arguments give the same people
    as long as the queues stay as they are.
    """
    settings = trusted_settings(door)
    queues = settings.queues
    routed = route(settings.rules, answers)
    chain = _chain(queues, routed)
    barred_queues = _barred_queues(settings, routed)
    standings = list_choosable_standings(door.read)
    facts = facts_of(door, standings)
    watching = eligible_overseers(facts)
    recovery_key = find_current_service_key(door.read, KeyKind.RECOVERY)
    recovery = trusted_public_key(door, recovery_key) if recovery_key else None
    barred = _members_of(standings, barred_queues)
    full_order = _order(order, facts)
    home = queues[chain[0]]
    members = _queue_members(settings, [queues[code] for code in chain], facts, routed)
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
        exclusions=Exclusions(queues=barred_queues),
        succession=line_of_succession(full_order, members, barred | set(choice.holders)),
        recovery=(recovery_key.owner_id, recovery) if recovery_key and recovery else None,
        forged=frozenset(
            {str(one.staff_id) for one in facts if not one.mac_valid}
            | ({str(recovery_key.owner_id)} if recovery_key and not recovery else set())
            | settings.forged
        ),
    )


def _chain(queues: Mapping[str, Queue], routed: Route) -> tuple[str, ...]:
    codes = {queue.id: code for code, queue in queues.items()}
    reserves = {
        code: codes.get(queue.reserve_id) if queue.reserve_id else None
        for code, queue in queues.items()
    }
    chain = reserve_chain(routed.queue, reserves, list(queues), routed.barred)
    trusted = tuple(code for code in chain if code in queues)
    if not trusted:
        raise NobodyEligibleError("every queue is barred")
    return trusted


def _barred_queues(settings: TrustedSettings, routed: Route) -> frozenset[UUID]:
    """The queues whose members are not given the concern. When it is about any queue's people, that
    may be one whose row was changed, so these are barred as well.
    """
    about = {settings.queues[code].id for code in routed.barred if code in settings.queues}
    return frozenset(about | (settings.refused if routed.barred else set()))


def _order(order: Sequence[UUID], facts: Sequence[MemberFacts]) -> tuple[UUID, ...]:
    everybody = {member.staff_id for member in facts}
    return extend_order(order, everybody) if order else draw_order(everybody)


def _queue_members(
    settings: TrustedSettings, queues: Sequence[Queue], facts: Sequence[MemberFacts], routed: Route
) -> list[QueueMembers]:
    supervisors = frozenset(one.staff_id for one in facts if Role.SUPERVISOR in one.roles)
    members = []
    for queue in queues:
        eligible = eligible_holders(facts, queue.id, danger=routed.danger)
        members.append(
            QueueMembers(eligible, supervisors & eligible, settings.on_call.get(queue.id))
        )
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
