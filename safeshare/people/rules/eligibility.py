"""Who may be given a concern."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from safeshare.kernel.actors import Role
from safeshare.people.rules.roles import QUEUE_ROLES, roles_fit


class Bar(StrEnum):
    """Why somebody is not eligible. `FORGED` calls for an alarm; the others are everyday."""

    FORGED = "forged"
    NOT_ACTIVE = "not_active"
    AWAY = "away"
    WRONG_ROLE = "wrong_role"
    NOT_APPROVED = "not_approved"
    NOT_TRAINED = "not_trained"


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """What the tables say about one person, and whether the signature over it holds.

    `approved_queues` are the queues for which a supervisor or overseer approved them, and
    `trained_queues` those where they are trained for danger. `mac_valid` comes from the vault.
    """

    staff_id: UUID
    active: bool
    available: bool
    roles: frozenset[Role]
    mac_valid: bool
    approved_queues: frozenset[UUID] = frozenset()
    trained_queues: frozenset[UUID] = frozenset()


def why_not_holder(facts: MemberFacts, queue_id: UUID, *, danger: bool = False) -> Bar | None:
    """Why this person may not be given a concern of the queue; None when they may.

    The signature is judged first: nothing else in a forged record can be believed. A concern with
    the danger flag needs somebody trained for it.
    """
    bars = (
        (not facts.mac_valid, Bar.FORGED),
        (not facts.active, Bar.NOT_ACTIVE),
        (not (roles_fit(facts.roles) and facts.roles & QUEUE_ROLES), Bar.WRONG_ROLE),
        (queue_id not in facts.approved_queues, Bar.NOT_APPROVED),
        (danger and queue_id not in facts.trained_queues, Bar.NOT_TRAINED),
        (not facts.available, Bar.AWAY),
    )
    return next((bar for barred, bar in bars if barred), None)


def why_not_overseer(facts: MemberFacts) -> Bar | None:
    """Why this person may not oversee a case; None when they may. Overseers belong to no queue."""
    bars = (
        (not facts.mac_valid, Bar.FORGED),
        (not facts.active, Bar.NOT_ACTIVE),
        (not (roles_fit(facts.roles) and Role.OVERSEER in facts.roles), Bar.WRONG_ROLE),
        (not facts.available, Bar.AWAY),
    )
    return next((bar for barred, bar in bars if barred), None)


def eligible_holders(
    members: Collection[MemberFacts], queue_id: UUID, *, danger: bool = False
) -> frozenset[UUID]:
    """The people who may be given a concern of the queue.

    With the danger flag those who are trained for it; where the queue has nobody trained, all the
    same: a warning of danger must not wait for a course.
    """
    approved = [member for member in members if queue_id in member.approved_queues]
    fit = frozenset(
        one.staff_id for one in approved if why_not_holder(one, queue_id, danger=danger) is None
    )
    return fit or frozenset(
        one.staff_id for one in approved if why_not_holder(one, queue_id) is None
    )


def eligible_overseers(members: Collection[MemberFacts]) -> frozenset[UUID]:
    """The people who may oversee a case."""
    return frozenset(m.staff_id for m in members if why_not_overseer(m) is None)


def forged(members: Collection[MemberFacts]) -> frozenset[UUID]:
    """The people whose record was changed behind our back: raise an alarm for each."""
    return frozenset(m.staff_id for m in members if not m.mac_valid)


def works_cases_now(facts: MemberFacts, *, or_away: bool = False) -> bool:
    """Whether this person can open the cases that they hold: signed, not left, approved for some
    queue, and not away unless `or_away`. Which queue a case is in makes no difference to its keys.
    """
    fits = roles_fit(facts.roles) and bool(facts.roles & QUEUE_ROLES)
    here = facts.available or or_away
    return facts.mac_valid and facts.active and here and fits and bool(facts.approved_queues)
