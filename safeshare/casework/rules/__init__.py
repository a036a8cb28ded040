"""The pure rules of working a case: lifecycle, outcomes, risk, and what takes a second person."""

from safeshare.casework.rules.endorsing import (
    Proposal,
    Proposed,
    check_endorsing,
    check_proposing,
    is_endorsed,
    needs_endorsement,
    offered_proposals,
    proposal_in,
)
from safeshare.casework.rules.exporting import ExportPurpose
from safeshare.casework.rules.lifecycle import (
    Outcome,
    check_acknowledging,
    check_closing,
    check_status_change,
    check_taking,
    next_statuses,
    outcomes_of,
    status_when_acknowledged,
)
from safeshare.casework.rules.recovering import RecoveryPurpose, recovery_reason
from safeshare.casework.rules.risk import (
    Harm,
    Likelihood,
    Override,
    RiskJudged,
    SafetyStep,
    check_risk_reasons,
    judge,
)
from safeshare.casework.rules.unsealing import (
    Purpose,
    check_asking,
    check_deciding,
    check_giving,
    check_handing_over,
)
from safeshare.casework.rules.watching import (
    DAYS_BETWEEN_MAILS,
    FEWEST_LIVE,
    WAITS_FOR_SOMEBODY,
    received_too_long_ago,
    waiting_too_long,
)

__all__ = [
    "DAYS_BETWEEN_MAILS",
    "FEWEST_LIVE",
    "WAITS_FOR_SOMEBODY",
    "ExportPurpose",
    "Harm",
    "Likelihood",
    "Outcome",
    "Override",
    "Proposal",
    "Proposed",
    "Purpose",
    "RecoveryPurpose",
    "RiskJudged",
    "SafetyStep",
    "check_acknowledging",
    "check_asking",
    "check_closing",
    "check_deciding",
    "check_endorsing",
    "check_giving",
    "check_handing_over",
    "check_proposing",
    "check_risk_reasons",
    "check_status_change",
    "check_taking",
    "is_endorsed",
    "judge",
    "needs_endorsement",
    "next_statuses",
    "offered_proposals",
    "outcomes_of",
    "proposal_in",
    "received_too_long_ago",
    "recovery_reason",
    "status_when_acknowledged",
    "waiting_too_long",
]
