"""What happens in a case after it was received, as an ordered list of typed steps.

A step says on which day, never at what time. It names no handler: who holds a case is drawn when
the concern is sent, so the case's contact person takes every step but the reporter's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from safeshare.casework.rules import Outcome, status_when_acknowledged
from safeshare.concerns.rules import CaseStatus


@dataclass(frozen=True, slots=True)
class Take:
    """A holder becomes the contact person."""

    on: date


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The first reply by a person. It begins the triage."""

    on: date
    text: str


@dataclass(frozen=True, slots=True)
class StaffMessage:
    """The contact person writes."""

    on: date
    text: str


@dataclass(frozen=True, slots=True)
class ReporterMessage:
    """The reporter comes back with the access code and writes."""

    on: date
    text: str


@dataclass(frozen=True, slots=True)
class ChangeStatus:
    """The handling moves on."""

    on: date
    status: CaseStatus


@dataclass(frozen=True, slots=True)
class CodeThemes:
    """A handler says what the concern is about. The main theme is the first code."""

    on: date
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """The handling ends with an outcome, and aftercare begins."""

    on: date
    outcome: Outcome
    text: str


@dataclass(frozen=True, slots=True)
class EndAftercare:
    """The case is closed for good, by time and not by a person, after the last question about
    detriment at 180 days (reference lifecycle: S13 to CLOSED).
    """

    on: date


Step = (
    Take
    | Acknowledge
    | StaffMessage
    | ReporterMessage
    | ChangeStatus
    | CodeThemes
    | Close
    | EndAftercare
)


def status_after(steps: Sequence[Step]) -> CaseStatus:
    """Where a case stands after these steps."""
    status = CaseStatus.RECEIVED
    for step in steps:
        match step:
            case Acknowledge():
                status = status_when_acknowledged(status)
            case ChangeStatus():
                status = step.status
            case Close():
                status = CaseStatus.AFTERCARE
            case EndAftercare():
                status = CaseStatus.CLOSED
    return status
