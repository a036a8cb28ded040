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
    choose_overseer,
    draw_order,
    extend_order,
    how_many_holders,
    line_of_succession,
)
from safeshare.concerns.rules.identity import Mode, contact_address, identity_record, mode_of
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
from safeshare.concerns.rules.text import LONGEST_TEXT, clean_line, clean_text, says_nothing

__all__ = [
    "FORM_VERSION",
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
    "choose_overseer",
    "clean_answer",
    "clean_answers",
    "clean_line",
    "clean_text",
    "concern_document",
    "contact_address",
    "draw_order",
    "extend_order",
    "first_risk_band",
    "how_many_holders",
    "identity_record",
    "in_danger",
    "line_of_succession",
    "load_routing",
    "mode_of",
    "route",
    "says_nothing",
    "stored_condition",
    "stored_rule",
]
