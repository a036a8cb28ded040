"""The policy: one rule an action, denied unless a rule says yes."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from safeshare.kernel.actors import (
    Actor,
    Officers,
    Operator,
    Reporter,
    Role,
    Staff,
    Stranger,
    Visitor,
    Worker,
)
from safeshare.policy.actions import NEEDS_FRESH_SIGN_IN, Action
from safeshare.policy.facts import ALL_TRUE
from safeshare.policy.facts import Facts as Facts

Rule = Callable[[Actor, Facts], bool]


def may(actor: Actor, action: Action, facts: Facts) -> bool:
    """Whether `actor` may do `action`, given `facts`."""
    if isinstance(actor, Staff) and action in NEEDS_FRESH_SIGN_IN and not actor.is_fresh:
        return False
    return RULES[action](actor, facts)


def may_ever(actor: Actor, action: Action) -> bool:
    """Whether `actor` may do `action` to anything at all: whatever the facts may be.

    Rules ask for facts to be true, `is_self` aside, which some want and some forbid.
    """
    others = replace(ALL_TRUE, is_self=False)
    return may(actor, action, ALL_TRUE) or may(actor, action, others)


def _anybody(_actor: Actor, _facts: Facts) -> bool:
    return True


def _stranger(actor: Actor, _facts: Facts) -> bool:
    return isinstance(actor, Stranger)


def _visitor(actor: Actor, _facts: Facts) -> bool:
    return isinstance(actor, Visitor)


def _party(actor: Actor, facts: Facts) -> bool:
    return isinstance(actor, Reporter) and facts.is_party


def _worker(actor: Actor, _facts: Facts) -> bool:
    return isinstance(actor, Worker)


def _operator(actor: Actor, _facts: Facts) -> bool:
    return isinstance(actor, Operator)


def _officers(actor: Actor, _facts: Facts) -> bool:
    return isinstance(actor, Officers)


def _operator_or_worker(actor: Actor, _facts: Facts) -> bool:
    return isinstance(actor, Operator | Worker)


def _operator_or_officers(actor: Actor, _facts: Facts) -> bool:
    return isinstance(actor, Operator | Officers)


def _staff(actor: Actor, _facts: Facts) -> bool:
    return isinstance(actor, Staff)


def _with(*roles: Role) -> Rule:
    """Members of staff who have one of these roles."""
    return lambda actor, _facts: isinstance(actor, Staff) and not actor.roles.isdisjoint(roles)


_administrator = _with(Role.ADMINISTRATOR)
_inspector = _with(Role.INSPECTOR)
_leader = _with(Role.LEADER)
_overseer = _with(Role.OVERSEER)
_works_cases = _with(Role.HANDLER, Role.SUPERVISOR)
_watches_cases = _with(Role.HANDLER, Role.SUPERVISOR, Role.OVERSEER)
_is_told_of_alarms = _with(Role.HANDLER, Role.SUPERVISOR, Role.OVERSEER, Role.ADMINISTRATOR)
_watcher = _with(Role.SUPERVISOR, Role.OVERSEER)
_sees_accounts_trail = _with(Role.ADMINISTRATOR, Role.INSPECTOR)
_sees_figures = _with(Role.OVERSEER, Role.LEADER, Role.INSPECTOR)
"""Whoever watches cases is told of alarms; administrators too, who invite overseers where there is
none. Watchers approve.
"""


def _writes(actor: Actor, facts: Facts) -> bool:
    """Whoever tells or answers may lay a file ready; to what it is sent is another question."""
    return isinstance(actor, Stranger | Reporter) or _works_cases(actor, facts)


def _correspondent(actor: Actor, facts: Facts) -> bool:
    """Whoever has the key to a conversation: holders, and whom the reporter turned to."""
    return _watches_cases(actor, facts) and facts.is_correspondent


def _attested_correspondent(actor: Actor, facts: Facts) -> bool:
    return _correspondent(actor, facts) and facts.has_attested


def _holder(actor: Actor, facts: Facts) -> bool:
    return _works_cases(actor, facts) and facts.is_holder


def _attested_holder(actor: Actor, facts: Facts) -> bool:
    return _holder(actor, facts) and facts.has_attested


def _kept_out(actor: Actor, facts: Facts) -> bool:
    """Whoever has a key that they may not use any more: all that is left to them is to give it up.
    Where that is so no other fact about the case is.
    """
    return isinstance(actor, Staff) and facts.is_kept_out


def _approver(actor: Actor, facts: Facts) -> bool:
    if not isinstance(actor, Staff) or facts.is_self:
        return False
    is_its_supervisor = Role.SUPERVISOR in actor.roles and facts.is_in_queue
    return is_its_supervisor or Role.OVERSEER in actor.roles


def _supervising_holder(actor: Actor, facts: Facts) -> bool:
    """A supervisor who holds the case. Nobody endorses their own proposal: a rule sees to it."""
    is_supervisor = isinstance(actor, Staff) and Role.SUPERVISOR in actor.roles
    return _attested_holder(actor, facts) and is_supervisor


def _keeper(actor: Actor, facts: Facts) -> bool:
    return _attested_holder(actor, facts) and facts.is_keeper


def _second_person(actor: Actor, facts: Facts) -> bool:
    """Who may decide on a request of somebody else's: another keeper, a supervisor who holds the
    case, or the overseer of the case.
    """
    if facts.is_self:
        return False
    if _keeper(actor, facts) or _supervising_holder(actor, facts):
        return True
    return _overseer(actor, facts) and facts.is_its_overseer


def _other_administrator(actor: Actor, facts: Facts) -> bool:
    """An administrator, about somebody else."""
    return _administrator(actor, facts) and not facts.is_self


def _inviter(actor: Actor, facts: Facts) -> bool:
    return _operator(actor, facts) or _administrator(actor, facts)


def _approver_of_roles(actor: Actor, facts: Facts) -> bool:
    """Overseers; while there is none, supervisors. Never oneself, never an administrator."""
    if not isinstance(actor, Staff) or facts.is_self:
        return False
    stands_in = (
        Role.SUPERVISOR in actor.roles and bool(actor.queue_ids) and facts.is_without_overseer
    )
    return Role.OVERSEER in actor.roles or stands_in


def _proposer(actor: Actor, facts: Facts) -> bool:
    """Who may ask for a change of who is given concerns. A change needs a second person."""
    return _watcher(actor, facts) or _administrator(actor, facts)


def _leaver(actor: Actor, facts: Facts) -> bool:
    """Who may take somebody out of a queue: that person, or whoever could have let them in."""
    return (isinstance(actor, Staff) and facts.is_self) or _approver(actor, facts)


def _sees_its_trail(actor: Actor, facts: Facts) -> bool:
    """The holders of a case and its overseer."""
    return _holder(actor, facts) or (_overseer(actor, facts) and facts.is_its_overseer)


RULES: Mapping[Action, Rule] = {
    Action.ALARMS_READ: _is_told_of_alarms,
    Action.CASELOAD_READ: _sees_figures,
    Action.CASE_ACKNOWLEDGE: _attested_holder,
    Action.CASE_ADD_HOLDER: _attested_holder,
    Action.CASE_ATTEST: _holder,
    Action.CASE_CLOSE: _attested_holder,
    Action.CASE_CODE_THEMES: _attested_holder,
    Action.CASE_CONSENT: _attested_holder,
    Action.CASE_ENDORSE: _supervising_holder,
    Action.CASE_EXPORT: _attested_holder,
    Action.CASE_EXTEND: _attested_holder,
    Action.CASE_EXTEND_AGREE: _supervising_holder,
    Action.CASE_FILE_OPEN: _attested_holder,
    Action.CASE_FILE_ORIGINAL: _attested_holder,
    Action.CASE_HAND_OVER: _works_cases,
    Action.CASE_KEEP_UP: _attested_holder,
    Action.CASE_LEAVE: _kept_out,
    Action.CASE_OPEN: _attested_holder,
    Action.CASE_PROPOSE: _attested_holder,
    Action.CASE_REROUTE: _keeper,
    Action.CASE_RISK: _attested_holder,
    Action.CASE_STATUS: _attested_holder,
    Action.CASE_TAKE: _attested_holder,
    Action.CASE_TRAIL: _sees_its_trail,
    Action.CASE_WRITE: _attested_holder,
    Action.CONCERN_PREPARE: _stranger,
    Action.CONCERN_SUBMIT: _stranger,
    Action.CONVERSATION_ASK_NOTES: _attested_correspondent,
    Action.CONVERSATION_ATTEST: _correspondent,
    Action.CONVERSATION_GIVE_NOTES: _attested_holder,
    Action.CONVERSATION_LIST: _watches_cases,
    Action.CONVERSATION_OPEN: _attested_correspondent,
    Action.CONVERSATION_WRITE: _attested_correspondent,
    Action.DEMO_ADVANCE: _operator,
    Action.DEMO_CODE: _operator,
    Action.DEMO_LOAD: _operator,
    Action.DEMO_TELL: _operator,
    Action.EVIDENCE_EXPORT: _inspector,
    Action.EVIDENCE_READ: _inspector,
    Action.FILE_TAKE: _writes,
    Action.FORM_PARK: _staff,
    Action.FORM_RESUME: _staff,
    Action.IDENTITY_AGREE: _second_person,
    Action.IDENTITY_ASK: _attested_holder,
    Action.IDENTITY_GIVE: _keeper,
    Action.IDENTITY_READ: _keeper,
    Action.IDENTITY_WATCH: _overseer,
    Action.INSTALL_INIT: _operator,
    Action.INSTALL_KEYS: _operator,
    Action.LEDGER_READ: _sees_accounts_trail,
    Action.LEDGER_VERIFY: _operator,
    Action.MAILBOX_ENTER: _stranger,
    Action.MAILBOX_FILE_OPEN: _party,
    Action.MAILBOX_OPEN: _party,
    Action.MAILBOX_TURN: _party,
    Action.MAILBOX_WRITE: _party,
    Action.PEOPLE_APPROVE: _approver,
    Action.PEOPLE_APPROVE_ROLE: _approver_of_roles,
    Action.PEOPLE_AWAY: _staff,
    Action.PEOPLE_CONFIRM: _staff,
    Action.PEOPLE_END: _administrator,
    Action.PEOPLE_ENROL: _operator,
    Action.PEOPLE_FACTORS: _staff,
    Action.PEOPLE_INVITE: _inviter,
    Action.PEOPLE_JOIN: _visitor,
    Action.PEOPLE_LEAVE_QUEUE: _leaver,
    Action.PEOPLE_LIST: _administrator,
    Action.PEOPLE_LOOK: _staff,
    Action.PEOPLE_NEW_KEYS: _visitor,
    Action.PEOPLE_OFFER_KEYS: _other_administrator,
    Action.PEOPLE_PROPOSE: _proposer,
    Action.PEOPLE_RECOGNISE: _visitor,
    Action.PEOPLE_RECOVER: _visitor,
    Action.PEOPLE_ROLES: _administrator,
    Action.PEOPLE_SIGN_IN: _visitor,
    Action.PEOPLE_SIGN_OUT: _staff,
    Action.PEOPLE_WAITING: _watcher,
    Action.PEOPLE_WHEREABOUTS: _administrator,
    Action.QUEUE_APPROVE: _approver,
    Action.QUEUE_PROPOSE: _proposer,
    Action.QUEUE_READ: _works_cases,
    Action.QUEUE_SETTINGS: _proposer,
    Action.RECOVERY_DRAW: _operator_or_officers,
    Action.RECOVERY_GIVE: _officers,
    Action.RECOVERY_INIT: _operator,
    Action.RECOVERY_LOOK: _operator,
    Action.RECOVERY_MEET: _operator,
    Action.RECOVERY_RENEW: _officers,
    Action.RECOVERY_RESEAL: _officers,
    Action.REVIEW_READ: _overseer,
    Action.SERVICE_CHECK: _anybody,
    Action.SESSIONS_END: _operator_or_worker,
    Action.SIGNATURES_ACCEPT: _operator,
    Action.THEMES_READ: _leader,
    Action.WORK_AFTERCARE: _worker,
    Action.WORK_CASELOAD: _worker,
    Action.WORK_DIGEST: _worker,
    Action.WORK_FILES: _worker,
    Action.WORK_LEAVERS: _worker,
    Action.WORK_LEDGER: _worker,
    Action.WORK_MAIL: _worker,
    Action.WORK_PAGE: _worker,
    Action.WORK_PURGE: _worker,
    Action.WORK_RELEASE: _worker,
    Action.WORK_REQUESTS: _worker,
    Action.WORK_SWEEP: _worker,
    Action.WORK_WATCH: _worker,
}
