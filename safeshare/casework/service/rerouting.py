"""Passing a case to another queue, with a reason. Only a keeper of the name can: nobody else could
give its key to those who take the case over.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from safeshare.casework.service.account import reveal_account
from safeshare.casework.service.keepers import name_facts
from safeshare.casework.service.sheet import Sheet, read_sheet, replace_sheet, resealed
from safeshare.casework.service.standing import staff_of, standing_of
from safeshare.casework.service.summary import CaseSummary, summary_of
from safeshare.concerns.models import Case, CaseEventKind, GranteeKind, OnCallPage
from safeshare.concerns.queries import get_case_held, list_holders
from safeshare.concerns.rules import OVER, clean_reason
from safeshare.concerns.service.compartments import add_event
from safeshare.concerns.service.exclusions import Locks
from safeshare.concerns.service.holding import give_keys, take_keys
from safeshare.concerns.service.paging import SWEEPS_TO_RESERVE
from safeshare.concerns.service.rechoosing import ChosenAgain, choose_again, queues_open_to
from safeshare.concerns.service.rotation import rotate
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import InvalidError, StaleError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.policy.actions import Action

MOST_NOTED = 10
"""Passings-on that the case sheet keeps; the ledger keeps all."""


@dataclass(frozen=True, slots=True)
class ReadQueues:
    """Ask where a case may go."""

    reference: str


@dataclass(frozen=True, slots=True)
class QueuesOfCase:
    """The queues that a case may go to: code and name."""

    summary: CaseSummary
    queues: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RerouteCase:
    """Pass a case from the queue `seen` to another. `keeps`: the present holders go on holding it,
    beside the new ones; else they lose their keys.
    """

    reference: str
    seen: str
    queue: str
    keeps: bool
    reason: str = field(repr=False)


@use_case(Action.CASE_REROUTE, facts=name_facts)
def read_queues(door: Door, command: ReadQueues) -> QueuesOfCase:
    """Where a case may go: nowhere whose people it is about. An entry like any other opening."""
    standing = standing_of(door, command)
    sheet = read_sheet(door, standing.case)
    answers = reveal_account(door, standing.case, sheet.locks)
    queues = tuple(
        (one.code, one.name)
        for one in queues_open_to(door, answers)
        if one.id != standing.case.queue_id
    )
    door.record(Event.CASE_OPENED, case_id=standing.case.id, part="queues")
    return QueuesOfCase(summary_of(door, standing), queues)


@use_case(Action.CASE_REROUTE, facts=name_facts)
def reroute_case(door: Door, command: RerouteCase) -> None:
    """Give a case to people of another queue, drawn by the line that was sealed with it, and change
    its keys. Where the old holders lose theirs, the first two new ones keep the name.

    Raises InvalidError where the queue is not possible or the reason missing, StaleError where the
    case is over or was passed on meanwhile, NobodyEligibleError where nobody can take it.
    """
    reason, standing = clean_reason(command.reason), standing_of(door, command)
    case = standing.case
    sheet = read_sheet(door, case, Compartment.IDENTITY)
    answers = reveal_account(door, case, sheet.locks)
    chosen = choose_again(door, case.id, sheet.locks, answers, command.queue)
    if chosen.queue.id == case.queue_id:
        raise InvalidError("queue_not_possible", field="queue")
    changed = resealed(door, sheet, _noted(door, sheet, command, reason))
    with door.change() as session:
        held = get_case_held(session, case.id)
        if held.status in OVER or held.queue_id != case.queue_id:
            raise StaleError("the case is closed, or was passed on meanwhile")
        if standing.queue_name != command.seen:
            raise StaleError("the case was passed on meanwhile")
        replace_sheet(session, sheet, changed)
        _pass_on(door, session, held, sheet.locks, chosen, keeps=command.keeps)
        add_event(session, door, held.id, CaseEventKind.REROUTED)
        door.record(Event.CASE_REROUTED, case_id=held.id, queue=command.queue)


def _pass_on(
    door: Door, session: Session, case: Case, locks: Locks, chosen: ChosenAgain, *, keeps: bool
) -> None:
    case.queue_id = chosen.queue.id
    before, after = _holders(session, case.id), chosen.choice.holders
    _give(door, session, case, locks, chosen, keeps=keeps)
    if not keeps:
        for staff_id in before:
            if staff_id not in after:
                take_keys(door, session, case.id, staff_id)
    rotate(door, session, case.id, locks)
    if chosen.choice.paged in set(after) - set(before):
        session.add(
            OnCallPage(case_id=case.id, staff_id=chosen.choice.paged, sweeps_left=SWEEPS_TO_RESERVE)
        )


def _give(
    door: Door, session: Session, case: Case, locks: Locks, chosen: ChosenAgain, *, keeps: bool
) -> None:
    """The name's key goes to as many as kept it before: to the first two of those who take over."""
    name = Compartment.IDENTITY
    without_name: Locks = {one: lock for one, lock in locks.items() if one is not name}
    keepers = () if keeps else chosen.choice.identity_keepers
    others = [one for one in chosen.choice.holders if one not in keepers]
    if keepers:
        give_keys(door, session, case, locks, keepers)
    if others:
        give_keys(door, session, case, without_name, others)


def _holders(session: Session, case_id: UUID) -> list[UUID]:
    grants = list_holders(session, case_id)
    staff = {one.grantee_id for one in grants if one.grantee_kind is GranteeKind.STAFF}
    return sorted(staff)


def _noted(door: Door, sheet: Sheet, command: RerouteCase, reason: str) -> dict[str, Any]:
    note = {
        "from": command.seen,
        "to": command.queue,
        "by": str(staff_of(door).staff_id),
        "on": door.clock.today().isoformat(),
        "reason": reason,
    }
    return {"passed_on": [*sheet.says.get("passed_on", ()), note][-MOST_NOTED:]}
