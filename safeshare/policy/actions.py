"""Everything that anybody can do, as `scope:resource:action`, in alphabetical order."""

from enum import StrEnum


class Action(StrEnum):
    """An action that the policy has a rule for."""

    ALARMS_READ = "alarms:cases:list"
    CASELOAD_READ = "caseload:figures:read"
    CASE_ACKNOWLEDGE = "case:concern:acknowledge"
    CASE_ADD_HOLDER = "case:holder:add"
    CASE_ATTEST = "case:conflict:attest"
    CASE_CLOSE = "case:status:close"
    CASE_CODE_THEMES = "case:themes:code"
    CASE_CONSENT = "case:consent:ask"
    CASE_ENDORSE = "case:decision:endorse"
    CASE_EXPORT = "case:content:export"
    CASE_EXTEND = "case:feedback:ask_longer"
    CASE_EXTEND_AGREE = "case:feedback:agree_longer"
    CASE_FILE_OPEN = "case:file:open"
    CASE_FILE_ORIGINAL = "case:file:open_original"
    CASE_HAND_OVER = "case:holder:hand_over"
    CASE_KEEP_UP = "case:keys:keep_up"
    CASE_LEAVE = "case:holder:leave"
    CASE_OPEN = "case:content:open"
    CASE_PROPOSE = "case:decision:propose"
    CASE_REROUTE = "case:queue:change"
    CASE_RISK = "case:risk:judge"
    CASE_STATUS = "case:status:change"
    CASE_TAKE = "case:contact:take"
    CASE_TRAIL = "case:trail:read"
    CASE_WRITE = "case:message:write"
    CONCERN_PREPARE = "concern:draft:prepare"
    CONCERN_SUBMIT = "concern:concern:submit"
    CONVERSATION_ASK_NOTES = "conversation:notes:ask"
    CONVERSATION_ATTEST = "conversation:conflict:attest"
    CONVERSATION_GIVE_NOTES = "conversation:notes:give"
    CONVERSATION_LIST = "conversation:cases:list"
    CONVERSATION_OPEN = "conversation:content:open"
    CONVERSATION_WRITE = "conversation:message:write"
    DEMO_ADVANCE = "demo:clock:advance"
    DEMO_CODE = "demo:code:show"
    DEMO_LOAD = "demo:organisation:load"
    DEMO_TELL = "demo:concern:tell"
    EVIDENCE_EXPORT = "ledger:evidence:export"
    EVIDENCE_READ = "ledger:evidence:read"
    FILE_TAKE = "file:upload:take"
    FORM_PARK = "form:unsent:park"
    FORM_RESUME = "form:unsent:resume"
    IDENTITY_AGREE = "identity:request:decide"
    IDENTITY_ASK = "identity:request:ask"
    IDENTITY_GIVE = "identity:key:give"
    IDENTITY_READ = "identity:content:open"
    IDENTITY_WATCH = "identity:request:list"
    INSTALL_INIT = "install:settings:init"
    INSTALL_KEYS = "install:worker_keys:renew"
    LEDGER_READ = "ledger:accounts:read"
    LEDGER_VERIFY = "ledger:chains:verify"
    MAILBOX_ENTER = "mailbox:session:enter"
    MAILBOX_FILE_OPEN = "mailbox:file:open"
    MAILBOX_OPEN = "mailbox:content:open"
    MAILBOX_TURN = "mailbox:reader:ask"
    MAILBOX_WRITE = "mailbox:message:write"
    PEOPLE_APPROVE = "people:membership:approve"
    PEOPLE_APPROVE_ROLE = "people:role:approve"
    PEOPLE_AWAY = "people:own_account:away"
    PEOPLE_CONFIRM = "people:session:confirm"
    PEOPLE_END = "people:account:end"
    PEOPLE_ENROL = "people:account:enrol"
    PEOPLE_FACTORS = "people:factors:change"
    PEOPLE_INVITE = "people:account:invite"
    PEOPLE_JOIN = "people:account:join"
    PEOPLE_LEAVE_QUEUE = "people:membership:end"
    PEOPLE_LIST = "people:account:list"
    PEOPLE_LOOK = "people:own_account:look"
    PEOPLE_NEW_KEYS = "people:keys:renew"
    PEOPLE_OFFER_KEYS = "people:keys:offer"
    PEOPLE_PROPOSE = "people:membership:propose"
    PEOPLE_RECOGNISE = "people:session:recognise"
    PEOPLE_RECOVER = "people:account:recover"
    PEOPLE_ROLES = "people:roles:change"
    PEOPLE_SIGN_IN = "people:session:sign_in"
    PEOPLE_SIGN_OUT = "people:session:sign_out"
    PEOPLE_WAITING = "people:membership:list"
    PEOPLE_WHEREABOUTS = "people:whereabouts:change"
    QUEUE_APPROVE = "queue:settings:approve"
    QUEUE_PROPOSE = "queue:settings:propose"
    QUEUE_READ = "queue:cases:list"
    QUEUE_SETTINGS = "queue:settings:read"
    RECOVERY_DRAW = "recovery:keys:draw"
    RECOVERY_GIVE = "recovery:case:give"
    RECOVERY_INIT = "recovery:keys:init"
    RECOVERY_LOOK = "recovery:keys:look"
    RECOVERY_MEET = "recovery:keys:open"
    RECOVERY_RENEW = "recovery:keys:renew"
    RECOVERY_RESEAL = "recovery:case:reseal"
    REVIEW_READ = "ledger:review:read"
    SERVICE_CHECK = "service:health:check"
    SESSIONS_END = "install:sessions:end"
    SIGNATURES_ACCEPT = "install:signatures:accept"
    THEMES_READ = "themes:release:read"
    WORK_AFTERCARE = "work:aftercare:end"
    WORK_CASELOAD = "work:caseload:count"
    WORK_DIGEST = "work:digest:send"
    WORK_FILES = "work:files:purge"
    WORK_LEAVERS = "work:leavers:end"
    WORK_LEDGER = "work:ledger:collect"
    WORK_MAIL = "work:mail:send"
    WORK_PAGE = "work:on_call:page"
    WORK_PURGE = "work:sessions:purge"
    WORK_RELEASE = "work:themes:release"
    WORK_REQUESTS = "work:requests:expire"
    WORK_SWEEP = "work:promises:sweep"
    WORK_WATCH = "work:cases:watch"


NEEDS_FRESH_SIGN_IN = frozenset(
    {
        Action.CASE_ADD_HOLDER,
        Action.CASE_EXPORT,
        Action.CASE_FILE_ORIGINAL,
        Action.CASE_HAND_OVER,
        Action.CASE_REROUTE,
        Action.CONVERSATION_GIVE_NOTES,
        Action.EVIDENCE_EXPORT,
        Action.IDENTITY_AGREE,
        Action.IDENTITY_GIVE,
        Action.IDENTITY_READ,
        Action.PEOPLE_APPROVE,
        Action.PEOPLE_APPROVE_ROLE,
        Action.PEOPLE_END,
        Action.PEOPLE_FACTORS,
        Action.PEOPLE_INVITE,
        Action.PEOPLE_LEAVE_QUEUE,
        Action.PEOPLE_OFFER_KEYS,
        Action.PEOPLE_ROLES,
        Action.PEOPLE_WHEREABOUTS,
        Action.QUEUE_APPROVE,
    }
)
"""What a member of staff may do only shortly after they gave both factors: acts that somebody at an
unlocked screen must not be able to do. The policy refuses them otherwise; the staff app asks for
both factors before it shows a page that serves one.
"""

CHANGES_ACCESS = frozenset(
    {
        Action.CASE_ADD_HOLDER,
        Action.CASE_ATTEST,
        Action.CASE_HAND_OVER,
        Action.CASE_REROUTE,
        Action.CONVERSATION_ATTEST,
        Action.CONVERSATION_GIVE_NOTES,
        Action.IDENTITY_AGREE,
        Action.IDENTITY_GIVE,
        Action.PEOPLE_APPROVE,
        Action.PEOPLE_APPROVE_ROLE,
        Action.PEOPLE_END,
        Action.PEOPLE_LEAVE_QUEUE,
        Action.PEOPLE_PROPOSE,
        Action.PEOPLE_ROLES,
        Action.PEOPLE_WHEREABOUTS,
        Action.QUEUE_APPROVE,
        Action.QUEUE_PROPOSE,
        Action.RECOVERY_GIVE,
        Action.RECOVERY_RENEW,
    }
)
"""What changes who may read. Where two people do so at once, the ledger tells of the second too."""
