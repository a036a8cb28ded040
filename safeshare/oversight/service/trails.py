"""Reading the ledger: accounts by administrators and inspectors, a case by its own people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from safeshare.casework.queries import find_standing
from safeshare.casework.service.standing import facts_of
from safeshare.concerns.models import Case
from safeshare.gate import Door, Facts, use_case
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import NotFoundError
from safeshare.ledger.events import ABOUT_ACCOUNTS, Event
from safeshare.ledger.models import Chain
from safeshare.oversight.queries import (
    Line,
    TrailPlace,
    list_accounts_trail,
    list_case_trail,
    list_watched,
)
from safeshare.people.queries import find_names
from safeshare.policy.actions import Action

PAGE = 25
"""Lines of one page."""


@dataclass(frozen=True, slots=True)
class ReadAccountsTrail:
    """Which page: the lines before a position, or the newest."""

    before: int | None = None


@dataclass(frozen=True, slots=True)
class ReadCaseTrail:
    """Which page of which case's trail."""

    reference: str
    after: TrailPlace | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One line in plain values. `name` is None for whoever is no member of staff; `about` is the
    member of staff that it was done to. `at` is None for what reporters do.
    """

    on: date
    at: datetime | None
    event: Event
    actor_kind: str
    name: str | None
    about: str | None


@dataclass(frozen=True, slots=True)
class AccountsTrail:
    """One page. `next` is where the following page begins; None on the last."""

    lines: Sequence[Told]
    next: int | None


@dataclass(frozen=True, slots=True)
class CaseTrail:
    """One page of a case's trail."""

    reference: str
    lines: Sequence[Told]
    next: TrailPlace | None


def trail_facts(door: Door, command: ReadCaseTrail) -> Facts:
    """Whether the actor holds the case or oversees it."""
    actor = door.actor
    if not isinstance(actor, Staff):
        return Facts()
    found = find_standing(door.read, command.reference, actor.staff_id)
    if found is None:
        return Facts()
    facts = facts_of(door, found)
    is_its_overseer = found.case.overseer_id == actor.staff_id and not facts.is_kept_out
    return replace(facts, is_its_overseer=is_its_overseer)


@use_case(Action.LEDGER_READ)
def read_accounts_trail(door: Door, command: ReadAccountsTrail) -> AccountsTrail:
    """What was done with accounts and settings, the newest first. Reading it is an entry, too."""
    found = list_accounts_trail(door.read, ABOUT_ACCOUNTS, before=command.before, most=PAGE + 1)
    lines = found[:PAGE]
    door.record(Event.LEDGER_READ)
    return AccountsTrail(
        lines=_told(door, lines), next=lines[-1].position if len(found) > PAGE else None
    )


@use_case(Action.CASE_TRAIL, facts=trail_facts)
def read_case_trail(door: Door, command: ReadCaseTrail) -> CaseTrail:
    """What was done with one case, the newest day first, without content.

    What reporters did today appears tomorrow: it waits for its day to end, in no order.
    """
    case = _case(door, command)
    found = list_case_trail(door.read, case.id, after=command.after, most=PAGE + 1)
    lines = found[:PAGE]
    last = lines[-1] if len(found) > PAGE else None
    door.record(Event.CASE_TRAIL_READ, case_id=case.id)
    return CaseTrail(
        reference=case.reference,
        lines=_told(door, lines),
        next=TrailPlace(last.on, last.chain, last.position) if last is not None else None,
    )


@use_case(Action.REVIEW_READ)
def list_overseen(door: Door, _command: None) -> Sequence[str]:
    """The references of the open cases that the actor oversees, the oldest first."""
    actor = door.actor
    if not isinstance(actor, Staff):
        raise NotFoundError("there is nothing here for you")
    return [case.reference for case in list_watched(door.read, actor.staff_id)]


def _case(door: Door, command: ReadCaseTrail) -> Case:
    actor = door.actor
    if not isinstance(actor, Staff):
        raise NotFoundError("there is nothing here for you")
    found = find_standing(door.read, command.reference, actor.staff_id)
    if found is None:
        raise NotFoundError("there is no such case")
    return found.case


def _told(door: Door, lines: Sequence[Line]) -> Sequence[Told]:
    about = [_person(line.note) if line.chain is Chain.STAFF else None for line in lines]
    people = {line.actor_id for line in lines} | set(about)
    names = find_names(door.read, {one for one in people if one is not None})
    return [_line(line, names, of) for line, of in zip(lines, about, strict=True)]


def _line(line: Line, names: Mapping[UUID, str], about: UUID | None) -> Told:
    """One line in names. Whoever signs in is known by the entry only as whom it is about."""
    name = names.get(line.actor_id) if line.actor_id is not None else None
    done_to = names.get(about) if about is not None else None
    if line.event is Event.PEOPLE_SIGNED_IN and name is None:
        name, done_to = done_to, None
    return Told(line.on, line.at, line.event, line.actor_kind, name, done_to)


def _person(note: Mapping[str, str]) -> UUID | None:
    """The member of staff whom a note names by id."""
    try:
        return UUID(note["staff"]) if "staff" in note else None
    except ValueError:
        return None
