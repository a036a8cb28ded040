"""Choosing whom a concern is given to: to show it before sending, and the same again at Send."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from safeshare.concerns.rules import (
    Answer,
    HolderChoice,
    QueueMembers,
    Route,
    choose_holders,
    draw_order,
    extend_order,
    left_out_by_lot,
    line_of_overseers,
    line_of_succession,
    route,
    with_reserve_on_call,
)
from safeshare.concerns.rules.exclusions import Exclusions, Ticked, Why
from safeshare.concerns.rules.naming import KnownPerson, Likeness, people_named
from safeshare.concerns.service.exclusions import with_people_of_today
from safeshare.concerns.service.trusted import TrustedSettings, trusted_settings
from safeshare.gate import Door
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import NobodyEligibleError
from safeshare.kernel.sealed import PublicKey
from safeshare.people.models import Queue, StaffMember
from safeshare.people.queries import (
    Standing,
    list_choosable_standings,
    list_names_and_numbers,
)
from safeshare.people.rules import (
    MemberFacts,
    eligible_holders,
    eligible_overseers,
    reserve_chain,
)
from safeshare.people.service.eligibility import facts_of, trusted_recovery


@dataclass(frozen=True, slots=True)
class Field:
    """Everybody who could be chosen for a concern, and who of them is kept out.

    `chain` are the queues to try, the one it was routed to first, and `members` their people. The
    `named` are those whom the reporter's words name, kept out or not. `forged` are the records that
    are not as they were signed, by the id of their owner or, for the settings, their name: never
    chosen, never sealed to, and a cause for alarm.

    `exclusions` are what was ticked and named; `kept_out` has everybody by name besides who is in
    a team or at a place of these today.
    """

    order: tuple[UUID, ...]
    route: Route
    queues: Mapping[str, Queue]
    chain: tuple[Queue, ...]
    members: tuple[QueueMembers, ...]
    overseers: frozenset[UUID]
    standings: Mapping[UUID, Standing]
    named: Mapping[UUID, Likeness]
    exclusions: Exclusions
    kept_out: Exclusions
    forged: frozenset[str]

    @property
    def barred(self) -> frozenset[UUID]:
        """Everybody who is kept out."""
        return frozenset(self.kept_out.people)

    @property
    def people(self) -> Mapping[UUID, StaffMember]:
        """The accounts of everybody who could be chosen."""
        return {one: standing.member for one, standing in self.standings.items()}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom a concern is given to, with what is needed to do it.

    `queue` handles it: a reserve where nobody of the queue it was routed to is left. `by_lot` are
    those who are kept out for good so that whoever the reporter keeps out is not alone in that.
    """

    field: Field
    queue: Queue
    choice: HolderChoice
    by_lot: frozenset[UUID]
    overseers: tuple[UUID, ...]
    succession: tuple[UUID, ...]
    recovery: tuple[UUID, PublicKey] | None
    forged: frozenset[str]

    @property
    def overseer(self) -> UUID | None:
        """Who oversees the case: the first of `overseers`, where there is any."""
        return next(iter(self.overseers), None)

    @property
    def exclusions(self) -> Exclusions:
        """What is sealed with the case: whom the reporter keeps out, and those drawn by lot under
        the same reason. So not even who reads the list learns which of them it was.
        """
        return self.field.kept_out.with_people(self.by_lot, Why.TICKED)


def survey(
    door: Door, answers: Mapping[str, Answer], order: Sequence[UUID], ticked: Ticked
) -> Field:
    """Route a concern and find everybody who could be given it.

    Raises NobodyEligibleError where every queue is barred.
    """
    settings = trusted_settings(door)
    routed = route(settings.rules, answers)
    chain = queues_to_try(settings.queues, routed)
    standings = list_choosable_standings(door.read)
    facts = facts_of(door, standings)
    named = _named(door, answers)
    exclusions = _exclusions(settings, routed, standings, named, ticked)
    return Field(
        order=whole_order(order, facts),
        route=routed,
        queues=settings.queues,
        chain=chain,
        members=tuple(members_to_try(settings, chain, facts, routed)),
        overseers=eligible_overseers(facts),
        standings={one.member.id: one for one in standings},
        named=named,
        exclusions=exclusions,
        kept_out=with_people_of_today(door, exclusions),
        forged=frozenset(
            {str(one.staff_id) for one in facts if not one.mac_valid} | settings.forged
        ),
    )


def choose(door: Door, field: Field) -> Chosen:
    """Choose holders and overseer. The same field always gives the same people.

    Raises NobodyEligibleError where no queue has anybody who is left.
    """
    taking = _first_with_anybody(field)
    members = field.members[taking:]
    queue = field.chain[taking]
    danger = field.route.danger
    by_lot = left_out_by_lot(field.order, members, field.barred, danger=danger)
    out = field.barred | by_lot
    choice = choose_holders(field.order, members, out, wanted=queue.holders_wanted, danger=danger)
    choice = with_reserve_on_call(choice, members, field.order, out)
    never = out | set(choice.holders)
    recovery_key, recovery = trusted_recovery(door)
    return Chosen(
        field=field,
        queue=queue,
        choice=choice,
        by_lot=by_lot,
        overseers=line_of_overseers(field.order, field.overseers, never),
        succession=line_of_succession(field.order, members, never),
        recovery=(recovery_key.owner_id, recovery) if recovery_key and recovery else None,
        forged=field.forged
        | ({str(recovery_key.owner_id)} if recovery_key and not recovery else frozenset()),
    )


def _first_with_anybody(field: Field) -> int:
    """Which queue of the chain takes it: the first with anybody who is not kept out."""
    may = set(field.order) - field.barred
    for at, queue in enumerate(field.members):
        if queue.members & may:
            return at
    raise NobodyEligibleError("nobody may be given this concern")


def queues_to_try(queues: Mapping[str, Queue], routed: Route) -> tuple[Queue, ...]:
    """The queues for a route, its own first. Raises NobodyEligibleError where all are barred."""
    codes = {queue.id: code for code, queue in queues.items()}
    reserves = {
        code: codes.get(queue.reserve_id) if queue.reserve_id else None
        for code, queue in queues.items()
    }
    chain = reserve_chain(routed.queue, reserves, list(queues), routed.barred)
    trusted = tuple(queues[code] for code in chain if code in queues)
    if not trusted:
        raise NobodyEligibleError("every queue is barred")
    return trusted


def whole_order(order: Sequence[UUID], facts: Sequence[MemberFacts]) -> tuple[UUID, ...]:
    """The order with everybody in it who is missing, by lot."""
    everybody = {member.staff_id for member in facts}
    return extend_order(order, everybody) if order else draw_order(everybody)


def members_to_try(
    settings: TrustedSettings, queues: Sequence[Queue], facts: Sequence[MemberFacts], routed: Route
) -> list[QueueMembers]:
    """Who of each of these queues may be given a concern of this route."""
    supervisors = frozenset(one.staff_id for one in facts if Role.SUPERVISOR in one.roles)
    members = []
    for queue in queues:
        eligible = eligible_holders(facts, queue.id, danger=routed.danger)
        members.append(
            QueueMembers(eligible, supervisors & eligible, settings.on_call.get(queue.id))
        )
    return members


def _named(door: Door, answers: Mapping[str, Answer]) -> Mapping[UUID, Likeness]:
    """Everybody with an account whom the answer names: who joins a queue later is kept out too."""
    who = answers.get("who")
    if not isinstance(who, str):
        return {}
    return people_named(who, (KnownPerson(*one) for one in list_names_and_numbers(door.read)))


def _exclusions(
    settings: TrustedSettings,
    routed: Route,
    standings: Iterable[Standing],
    named: Collection[UUID],
    ticked: Ticked,
) -> Exclusions:
    """Whom the reporter's ticks and words keep out, and the queues that the concern is about.

    Where it is about any queue's people, that may be one whose row was changed, so these are kept
    out as well.
    """
    about = {settings.queues[code].id for code in routed.barred if code in settings.queues}
    about |= settings.refused if routed.barred else set()
    teams = {settings.queues[code].id for code in ticked.queues if code in settings.queues}
    jobs = {one.member.id for one in standings if one.member.job_title in ticked.jobs}
    exclusions = Exclusions(queues=frozenset(about | teams), places=ticked.places)
    return exclusions.with_people(ticked.people | jobs, Why.TICKED).with_people(
        set(named) - ticked.let_in, Why.NAMED
    )
