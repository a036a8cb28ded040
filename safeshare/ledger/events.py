"""The kinds of ledger entry, as `thing:what_happened`, in alphabetical order."""

from enum import StrEnum


class Event(StrEnum):
    """What an entry says happened."""

    ACTION_REFUSED = "action:refused"
    ALARM_RAISED = "alarm:raised"
    CASE_ACKNOWLEDGED = "case:acknowledged"
    CASE_AFTERCARE_ENDED = "case:aftercare_ended"
    CASE_CLOSED = "case:closed"
    CASE_CODED = "case:coded"
    CASE_CONFLICT_ATTESTED = "case:conflict_attested"
    CASE_CONFLICT_DECLARED = "case:conflict_declared"
    CASE_MESSAGE_WRITTEN = "case:message_written"
    CASE_NAMES_READ = "case:names_read"
    CASE_OPENED = "case:opened"
    CASE_STATUS_CHANGED = "case:status_changed"
    CASE_TAKEN = "case:taken"
    CONCERN_SUBMITTED = "concern:submitted"
    DAY_COLLECTED = "day:collected"
    DEMO_CLOCK_ADVANCED = "demo:clock_advanced"
    DEMO_LOADED = "demo:loaded"
    DIGESTS_QUEUED = "digests:queued"
    FORM_DROPPED = "form:dropped"
    FORM_PARKED = "form:parked"
    FORM_RESUMED = "form:resumed"
    INSTALLATION_SET_UP = "installation:set_up"
    MAIL_CLAIMED = "mail:claimed"
    MAIL_SETTLED = "mail:settled"
    MAILBOX_MESSAGE_WRITTEN = "mailbox:message_written"
    MAILBOX_OPENED = "mailbox:opened"
    ON_CALL_PAGED = "on_call:paged"
    PEOPLE_APPROVED = "people:approved"
    PEOPLE_ENROLLED = "people:enrolled"
    PEOPLE_SIGN_IN_FAILED = "people:sign_in_failed"
    PEOPLE_SIGNED_IN = "people:signed_in"
    PEOPLE_SIGNED_OUT = "people:signed_out"
    PROMISES_SWEPT = "promises:swept"
    RECOVERY_SET_UP = "recovery:set_up"
    ROTA_SET = "rota:set"
    ROUTING_LOADED = "routing:loaded"
    SESSIONS_PURGED = "sessions:purged"
    THEMES_RELEASED = "themes:released"


WITHOUT_TIME = frozenset({Event.MAIL_CLAIMED, Event.MAIL_SETTLED, Event.ON_CALL_PAGED})
"""What the worker does at once because of a reporter. An instant here would tell the minute at
which a concern came, so these entries go where the reporters' do.
"""
