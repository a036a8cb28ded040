"""The plain words of a case: status, risk band, ways of being known."""

from collections.abc import Mapping
from enum import StrEnum

from safeshare.concerns.rules.answers import Answer


class CaseStatus(StrEnum):
    """Where our handling of a concern stands; its value is also the code of the reporter's words.

    The reporter never sees other words than those that the pages keep for these codes.
    """

    RECEIVED = "received"
    TRIAGE = "triage"
    WAITING_YOU = "waiting_you"
    SUPPORT = "support"
    INFORMAL = "informal"
    PLANNING = "planning"
    INVESTIGATING = "investigating"
    OUTCOME = "outcome"
    AFTERCARE = "aftercare"
    CLOSED = "closed"


OVER = frozenset({CaseStatus.AFTERCARE, CaseStatus.CLOSED})
"""Statuses in which the handling has ended; aftercare still checks on the reporter."""


class RiskBand(StrEnum):
    """How urgent a case is. `UNASSESSED` until a handler has judged it."""

    UNASSESSED = "unassessed"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


def in_danger(answers: Mapping[str, Answer]) -> bool:
    """Whether the reporter says that somebody is in danger now: pages the on-call person."""
    return answers.get("danger") == "yes"


def first_risk_band(answers: Mapping[str, Answer]) -> RiskBand:
    """The band before anybody has judged: critical with danger or a child or adult at risk."""
    urgent = in_danger(answers) or bool(answers.get("at_risk"))
    return RiskBand.CRITICAL if urgent else RiskBand.UNASSESSED
