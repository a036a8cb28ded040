"""The pure rules on people: roles, eligibility, queues, signing in."""

from safeshare.people.rules.eligibility import (
    Bar,
    MemberFacts,
    eligible_holders,
    eligible_overseers,
    forged,
    why_not_holder,
    why_not_overseer,
)
from safeshare.people.rules.queues import QueueSettings, check_reserves, load_queues, reserve_chain
from safeshare.people.rules.roles import roles_fit
from safeshare.people.rules.signing_in import (
    TOTP_PERIOD,
    new_sign_in_name,
    normal_sign_in_name,
    steps_to_try,
    totp_step,
)

__all__ = [
    "TOTP_PERIOD",
    "Bar",
    "MemberFacts",
    "QueueSettings",
    "check_reserves",
    "eligible_holders",
    "eligible_overseers",
    "forged",
    "load_queues",
    "new_sign_in_name",
    "normal_sign_in_name",
    "reserve_chain",
    "roles_fit",
    "steps_to_try",
    "totp_step",
    "why_not_holder",
    "why_not_overseer",
]
