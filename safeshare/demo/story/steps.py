"""What happens in a case after it was received, as an ordered list of typed steps.

A step says on which day, never at what time. It names no handler: who holds a case is drawn when
the concern is sent, so the case's contact person takes every step but the reporter's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from safeshare.concerns.rules import CaseStatus


@dataclass(frozen=True, slots=True)
class Take:
    """A holder becomes the contact person."""

    on: date


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The first reply by a person."""

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
    """The case ends with an outcome code of the vocabulary, and aftercare begins."""

    on: date
    outcome: str
    text: str


Step = Take | Acknowledge | StaffMessage | ReporterMessage | ChangeStatus | CodeThemes | Close


def status_after(steps: Sequence[Step]) -> CaseStatus:
    """Where a case stands after these steps."""
    status = CaseStatus.RECEIVED
    for step in steps:
        if isinstance(step, ChangeStatus):
            status = step.status
        elif isinstance(step, Close):
            status = CaseStatus.AFTERCARE
    return status
