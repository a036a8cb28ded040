"""The kinds of ledger entry, as `thing:what_happened`, in alphabetical order."""

from enum import StrEnum


class Event(StrEnum):
    """What an entry says happened."""

    ACTION_OVERTAKEN = "action:overtaken"
    ACTION_REFUSED = "action:refused"
    ALARM_RAISED = "alarm:raised"
    CASE_ACKNOWLEDGED = "case:acknowledged"
    CASE_AFTERCARE_ENDED = "case:aftercare_ended"
    CASE_CLOSED = "case:closed"
    CASE_CODED = "case:coded"
    CASE_CONFLICT_ATTESTED = "case:conflict_attested"
    CASE_CONSENT_ASKED = "case:consent_asked"
    CASE_DECISION_ENDORSED = "case:decision_endorsed"
    CASE_DECISION_PROPOSED = "case:decision_proposed"
    CASE_DECISION_REFUSED = "case:decision_refused"
    CASE_EXPORTED = "case:exported"
    CASE_EXTENSION_AGREED = "case:extension_agreed"
    CASE_EXTENSION_ASKED = "case:extension_asked"
    CASE_EXTENSION_REFUSED = "case:extension_refused"
    CASE_FILE_OPENED = "case:file_opened"
    CASE_FILE_ORIGINAL_OPENED = "case:file_original_opened"
    CASE_HOLDER_ADDED = "case:holder_added"
    CASE_HOLDER_REMOVED = "case:holder_removed"
    CASE_KEPT_UP = "case:kept_up"
    CASE_KEYS_ROTATED = "case:keys_rotated"
    CASE_MESSAGE_WRITTEN = "case:message_written"
    CASE_NAMES_READ = "case:names_read"
    CASE_NOTES_ASKED = "case:notes_asked"
    CASE_OPENED = "case:opened"
    CASE_OVERSEER_CHANGED = "case:overseer_changed"
    CASE_REROUTED = "case:rerouted"
    CASE_RISK_JUDGED = "case:risk_judged"
    CASE_STATUS_CHANGED = "case:status_changed"
    CASE_TAKEN = "case:taken"
    CASE_TRAIL_READ = "case:trail_read"
    CASELOAD_COUNTED = "caseload:counted"
    CASES_HANDED_OVER = "cases:handed_over"
    CASES_WATCHED = "cases:watched"
    CONCERN_SUBMITTED = "concern:submitted"
    DAY_COLLECTED = "day:collected"
    DEMO_CLOCK_ADVANCED = "demo:clock_advanced"
    DEMO_LOADED = "demo:loaded"
    DIGESTS_QUEUED = "digests:queued"
    FORM_DROPPED = "form:dropped"
    FORM_PARKED = "form:parked"
    FORM_RESUMED = "form:resumed"
    IDENTITY_ASKED = "identity:asked"
    IDENTITY_GIVEN = "identity:given"
    IDENTITY_HANDED_OVER = "identity:handed_over"
    IDENTITY_OPENED = "identity:opened"
    IDENTITY_PASSED_ON = "identity:passed_on"
    INSTALLATION_KEYS_RENEWED = "installation:keys_renewed"
    INSTALLATION_RESEALED = "installation:resealed"
    INSTALLATION_SET_UP = "installation:set_up"
    LEDGER_ACCEPTED = "ledger:accepted"
    LEDGER_EXPORTED = "ledger:exported"
    LEDGER_READ = "ledger:read"
    MAIL_CLAIMED = "mail:claimed"
    MAIL_SETTLED = "mail:settled"
    MAILBOX_ESCALATED = "mailbox:escalated"
    MAILBOX_FILE_OPENED = "mailbox:file_opened"
    MAILBOX_MESSAGE_WRITTEN = "mailbox:message_written"
    MAILBOX_OPENED = "mailbox:opened"
    MAILBOX_SOMEBODY_ELSE_ASKED = "mailbox:somebody_else_asked"
    ON_CALL_PAGED = "on_call:paged"
    PEOPLE_APPROVED = "people:approved"
    PEOPLE_AWAY = "people:away"
    PEOPLE_BACK = "people:back"
    PEOPLE_CONFIRMED = "people:confirmed"
    PEOPLE_ENDED = "people:ended"
    PEOPLE_ENROLLED = "people:enrolled"
    PEOPLE_FACTOR_CHANGED = "people:factor_changed"
    PEOPLE_IDENTIFIED = "people:identified"
    PEOPLE_INVITED = "people:invited"
    PEOPLE_KEYS_OFFERED = "people:keys_offered"
    PEOPLE_KEYS_RENEWED = "people:keys_renewed"
    PEOPLE_KEYS_TAKEN = "people:keys_taken"
    PEOPLE_LEFT_QUEUE = "people:left_queue"
    PEOPLE_LINK_REFUSED = "people:link_refused"
    PEOPLE_PROPOSED = "people:proposed"
    PEOPLE_REFUSED = "people:refused"
    PEOPLE_ROLE_APPROVED = "people:role_approved"
    PEOPLE_ROLES_CHANGED = "people:roles_changed"
    PEOPLE_SESSIONS_ENDED = "people:sessions_ended"
    PEOPLE_SIGN_IN_FAILED = "people:sign_in_failed"
    PEOPLE_SIGNED_IN = "people:signed_in"
    PEOPLE_SIGNED_OUT = "people:signed_out"
    PEOPLE_SIGNED_OUT_EVERYWHERE = "people:signed_out_everywhere"
    PEOPLE_TURNED_DOWN = "people:turned_down"
    PEOPLE_WHEREABOUTS_CHANGED = "people:whereabouts_changed"
    PEOPLE_WITHDRAWN = "people:withdrawn"
    PROMISES_SWEPT = "promises:swept"
    PROPOSAL_MADE = "proposal:made"
    PROPOSAL_TURNED_DOWN = "proposal:turned_down"
    QUEUE_CHANGED = "queue:changed"
    RECOVERY_CASE_GIVEN = "recovery:case_given"
    RECOVERY_CASE_LEFT = "recovery:case_left"
    RECOVERY_CASE_MOVED = "recovery:case_moved"
    RECOVERY_CASE_RESEALED = "recovery:case_resealed"
    RECOVERY_CASES_MOVED = "recovery:cases_moved"
    RECOVERY_OPENED = "recovery:opened"
    RECOVERY_REFUSED = "recovery:refused"
    RECOVERY_RENEWAL_ENDED = "recovery:renewal_ended"
    RECOVERY_RENEWED = "recovery:renewed"
    RECOVERY_ROUND_ENDED = "recovery:round_ended"
    RECOVERY_SET_UP = "recovery:set_up"
    REQUEST_AGREED = "request:agreed"
    REQUEST_ANSWERED = "request:answered"
    REQUEST_DECLINED = "request:declined"
    REQUEST_EXPIRED = "request:expired"
    REQUEST_READ = "request:read"
    REQUEST_WITHDRAWN = "request:withdrawn"
    REVIEW_READ = "review:read"
    ROTA_SET = "rota:set"
    ROUTING_CHANGED = "routing:changed"
    ROUTING_LOADED = "routing:loaded"
    SESSIONS_PURGED = "sessions:purged"
    SIGNATURES_ACCEPTED = "signatures:accepted"
    THEMES_RELEASED = "themes:released"


WITHOUT_TIME = frozenset({Event.MAIL_CLAIMED, Event.MAIL_SETTLED, Event.ON_CALL_PAGED})
"""What the worker does at once because of a reporter. An instant here would tell the minute at
which a concern came, so these entries go where the reporters' do.
"""

_ACCOUNTS = frozenset(
    {
        "alarm",
        "demo",
        "installation",
        "ledger",
        "people",
        "proposal",
        "queue",
        "recovery",
        "review",
        "rota",
        "routing",
        "signatures",
        "themes",
    }
)

ABOUT_ACCOUNTS = frozenset(one for one in Event if one.partition(":")[0] in _ACCOUNTS)
"""What happens to accounts and settings: the part of the ledger that administrators and inspectors
may browse. An entry of these kinds that names a case is left to the people of that case.
"""
