"""The access history: who did what with a concern, by role and day, as the ledger tells it.

No instant: a day is enough to see who had it, and a handler's hours are theirs. Nothing of what was
written. Whoever declared a tie is somebody who lost the keys, like anybody else who did: the reason
is sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from safeshare.concerns.models import GranteeKind
from safeshare.concerns.queries import newest_key_number
from safeshare.concerns.service.compartments import Lock, our_grants
from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Reporter
from safeshare.kernel.sealed import Compartment, CompartmentKey
from safeshare.ledger.events import Event
from safeshare.mailbox.queries import Access, list_access, list_people_shown
from safeshare.mailbox.service.party import party_facts, reporter_of
from safeshare.policy.actions import Action

PAGE = 25
"""Lines of one page."""


class Purpose(StrEnum):
    """What somebody did, as the reporter is told."""

    ANSWERED = "answered"
    ASKED_NAME = "asked_name"
    CODE_USED = "code_used"
    EXPORTED = "exported"
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
    PUT_OFF = "put_off"
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
    Event.CASE_EXPORTED: Purpose.EXPORTED,
    Event.CASE_EXTENSION_AGREED: Purpose.PUT_OFF,
    Event.CASE_EXTENSION_ASKED: Purpose.WORKED,
    Event.CASE_EXTENSION_REFUSED: Purpose.WORKED,
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


_HAVE_A_CAUSE = frozenset({Purpose.EXPORTED, Purpose.RECOVERED})


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody, as far as the reporter may know: the name only where their team shows names.
    `are_officers`: recovery officers together.
    """

    name: str | None
    queue: str | None
    oversees: bool = False
    are_officers: bool = False


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One line. `actor` is None where nobody of the service did it, `is_own` where the access code
    did; `subject` is who was given something or lost it. `cause` is what recovery officers say that
    they used their key for, or what a copy is said to be for.
    """

    on: date
    purpose: Purpose
    is_own: bool
    actor: Who | None
    subject: Who | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class ReaderNow:
    """Somebody who can read the conversation now. `keeps_name`: and the reporter's name, if they
    gave one.
    """

    who: Who
    keeps_name: bool


@dataclass(frozen=True, slots=True)
class ReadHistory:
    """Ask for a page of the access history; the first is 0."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """One page of the access history, the newest day first. The first page also says who can read
    it `now`: those whom it was given to when it was sent, unless a line says that they lost it, and
    whoever was given it since.
    """

    now: tuple[ReaderNow, ...]
    lines: tuple[AccessLine, ...]
    page: int
    has_more: bool


@use_case(Action.MAILBOX_OPEN, facts=party_facts)
def read_history(door: Door, command: ReadHistory) -> History:
    """Who did what with the reporter's concern. Opens nothing that is sealed."""
    page, reporter = max(command.page, 0), reporter_of(door)
    found = list_access(
        door.read,
        reporter.case_id,
        PURPOSE_OF,
        most=PAGE + 1,
        skip=page * PAGE,
    )
    lines = [_line(one) for one in found[:PAGE] if _is_told(one)]
    return History(
        now=() if page else _readers_now(door, reporter),
        lines=tuple(dict.fromkeys(lines)),
        page=page,
        has_more=len(found) > PAGE,
    )


def _readers_now(door: Door, reporter: Reporter) -> tuple[ReaderNow, ...]:
    """By the grants that are ours: a row that somebody put into the table makes nobody a reader."""
    keepers = _staff_with(door, reporter, Compartment.IDENTITY)
    reading = _staff_with(door, reporter, Compartment.CONVERSATION)
    people = list_people_shown(door.read, reporter.case_id, reading)
    shown = [
        ReaderNow(Who(one.name, one.queue, one.oversees), one.staff_id in keepers) for one in people
    ]
    return tuple(sorted(shown, key=lambda one: (one.who.name or "", one.who.queue or "")))


def _staff_with(door: Door, reporter: Reporter, part: Compartment) -> frozenset[UUID]:
    case_id, party_id = reporter.case_id, reporter.party_id
    number = newest_key_number(door.read, case_id, part, party_id)
    unopened = Lock(case_id, part, party_id, CompartmentKey(b"", number))
    return frozenset(
        one.grantee_id
        for one in our_grants(door, door.read, unopened)
        if one.grantee_kind is GranteeKind.STAFF
    )


def _is_told(access: Access) -> bool:
    """A key of the name alone that a holder was given is told as such, and not twice."""
    is_name_alone = access.event is Event.CASE_HOLDER_ADDED and "conversation" not in access.keys
    return not is_name_alone


def _line(access: Access) -> AccessLine:
    subject = Who(access.subject_name, access.subject_queue) if access.has_subject else None
    purpose = PURPOSE_OF[access.event]
    return AccessLine(
        on=access.on,
        purpose=purpose,
        is_own=access.actor_kind == "reporter",
        actor=_actor(access),
        subject=subject,
        cause=access.purpose if purpose in _HAVE_A_CAUSE else "",
    )


def _actor(access: Access) -> Who | None:
    if access.actor_kind == "staff":
        return Who(access.actor_name, access.actor_queue, access.actor_oversees)
    if access.actor_kind == "officers":
        return Who(None, None, are_officers=True)
    return None
