"""The lifecycle of a case: which status follows which, and how its handling may end.

It is the small part of the field's lifecycle. Outcomes that nobody may decide alone are in
`endorsing`; steps that are not there yet (an endorsed plan, a decision apart from the
investigation) are refused, not half there.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from safeshare.concerns.rules import OVER, CaseStatus
from safeshare.kernel.errors import InvalidError, StaleError


class Outcome(StrEnum):
    """How the handling of a concern ended."""

    SUBSTANTIATED = "substantiated"
    PARTLY = "partly"
    NOT_SUBSTANTIATED = "not_substantiated"
    INSUFFICIENT = "insufficient"
    MISTAKEN = "mistaken"
    RESOLVED = "resolved"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"
    NO_CASE = "no_case"
    MALICIOUS = "malicious"


_NEXT: Mapping[CaseStatus, tuple[CaseStatus, ...]] = MappingProxyType(
    {
        CaseStatus.RECEIVED: (CaseStatus.TRIAGE,),
        CaseStatus.TRIAGE: (
            CaseStatus.WAITING_YOU,
            CaseStatus.SUPPORT,
            CaseStatus.INFORMAL,
            CaseStatus.PLANNING,
        ),
        CaseStatus.WAITING_YOU: (CaseStatus.TRIAGE, CaseStatus.PLANNING, CaseStatus.INVESTIGATING),
        CaseStatus.SUPPORT: (CaseStatus.PLANNING,),
        CaseStatus.INFORMAL: (CaseStatus.PLANNING, CaseStatus.OUTCOME),
        CaseStatus.PLANNING: (CaseStatus.WAITING_YOU, CaseStatus.INVESTIGATING),
        CaseStatus.INVESTIGATING: (CaseStatus.WAITING_YOU, CaseStatus.OUTCOME),
        CaseStatus.OUTCOME: (),
        CaseStatus.AFTERCARE: (),
        CaseStatus.CLOSED: (),
    }
)

_FINDINGS = (
    Outcome.SUBSTANTIATED,
    Outcome.PARTLY,
    Outcome.NOT_SUBSTANTIATED,
    Outcome.INSUFFICIENT,
    Outcome.MISTAKEN,
    Outcome.MALICIOUS,
)

_OUTCOMES: Mapping[CaseStatus, tuple[Outcome, ...]] = MappingProxyType(
    {
        CaseStatus.TRIAGE: (Outcome.REDIRECTED, Outcome.WITHDRAWN, Outcome.NO_CASE),
        CaseStatus.SUPPORT: (Outcome.RESOLVED, Outcome.WITHDRAWN),
        CaseStatus.INFORMAL: (Outcome.RESOLVED, Outcome.WITHDRAWN),
        CaseStatus.OUTCOME: (*_FINDINGS, Outcome.RESOLVED),
    }
)

_INTO_INVESTIGATION = frozenset({CaseStatus.PLANNING, CaseStatus.INVESTIGATING})


def next_statuses(
    status: CaseStatus, came_from: CaseStatus | None = None
) -> tuple[CaseStatus, ...]:
    """The statuses that may follow. After waiting for the reporter only the one it came from.

    `came_from` is the status before this one; None where it is not known.
    """
    following = _NEXT[status]
    if status is CaseStatus.WAITING_YOU and came_from in following:
        return (came_from,)
    return following


def check_status_change(
    status: CaseStatus,
    wanted: CaseStatus,
    *,
    came_from: CaseStatus | None = None,
    support_only: bool = False,
) -> None:
    """Insists that a change of status is allowed.

    Args:
        status: the status now.
        wanted: the status asked for.
        came_from: the status before this one.
        support_only: the reporter asked for support and no investigation.

    Raises:
        StaleError: the status has moved on, so that `wanted` no longer follows.
        InvalidError: the reporter asked for support only, and looking into it takes their consent.
    """
    if wanted not in next_statuses(status, came_from):
        raise StaleError("that status does not follow the present one")
    if support_only and wanted in _INTO_INVESTIGATION:
        raise InvalidError("support_only", field="status")


def outcomes_of(status: CaseStatus) -> tuple[Outcome, ...]:
    """The outcomes with which a case of this status can be closed; empty where it cannot be."""
    return _OUTCOMES.get(status, ())


def check_closing(status: CaseStatus, outcome: Outcome) -> CaseStatus:
    """The status of a case once closed: we go on checking that the reporter is all right.

    Raises:
        StaleError: a case of this status cannot be closed.
        InvalidError: not with this outcome.
    """
    possible = outcomes_of(status)
    if not possible:
        raise StaleError("a case of this status cannot be closed")
    if outcome not in possible:
        raise InvalidError("outcome_does_not_fit", field="outcome")
    return CaseStatus.AFTERCARE


def check_taking(status: CaseStatus, contact_id: UUID | None, staff_id: UUID) -> None:
    """Insists that a holder may become the reporter's contact person.

    Another holder may take over from the present one: absence must not leave a reporter alone.

    Raises:
        StaleError: the handling is over, or they are the contact person already.
    """
    if status in OVER or contact_id == staff_id:
        raise StaleError("the case is closed, or you are its contact person already")


def check_acknowledging(status: CaseStatus, acknowledged_on: date | None) -> None:
    """Insists that a concern can still be acknowledged.

    Raises:
        StaleError: it was before, or the handling is over.
    """
    if acknowledged_on is not None or status in OVER:
        raise StaleError("the concern has been acknowledged already")


def status_when_acknowledged(status: CaseStatus) -> CaseStatus:
    """Acknowledging begins the triage; a case further on stays where it is."""
    return CaseStatus.TRIAGE if status is CaseStatus.RECEIVED else status
