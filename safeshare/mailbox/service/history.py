"""The access history: who did what with a concern, by role and day, as the ledger tells it.

No instant: a day is enough to see who had it, and a handler's hours are theirs. Nothing of what was
written. Whoever declared a tie is somebody who lost the keys, like anybody else who did: the reason
is sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from safeshare.gate import Door, use_case
from safeshare.ledger.events import Event
from safeshare.mailbox.queries import Access, list_access
from safeshare.mailbox.service.party import party_facts, reporter_of
from safeshare.policy.actions import Action

PAGE = 25
"""Lines of one page."""


class Purpose(StrEnum):
    """What somebody did, as the reporter is told."""

    ANSWERED = "answered"
    ASKED_NAME = "asked_name"
    CODE_USED = "code_used"
    FILE_OPENED = "file_opened"
    GIVEN = "given"
    LOST = "lost"
    NAME_AGREED = "name_agreed"
    NAME_DECLINED = "name_declined"
    NAME_EXPIRED = "name_expired"
    NAME_GIVEN = "name_given"
    NAME_PASSED_ON = "name_passed_on"
    NAME_READ = "name_read"
    NAME_REASON_READ = "name_reason_read"
    NAME_WITHDRAWN = "name_withdrawn"
    ORIGINAL_OPENED = "original_opened"
    PASSED_ON = "passed_on"
    READ = "read"
    READ_NAMES = "read_names"
    RECOVERED = "recovered"
    REFUSED = "refused"
    TOOK = "took"
    TURNED_AWAY = "turned_away"
    WORKED = "worked"
    WROTE = "wrote"


PURPOSE_OF: Mapping[Event, Purpose] = {
    Event.ACTION_REFUSED: Purpose.REFUSED,
    Event.CASE_ACKNOWLEDGED: Purpose.WROTE,
    Event.CASE_CLOSED: Purpose.WORKED,
    Event.CASE_CODED: Purpose.WORKED,
    Event.CASE_CONSENT_ASKED: Purpose.WROTE,
    Event.CASE_DECISION_ENDORSED: Purpose.WORKED,
    Event.CASE_DECISION_PROPOSED: Purpose.WORKED,
    Event.CASE_DECISION_REFUSED: Purpose.WORKED,
    Event.CASE_FILE_OPENED: Purpose.FILE_OPENED,
    Event.CASE_FILE_ORIGINAL_OPENED: Purpose.ORIGINAL_OPENED,
    Event.CASE_HOLDER_ADDED: Purpose.GIVEN,
    Event.CASE_HOLDER_REMOVED: Purpose.LOST,
    Event.CASE_MESSAGE_WRITTEN: Purpose.WROTE,
    Event.CASE_NAMES_READ: Purpose.READ_NAMES,
    Event.CASE_OPENED: Purpose.READ,
    Event.CASE_REROUTED: Purpose.PASSED_ON,
    Event.CASE_RISK_JUDGED: Purpose.WORKED,
    Event.CASE_STATUS_CHANGED: Purpose.WORKED,
    Event.CASE_TAKEN: Purpose.TOOK,
    Event.CASE_TRAIL_READ: Purpose.WORKED,
    Event.IDENTITY_ASKED: Purpose.ASKED_NAME,
    Event.IDENTITY_GIVEN: Purpose.NAME_GIVEN,
    Event.IDENTITY_HANDED_OVER: Purpose.NAME_GIVEN,
    Event.IDENTITY_OPENED: Purpose.NAME_READ,
    Event.IDENTITY_PASSED_ON: Purpose.NAME_PASSED_ON,
    Event.MAILBOX_ESCALATED: Purpose.TURNED_AWAY,
    Event.MAILBOX_OPENED: Purpose.CODE_USED,
    Event.MAILBOX_SOMEBODY_ELSE_ASKED: Purpose.TURNED_AWAY,
    Event.RECOVERY_CASE_GIVEN: Purpose.RECOVERED,
    Event.REQUEST_AGREED: Purpose.NAME_AGREED,
    Event.REQUEST_ANSWERED: Purpose.ANSWERED,
    Event.REQUEST_DECLINED: Purpose.NAME_DECLINED,
    Event.REQUEST_EXPIRED: Purpose.NAME_EXPIRED,
    Event.REQUEST_READ: Purpose.NAME_REASON_READ,
    Event.REQUEST_WITHDRAWN: Purpose.NAME_WITHDRAWN,
}
"""Every event with a case that the reporter is told of, and as what. Left out are upkeep without a
reader, what stands in the mailbox anyhow, and what would tell why somebody lost a key.
"""


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody, as far as the reporter may know: the name only where their team shows names."""

    name: str | None
    queue: str | None
    oversees: bool = False


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One line. `actor` is None where no member of staff did it, `is_own` where the access code
    did; `subject` is who was given something or lost it.
    """

    on: date
    purpose: Purpose
    is_own: bool
    actor: Who | None
    subject: Who | None


@dataclass(frozen=True, slots=True)
class ReadHistory:
    """Ask for a page of the access history; the first is 0."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """One page of the access history, the newest day first."""

    lines: tuple[AccessLine, ...]
    page: int
    has_more: bool


@use_case(Action.MAILBOX_OPEN, facts=party_facts)
def read_history(door: Door, command: ReadHistory) -> History:
    """Who did what with the reporter's concern. Opens nothing that is sealed."""
    page = max(command.page, 0)
    found = list_access(
        door.read,
        reporter_of(door).case_id,
        PURPOSE_OF,
        most=PAGE + 1,
        skip=page * PAGE,
    )
    lines = [_line(one) for one in found[:PAGE] if _is_told(one)]
    return History(tuple(dict.fromkeys(lines)), page, len(found) > PAGE)


def _is_told(access: Access) -> bool:
    """A key of the name alone that a holder was given is told as such, and not twice."""
    is_name_alone = access.event is Event.CASE_HOLDER_ADDED and "conversation" not in access.keys
    return not is_name_alone


def _line(access: Access) -> AccessLine:
    is_staff = access.actor_kind == "staff"
    actor = Who(access.actor_name, access.actor_queue, access.actor_oversees) if is_staff else None
    subject = Who(access.subject_name, access.subject_queue) if access.has_subject else None
    is_own = access.actor_kind == "reporter"
    return AccessLine(access.on, PURPOSE_OF[access.event], is_own, actor, subject)
