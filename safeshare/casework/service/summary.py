"""The plain side of a case, which every page about it shows: nothing of it was told in secret."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from safeshare.casework.queries import CaseStanding, KeyHolder, list_key_holders, staff_with
from safeshare.casework.rules import Outcome, next_statuses, outcomes_of
from safeshare.casework.service.standing import case_facts, staff_of, standing_of
from safeshare.concerns.models import CaseEventKind
from safeshare.concerns.queries import Happened, list_events
from safeshare.concerns.rules import OVER, CaseStatus, RiskBand
from safeshare.gate import Door, use_case
from safeshare.kernel.sealed import Compartment
from safeshare.people.queries import find_names
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class LookAtCase:
    """Ask how a case stands, without opening what was told."""

    reference: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline."""

    kind: CaseEventKind
    on: date
    staff_name: str | None
    status: CaseStatus | None


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """How a case stands. `keepers` are the holders who can see who the reporter is; `names` those
    of everybody who holds it or did something in it.
    """

    reference: str
    queue_name: str
    status: CaseStatus
    risk: RiskBand
    received_on: date
    acknowledged_on: date | None
    closed_on: date | None
    contact_id: UUID | None
    contact_name: str | None
    is_contact: bool
    is_keeper: bool
    overseer_name: str | None
    holders: tuple[str, ...]
    keepers: tuple[str, ...]
    names: Mapping[UUID, str]
    timeline: tuple[Line, ...]
    next_statuses: tuple[CaseStatus, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def is_over(self) -> bool:
        """Whether the handling has ended."""
        return self.status in OVER

    @property
    def was_opened(self) -> bool:
        """Whether any holder has read the concern."""
        return any(line.kind is CaseEventKind.OPENED for line in self.timeline)


@use_case(Action.CASE_OPEN, facts=case_facts)
def look_at_case(door: Door, command: LookAtCase) -> CaseSummary:
    """How a case stands, for the pages of its small forms. Opens nothing, so it needs no entry."""
    return summary_of(door, standing_of(door, command))


def summary_of(door: Door, standing: CaseStanding) -> CaseSummary:
    """The plain side of a case, in two statements, and a third where somebody holds it no more."""
    case, staff_id = standing.case, staff_of(door).staff_id
    people = key_holders(door, case.id)
    keepers = staff_with(people, Compartment.IDENTITY)
    holders = staff_with(people, Compartment.WORK)
    events = list_events(door.read, case.id)
    names = _names(door, events, holders)
    return CaseSummary(
        reference=case.reference,
        queue_name=standing.queue_name,
        status=case.status,
        risk=case.risk,
        received_on=case.received_on,
        acknowledged_on=case.acknowledged_on,
        closed_on=case.closed_on,
        contact_id=case.contact_id,
        contact_name=standing.contact_name,
        is_contact=case.contact_id == staff_id,
        is_keeper=staff_id in keepers,
        overseer_name=standing.overseer_name,
        holders=tuple(holders.values()),
        keepers=tuple(keepers.values()),
        names=names,
        timeline=_timeline(events, names),
        next_statuses=next_statuses(case.status, status_before(events)),
        outcomes=outcomes_of(case.status),
    )


def key_holders(door: Door, case_id: UUID) -> Sequence[KeyHolder]:
    """Who has which key of a case. A snapshot."""
    return door.once(
        (list_key_holders, case_id), lambda session: list_key_holders(session, case_id)
    )


def status_before(events: Sequence[Happened]) -> CaseStatus | None:
    """The status before the present one, by the timeline."""
    statuses = [event.status for event in events if event.status is not None]
    return statuses[-2] if len(statuses) > 1 else None


def _timeline(events: Sequence[Happened], names: Mapping[UUID, str]) -> tuple[Line, ...]:
    return tuple(
        Line(one.kind, one.on, names.get(one.staff_id) if one.staff_id else None, one.status)
        for one in events
    )


def _names(
    door: Door, events: Sequence[Happened], holders: Mapping[UUID, str]
) -> Mapping[UUID, str]:
    """Whoever wrote or did anything has an event of it."""
    missing = {one.staff_id for one in events if one.staff_id and one.staff_id not in holders}
    return {**holders, **find_names(door.read, missing)}
