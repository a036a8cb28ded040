"""The pure rules of taking in a concern: questions, routing, choice of holders, statuses."""

from safeshare.concerns.rules.alarms import AlarmKind
from safeshare.concerns.rules.answers import (
    FORM_VERSION,
    QUESTIONS,
    Answer,
    answers_in,
    check_can_be_sent,
    clean_answer,
    clean_answers,
    concern_document,
)
from safeshare.concerns.rules.holders import (
    HolderChoice,
    QueueMembers,
    choose_holders,
    draw_order,
    extend_order,
    how_many_holders,
    line_of_overseers,
    line_of_succession,
    with_reserve_on_call,
)
from safeshare.concerns.rules.identity import Mode, contact_address, identity_record, mode_of
from safeshare.concerns.rules.leaving_out import left_out_by_lot
from safeshare.concerns.rules.routing import (
    Route,
    RoutingRule,
    check_routing,
    load_routing,
    route,
    stored_condition,
    stored_rule,
)
from safeshare.concerns.rules.statuses import (
    OVER,
    CaseStatus,
    RiskBand,
    first_risk_band,
    in_danger,
)
from safeshare.concerns.rules.text import (
    LONGEST_REASON,
    LONGEST_TEXT,
    clean_line,
    clean_reason,
    clean_text,
    says_nothing,
)

__all__ = [
    "FORM_VERSION",
    "LONGEST_REASON",
    "LONGEST_TEXT",
    "OVER",
    "QUESTIONS",
    "AlarmKind",
    "Answer",
    "CaseStatus",
    "HolderChoice",
    "Mode",
    "QueueMembers",
    "RiskBand",
    "Route",
    "RoutingRule",
    "answers_in",
    "check_can_be_sent",
    "check_routing",
    "choose_holders",
    "clean_answer",
    "clean_answers",
    "clean_line",
    "clean_reason",
    "clean_text",
    "concern_document",
    "contact_address",
    "draw_order",
    "extend_order",
    "first_risk_band",
    "how_many_holders",
    "identity_record",
    "in_danger",
    "left_out_by_lot",
    "line_of_overseers",
    "line_of_succession",
    "load_routing",
    "mode_of",
    "route",
    "says_nothing",
    "stored_condition",
    "stored_rule",
    "with_reserve_on_call",
]
