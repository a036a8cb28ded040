"""The plain words for codes that both apps show: status, risk, promises, outcomes, questions.

Each function needs a request, since the words follow its language.
"""

from collections.abc import Mapping

from safeshare.casework.rules import Outcome
from safeshare.concerns.rules import CaseStatus, RiskBand
from safeshare.updates.rules import PromiseKind, PromiseState
from safeshare.web.shared.i18n import lazy_gettext as _

_STATUS_WORDS: Mapping[CaseStatus, object] = {
    CaseStatus.RECEIVED: _("We have your concern"),
    CaseStatus.TRIAGE: _("We are deciding who should help"),
    CaseStatus.WAITING_YOU: _("We have a question for you"),
    CaseStatus.SUPPORT: _("We are arranging support only"),
    CaseStatus.INFORMAL: _("We are putting things right with you"),
    CaseStatus.PLANNING: _("We are planning how to look into this"),
    CaseStatus.INVESTIGATING: _("We are looking into this"),
    CaseStatus.OUTCOME: _("We can tell you what we found"),
    CaseStatus.AFTERCARE: _("Closed; we are checking you are all right"),
    CaseStatus.CLOSED: _("Closed"),
}


def status_words(status: CaseStatus) -> str:
    """Where a concern stands, in the words that the reporter reads; staff see the same."""
    return str(_STATUS_WORDS[status])


_STATUS_NAME: Mapping[CaseStatus, object] = {
    CaseStatus.RECEIVED: _("Received"),
    CaseStatus.TRIAGE: _("Triage"),
    CaseStatus.WAITING_YOU: _("Waiting for the reporter"),
    CaseStatus.SUPPORT: _("Support only"),
    CaseStatus.INFORMAL: _("Putting right informally"),
    CaseStatus.PLANNING: _("Planning"),
    CaseStatus.INVESTIGATING: _("Looking into it"),
    CaseStatus.OUTCOME: _("Outcome"),
    CaseStatus.AFTERCARE: _("Aftercare"),
    CaseStatus.CLOSED: _("Closed"),
}


def status_name(status: CaseStatus) -> str:
    """The short name of a status, for staff: queues, tags and choices."""
    return str(_STATUS_NAME[status])


_RISK_WORDS: Mapping[RiskBand, object] = {
    RiskBand.UNASSESSED: _("Not assessed yet"),
    RiskBand.LOW: _("Low"),
    RiskBand.MEDIUM: _("Medium"),
    RiskBand.HIGH: _("High"),
    RiskBand.CRITICAL: _("Critical"),
}


def risk_words(band: RiskBand) -> str:
    """A risk band."""
    return str(_RISK_WORDS[band])


_PROMISE_WORDS: Mapping[PromiseKind, object] = {
    PromiseKind.RECEIPT: _("We confirm that we have your concern"),
    PromiseKind.REPLY: _("A person replies to you"),
    PromiseKind.REPLY_AT_LATEST: _("A person has replied to you at the very latest"),
    PromiseKind.UPDATE: _("An update, even if nothing has changed"),
    PromiseKind.FEEDBACK: _("We tell you what we found and did"),
    PromiseKind.CHECK_IN_2_WEEKS: _("We ask whether the support is right for you (2 weeks)"),
    PromiseKind.CHECK_IN_6_WEEKS: _("We ask whether the support is right for you (6 weeks)"),
    PromiseKind.CHECK_IN_12_WEEKS: _("We ask whether the support is right for you (12 weeks)"),
    PromiseKind.SURVEY: _("We ask how it was for you"),
    PromiseKind.DETRIMENT_30_DAYS: _(
        "We ask whether anything bad happened because you spoke up (30 days)"
    ),
    PromiseKind.DETRIMENT_90_DAYS: _(
        "We ask whether anything bad happened because you spoke up (90 days)"
    ),
    PromiseKind.DETRIMENT_180_DAYS: _(
        "We ask whether anything bad happened because you spoke up (180 days)"
    ),
}


def promise_words(kind: PromiseKind) -> str:
    """What a promise is, as the start of a line that goes on with its date."""
    return str(_PROMISE_WORDS[kind])


_PROMISE_STATE_WORDS: Mapping[PromiseState, object] = {
    PromiseState.PENDING: _("Due"),
    PromiseState.MISSED: _("Missed"),
    PromiseState.KEPT: _("Kept"),
    PromiseState.CANCELLED: _("No longer needed"),
    PromiseState.EXTENDED: _("Later date agreed"),
}


def promise_state_words(state: PromiseState) -> str:
    """How a promise stands. A missed one that was answered since is `kept` with a `missed_on`."""
    return str(_PROMISE_STATE_WORDS[state])


_OUTCOME_WORDS: Mapping[Outcome, object] = {
    Outcome.SUBSTANTIATED: _("Substantiated"),
    Outcome.PARTLY: _("Partly substantiated"),
    Outcome.NOT_SUBSTANTIATED: _("Not substantiated"),
    Outcome.INSUFFICIENT: _("Not enough evidence either way"),
    Outcome.MISTAKEN: _("An honest mistake"),
    Outcome.RESOLVED: _("Resolved informally"),
    Outcome.REDIRECTED: _("Not for this service: passed on"),
    Outcome.WITHDRAWN: _("Withdrawn by the reporter, and checked for risk"),
    Outcome.NO_CASE: _("No further action: there is nothing to look into"),
    Outcome.MALICIOUS: _("Knowingly false"),
}


def outcome_words(outcome: Outcome) -> str:
    """How the handling ended."""
    return str(_OUTCOME_WORDS[outcome])
