"""The pure rules on people: roles, eligibility, queues, signing in."""

from safeshare.people.rules.accounts import (
    LINK_LASTS,
    MOST_MISSES,
    WATCHING_ROLES,
    insist_on_fitting,
    insist_on_fitting_roles,
    is_fresh,
    is_link_over,
    is_over,
    proposed_of,
)
from safeshare.people.rules.away import is_away, is_away_for_long
from safeshare.people.rules.eligibility import (
    Bar,
    MemberFacts,
    eligible_holders,
    eligible_overseers,
    forged,
    why_not_holder,
    why_not_overseer,
    works_cases_now,
)
from safeshare.people.rules.passphrases import SHORTEST, Weakness, weakness_of
from safeshare.people.rules.queues import (
    FEWEST_THAT_HIDE,
    LEAST_HOLDERS,
    QueueSettings,
    check_reserves,
    load_queues,
    reserve_chain,
)
from safeshare.people.rules.roles import roles_fit
from safeshare.people.rules.rota import Turn, insist_on_turn, without
from safeshare.people.rules.signing_in import (
    TOTP_PERIOD,
    new_sign_in_name,
    normal_sign_in_name,
    steps_to_try,
    stray_steps,
    totp_step,
)

__all__ = [
    "FEWEST_THAT_HIDE",
    "LEAST_HOLDERS",
    "LINK_LASTS",
    "MOST_MISSES",
    "SHORTEST",
    "TOTP_PERIOD",
    "WATCHING_ROLES",
    "Bar",
    "MemberFacts",
    "QueueSettings",
    "Turn",
    "Weakness",
    "check_reserves",
    "eligible_holders",
    "eligible_overseers",
    "forged",
    "insist_on_fitting",
    "insist_on_fitting_roles",
    "insist_on_turn",
    "is_away",
    "is_away_for_long",
    "is_fresh",
    "is_link_over",
    "is_over",
    "load_queues",
    "new_sign_in_name",
    "normal_sign_in_name",
    "proposed_of",
    "reserve_chain",
    "roles_fit",
    "steps_to_try",
    "stray_steps",
    "totp_step",
    "weakness_of",
    "why_not_holder",
    "why_not_overseer",
    "without",
    "works_cases_now",
]
