"""A case as a file that leaves SafeShare: for a written reason, and the reporter is told.

The name stays behind: who may see it sees it on a page of its own. So do the files that came with
the case, each of which can be saved from its own page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from safeshare.casework.rules import ExportPurpose
from safeshare.casework.service.opening import CaseView, view_of
from safeshare.casework.service.sheet import read_sheet, replace_sheet, resealed
from safeshare.casework.service.standing import case_facts, staff_of, standing_of
from safeshare.casework.service.summary import CaseSummary, summary_of
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules import clean_reason
from safeshare.gate import Door, use_case
from safeshare.ledger.events import Event
from safeshare.people.queries import find_names
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class LookAtExports:
    """Ask who saved the case as a file before."""

    reference: str


@dataclass(frozen=True, slots=True)
class ExportCase:
    """Ask for the case as a file. The reason is sealed with the case, for its other holders."""

    reference: str
    purpose: ExportPurpose
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExportShown:
    """That somebody saved the case as a file."""

    by_name: str
    on: date
    purpose: ExportPurpose
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExportsPage:
    """How the case stands, and who saved it as a file before."""

    summary: CaseSummary
    exports: tuple[ExportShown, ...]


@dataclass(frozen=True, slots=True)
class CaseExport:
    """Everything that goes into the file."""

    view: CaseView
    by_name: str
    on: date
    purpose: ExportPurpose


@use_case(Action.CASE_EXPORT, facts=case_facts)
def list_exports(door: Door, command: LookAtExports) -> ExportsPage:
    """Who saved the case as a file before, and why. An entry like any other opening."""
    standing = standing_of(door, command)
    kept = read_sheet(door, standing.case).says.get("exports", ())
    names = find_names(door.read, {UUID(one["by"]) for one in kept})
    page = ExportsPage(
        summary=summary_of(door, standing), exports=tuple(_shown(one, names) for one in kept)
    )
    door.record(Event.CASE_OPENED, case_id=standing.case.id, part="exports")
    return page


@use_case(Action.CASE_EXPORT, facts=case_facts)
def export_case(door: Door, command: ExportCase) -> CaseExport:
    """The case for a file, without the name. The reason is kept before anything is given out.

    Raises InvalidError where the reason is missing or too long, StaleError where a colleague
    changed the case sheet meanwhile, SealBrokenError where any part of it was changed or moved.
    """
    reason, staff = clean_reason(command.reason), staff_of(door)
    standing, today = standing_of(door, command), door.clock.today()
    sheet = read_sheet(door, standing.case)
    view = view_of(door, standing, sheet.locks)
    kept = {
        "by": str(staff.staff_id),
        "on": today.isoformat(),
        "purpose": command.purpose.value,
        "reason": reason,
    }
    changed = resealed(door, sheet, {"exports": [*sheet.says.get("exports", ()), kept]})
    with door.change() as session:
        get_case_held(session, standing.case.id)
        replace_sheet(session, sheet, changed)
        door.record(Event.CASE_EXPORTED, case_id=standing.case.id, purpose=command.purpose)
    return CaseExport(view, staff.display_name, today, command.purpose)


def _shown(kept: Mapping[str, Any], names: Mapping[UUID, str]) -> ExportShown:
    return ExportShown(
        by_name=names.get(UUID(kept["by"]), ""),
        on=date.fromisoformat(kept["on"]),
        purpose=ExportPurpose(kept["purpose"]),
        reason=str(kept["reason"]),
    )
