"""Files behind an access code: both sides', each as the clean copy. Every reading is an entry."""

from dataclasses import dataclass
from uuid import UUID

from safeshare.concerns.service.attaching import (
    FileShown,
    OpenedFile,
    describe_file,
    find_file,
    open_clean,
)
from safeshare.concerns.service.compartments import Lock, open_locks
from safeshare.gate import Door, use_case
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.mailbox.service.party import party_facts, reporter_of
from safeshare.policy.actions import Action


@dataclass(frozen=True, slots=True)
class AskForFile:
    """One file of the reporter's own conversation."""

    file_id: UUID


@use_case(Action.MAILBOX_FILE_OPEN, facts=party_facts)
def open_own_file(door: Door, command: AskForFile) -> OpenedFile:
    """The clean copy of a file, to be sent to the browser.

    Raises NotFoundError where the conversation has no such file, SealBrokenError where any of it
    was changed.
    """
    lock = _conversation(door)
    opened = open_clean(door, lock, find_file(door, lock, command.file_id))
    door.record(Event.MAILBOX_FILE_OPENED, case_id=lock.case_id, file=str(command.file_id))
    return opened


@use_case(Action.MAILBOX_FILE_OPEN, facts=party_facts)
def describe_own_file(door: Door, command: AskForFile) -> FileShown:
    """What a page about a file says of it. Raises NotFoundError."""
    lock = _conversation(door)
    shown = describe_file(door, lock, find_file(door, lock, command.file_id))
    door.record(Event.MAILBOX_OPENED, case_id=lock.case_id, part="file")
    return shown


def _conversation(door: Door) -> Lock:
    return open_locks(door, reporter_of(door).case_id)[Compartment.CONVERSATION]
