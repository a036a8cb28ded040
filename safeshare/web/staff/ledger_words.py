"""The words for what stands on the ledger, for the pages about the service as a whole."""

from collections.abc import Mapping

from safeshare.ledger.events import Event
from safeshare.oversight.rules import Age, Sign, Stage
from safeshare.web.shared.i18n import lazy_gettext as _

_EVENT_WORDS: Mapping[Event, object] = {
    Event.ACTION_OVERTAKEN: _("Came too late: somebody else had changed it"),
    Event.ACTION_REFUSED: _("Asked for something that they may not do, and was refused"),
    Event.ALARM_RAISED: _("Alarm: something sealed, signed or stored is not as it was written"),
    Event.CASE_ACKNOWLEDGED: _("Acknowledged the concern"),
    Event.CASE_AFTERCARE_ENDED: _("Aftercare ended"),
    Event.CASE_CLOSED: _("Closed the case"),
    Event.CASE_CODED: _("Coded the themes"),
    Event.CASE_CONFLICT_ATTESTED: _("Declared that they have no tie"),
    Event.CASE_CONSENT_ASKED: _("Asked the reporter for consent"),
    Event.CASE_DECISION_ENDORSED: _("Endorsed a decision"),
    Event.CASE_DECISION_PROPOSED: _("Proposed a decision"),
    Event.CASE_DECISION_REFUSED: _("Turned a decision down"),
    Event.CASE_EXPORTED: _("Saved the case as a file"),
    Event.CASE_EXTENSION_AGREED: _("Agreed to a later date for the result"),
    Event.CASE_EXTENSION_ASKED: _("Asked for a later date for the result"),
    Event.CASE_EXTENSION_REFUSED: _("Did not agree to a later date for the result"),
    Event.CASE_FILE_OPENED: _("Opened a file"),
    Event.CASE_FILE_ORIGINAL_OPENED: _("Opened a file as it was sent"),
    Event.CASE_HOLDER_ADDED: _("Somebody was given the case"),
    Event.CASE_HOLDER_REMOVED: _("Somebody holds the case no longer"),
    Event.CASE_KEPT_UP: _("Brought the keys of the case up to date"),
    Event.CASE_KEYS_ROTATED: _("Changed the keys of the case"),
    Event.CASE_MESSAGE_WRITTEN: _("Wrote to the reporter"),
    Event.CASE_NAMES_READ: _("Read the names and places given"),
    Event.CASE_NOTES_ASKED: _("Asked for the notes of the case"),
    Event.CASE_OVERSEER_CHANGED: _("Gave the case to another overseer"),
    Event.CASE_OPENED: _("Opened the case"),
    Event.CASE_REROUTED: _("Moved the case to another queue"),
    Event.CASE_RISK_JUDGED: _("Judged the risk"),
    Event.CASE_STATUS_CHANGED: _("Changed the status"),
    Event.CASE_TAKEN: _("Became the contact person"),
    Event.CASE_TRAIL_READ: _("Looked at this trail"),
    Event.CASELOAD_COUNTED: _("Counted the caseload"),
    Event.CASES_HANDED_OVER: _("Handed cases over"),
    Event.CASES_WATCHED: _("Checked that every case can be opened"),
    Event.CONCERN_SUBMITTED: _("Sent the concern"),
    Event.DAY_COLLECTED: _("Closed the ledger of past days"),
    Event.DEMO_CLOCK_ADVANCED: _("Moved the clock of the demo"),
    Event.DEMO_LOADED: _("Loaded the demo"),
    Event.DIGESTS_QUEUED: _("Promised the daily mails"),
    Event.FORM_DROPPED: _("Threw an unsent form away"),
    Event.FORM_PARKED: _("An unsent form was kept"),
    Event.FORM_RESUMED: _("Went on with an unsent form"),
    Event.IDENTITY_ASKED: _("Asked to be told who the reporter is"),
    Event.IDENTITY_GIVEN: _("Gave somebody the key of the reporter's name"),
    Event.IDENTITY_HANDED_OVER: _("Handed the reporter's name over to another keeper"),
    Event.IDENTITY_OPENED: _("Read who the reporter is"),
    Event.IDENTITY_PASSED_ON: _("Passed on who the reporter is"),
    Event.INSTALLATION_KEYS_RENEWED: _("Made new keys for the worker"),
    Event.INSTALLATION_RESEALED: _("Sealed anew what belongs to no case"),
    Event.INSTALLATION_SET_UP: _("Set the installation up"),
    Event.LEDGER_ACCEPTED: _("Accepted the ledger as it is, after an older backup was put back"),
    Event.LEDGER_EXPORTED: _("Exported evidence without names"),
    Event.LEDGER_READ: _("Looked at the ledger of accounts"),
    Event.MAIL_CLAIMED: _("Began to send mail"),
    Event.MAIL_SETTLED: _("Finished sending mail"),
    Event.MAILBOX_ESCALATED: _("Asked the overseer to look"),
    Event.MAILBOX_FILE_OPENED: _("Opened a file in the mailbox"),
    Event.MAILBOX_MESSAGE_WRITTEN: _("Wrote from the mailbox"),
    Event.MAILBOX_OPENED: _("Opened the mailbox"),
    Event.MAILBOX_SOMEBODY_ELSE_ASKED: _("Asked for somebody else"),
    Event.ON_CALL_PAGED: _("Called the person on call"),
    Event.PEOPLE_APPROVED: _("Approved somebody for a queue"),
    Event.PEOPLE_AWAY: _("Is away"),
    Event.PEOPLE_BACK: _("Is back"),
    Event.PEOPLE_CONFIRMED: _("Proved again who they are"),
    Event.PEOPLE_ENDED: _("Ended an account"),
    Event.PEOPLE_ENROLLED: _("Made an account"),
    Event.PEOPLE_FACTOR_CHANGED: _("Changed a way of signing in"),
    Event.PEOPLE_IDENTIFIED: _("Was identified by the service's own sign-in"),
    Event.PEOPLE_INVITED: _("Invited somebody"),
    Event.PEOPLE_KEYS_OFFERED: _("Offered new keys"),
    Event.PEOPLE_KEYS_RENEWED: _("Approved somebody's new keys"),
    Event.PEOPLE_KEYS_TAKEN: _("Took new keys"),
    Event.PEOPLE_LEFT_QUEUE: _("Left a queue"),
    Event.PEOPLE_LINK_REFUSED: _("A link was used that does not hold"),
    Event.PEOPLE_PROPOSED: _("Proposed somebody for a queue"),
    Event.PEOPLE_REFUSED: _("Signing in was refused"),
    Event.PEOPLE_ROLE_APPROVED: _("Approved a role"),
    Event.PEOPLE_ROLES_CHANGED: _("Changed somebody's roles"),
    Event.PEOPLE_SESSIONS_ENDED: _("Ended every session"),
    Event.PEOPLE_SIGN_IN_FAILED: _("Tried to sign in and failed"),
    Event.PEOPLE_SIGNED_IN: _("Signed in"),
    Event.PEOPLE_SIGNED_OUT: _("Signed out"),
    Event.PEOPLE_SIGNED_OUT_EVERYWHERE: _("Signed out everywhere"),
    Event.PEOPLE_TURNED_DOWN: _("Turned somebody down for a queue"),
    Event.PEOPLE_WHEREABOUTS_CHANGED: _("Changed somebody’s staff number or place"),
    Event.PEOPLE_WITHDRAWN: _("Withdrew an invitation"),
    Event.PROMISES_SWEPT: _("Looked after the promises that fell due"),
    Event.PROPOSAL_MADE: _("Proposed a change of settings"),
    Event.PROPOSAL_TURNED_DOWN: _("Turned a change of settings down"),
    Event.QUEUE_CHANGED: _("Changed a queue"),
    Event.RECOVERY_CASE_GIVEN: _("Recovery gave somebody the case"),
    Event.RECOVERY_CASE_LEFT: _("Recovery left the case as it was"),
    Event.RECOVERY_CASE_MOVED: _("The case was moved to the new recovery key"),
    Event.RECOVERY_CASE_RESEALED: _("The case was sealed anew"),
    Event.RECOVERY_CASES_MOVED: _("Moved cases to the new recovery key"),
    Event.RECOVERY_OPENED: _("The recovery officers came together"),
    Event.RECOVERY_REFUSED: _("Recovery was refused"),
    Event.RECOVERY_RENEWAL_ENDED: _("Finished renewing recovery"),
    Event.RECOVERY_RENEWED: _("Renewed recovery"),
    Event.RECOVERY_ROUND_ENDED: _("Finished a round of recovery"),
    Event.RECOVERY_SET_UP: _("Set recovery up"),
    Event.REQUEST_AGREED: _("Agreed to a request for the reporter's name"),
    Event.REQUEST_ANSWERED: _("Answered a request for the reporter's name"),
    Event.REQUEST_DECLINED: _("Declined a request for the reporter's name"),
    Event.REQUEST_EXPIRED: _("A request for the reporter's name ran out"),
    Event.REQUEST_READ: _("Read a request for the reporter's name"),
    Event.REQUEST_WITHDRAWN: _("Withdrew a request for the reporter's name"),
    Event.REVIEW_READ: _("Looked at the weekly review"),
    Event.ROTA_SET: _("Set the rota"),
    Event.ROUTING_CHANGED: _("Changed the routing"),
    Event.ROUTING_LOADED: _("Loaded the routing"),
    Event.SESSIONS_PURGED: _("Threw old sessions away"),
    Event.SIGNATURES_ACCEPTED: _("Accepted the signed records as they are"),
    Event.THEMES_RELEASED: _("Released the themes"),
}

_ACTOR_WORDS: Mapping[str, object] = {
    "officers": _("the recovery officers"),
    "operator": _("the people who run the server"),
    "reporter": _("the reporter"),
    "staff": _("a member of staff"),
    "stranger": _("somebody who has not signed in"),
    "visitor": _("somebody at the sign-in page"),
    "worker": _("the program"),
}

_STAGE_WORDS: Mapping[Stage, object] = {
    Stage.NEW: _("Received, not looked at yet"),
    Stage.TRIAGE: _("Triage, or waiting for the reporter"),
    Stage.IN_HAND: _("Being worked on"),
    Stage.OUTCOME: _("Outcome"),
}

_AGE_WORDS: Mapping[Age, object] = {
    Age.UNDER_28: _("Under 28 days"),
    Age.UNDER_90: _("28 to 89 days"),
    Age.OLDER: _("90 days and more"),
}

_SIGN_WORDS: Mapping[Sign, object] = {
    Sign.FAR_MORE_CASES: _("Far more cases than before"),
    Sign.ODD_HOURS: _("At night"),
    Sign.OPENED_AND_LEFT: _("Opened, and nothing else done"),
    Sign.REFUSED_OFTEN: _("Refused often"),
}


def event_words(event: Event) -> str:
    """What an entry says happened."""
    return str(_EVENT_WORDS[event])


def actor_words(kind: str) -> str:
    """Who did it, where no name is shown."""
    return str(_ACTOR_WORDS[kind])


def stage_words(stage: Stage) -> str:
    """A stage of the caseload."""
    return str(_STAGE_WORDS[stage])


def age_words(age: Age) -> str:
    """An age of the caseload."""
    return str(_AGE_WORDS[age])


def sign_words(sign: Sign) -> str:
    """Why somebody's week is pointed at."""
    return str(_SIGN_WORDS[sign])
