"""Who could open a case at this moment, if they hold it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from safeshare.gate import Door
from safeshare.people.models import StaffMember
from safeshare.people.queries import Standing, list_choosable_standings, list_standings
from safeshare.people.rules import (
    Bar,
    MemberFacts,
    eligible_overseers,
    forged,
    is_away_for_long,
    why_not_overseer,
    works_cases_now,
)
from safeshare.people.service.eligibility import facts_of


@dataclass(frozen=True, slots=True)
class LivePeople:
    """`live` can open what they hold: not left, not away, approved for a queue, signed. `present`
    may be away, and have not left. `overseers` are those who could be given a case to oversee
    today; `watching` may keep what they oversee: they are here, or back soon.
    `reachable` are all who can be told something. `records` are the signatures of what all were
    judged by.
    """

    live: frozenset[UUID]
    present: frozenset[UUID]
    overseers: frozenset[UUID]
    watching: frozenset[UUID]
    reachable: frozenset[UUID]
    forged: frozenset[UUID]
    records: Mapping[UUID, bytes]


def find_live_people(door: Door) -> LivePeople:
    """Judge everybody who could hold or oversee a case, in a fixed number of statements."""
    standings = list_choosable_standings(door.read)
    facts = facts_of(door, standings)
    return LivePeople(
        live=frozenset(one.staff_id for one in facts if works_cases_now(one)),
        present=frozenset(one.staff_id for one in facts if works_cases_now(one, or_away=True)),
        overseers=eligible_overseers(facts),
        watching=eligible_overseers(facts) | _back_soon(facts, standings, door.clock.today()),
        reachable=frozenset(one.staff_id for one in facts if one.active and one.mac_valid),
        forged=forged(facts),
        records={one.member.id: one.member.mac for one in standings},
    )


def hold_unchanged(session: Session, records: Mapping[UUID, bytes]) -> frozenset[UUID]:
    """Who of these people is still as they were when they were judged by these signatures. They are
    held until the transaction ends: who comes to be in a team or at a place then finds what they
    were given meanwhile. Nobody who watches a case that the caller holds may be among them, since
    whoever changes them waits for such cases.
    """
    held = (
        select(StaffMember.id, StaffMember.mac)
        .where(StaffMember.id.in_(sorted(records)))
        .with_for_update(read=True)
    )
    return frozenset(row[0] for row in session.execute(held) if row[1] == records[row[0]])


def find_gone(door: Door, session: Session, staff_ids: Collection[UUID]) -> frozenset[UUID]:
    """Who of these people is counted among the holders no more, and not for a while only: they work
    for no team, or are away and have not said until when. By records that are as they were signed:
    of a changed one nothing can be believed, nor that somebody is gone.
    """
    facts, there = _judged(door, session, staff_ids)
    return frozenset(one.staff_id for one in facts if one.mac_valid) - there


def find_there(door: Door, session: Session, staff_ids: Collection[UUID]) -> frozenset[UUID]:
    """Who of these people can open what they hold: they work for a team, and are not away, or have
    said until when. Nobody whose record is not as it was signed.
    """
    _facts, there = _judged(door, session, staff_ids)
    return there


def _judged(
    door: Door, session: Session, staff_ids: Collection[UUID]
) -> tuple[Sequence[MemberFacts], frozenset[UUID]]:
    standings = list_standings(session, sorted(staff_ids))
    endless = {one.member.id for one in standings if one.member.away_until is None}
    facts = facts_of(door, standings)
    return facts, frozenset(
        one.staff_id for one in facts if works_cases_now(one, or_away=one.staff_id not in endless)
    )


def _back_soon(
    facts: Sequence[MemberFacts], standings: Sequence[Standing], today: date
) -> frozenset[UUID]:
    """The overseers who are away today, and not for long."""
    members = {one.member.id: one.member for one in standings}
    away = [members[one.staff_id] for one in facts if why_not_overseer(one) is Bar.AWAY]
    return frozenset(
        one.id for one in away if not is_away_for_long(one.away_from, one.away_until, today)
    )
