"""Files of a case: the clean copy for every attested holder, the original for a written reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import literal, select

from safeshare.casework.service.account import Locks, conversation
from safeshare.casework.service.standing import case_facts, staff_of, standing_of
from safeshare.concerns.models import OriginalOpening
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules import clean_text, says_nothing
from safeshare.concerns.service.attaching import (
    FileShown,
    OpenedFile,
    describe_file,
    find_file,
    given_name_of,
    open_clean,
    open_original,
)
from safeshare.concerns.service.compartments import Lock, check_newest, open_locks
from safeshare.concerns.service.rotation import SealedRows
from safeshare.gate import Door, use_case
from safeshare.kernel.errors import InvalidError, SealBrokenError
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.people.queries import find_names
from safeshare.policy.actions import Action

LONGEST_REASON = 1000
"""Characters: a few sentences."""


@dataclass(frozen=True, slots=True)
class AskForCaseFile:
    """One file of a case."""

    reference: str
    file_id: UUID


@dataclass(frozen=True, slots=True)
class AskForOriginal:
    """The original of a file, and why it is needed."""

    reference: str
    file_id: UUID
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opening:
    """That an original was opened: by whom, on which day, why."""

    by: str
    on: date
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FileOfCase:
    """A file, and every opening of its original so far. `given_name`, by which its sender called
    it, is None until somebody gave a reason: it may tell who they are.
    """

    shown: FileShown
    given_name: str | None = field(repr=False)
    openings: Sequence[Opening]


@use_case(Action.CASE_FILE_OPEN, facts=case_facts)
def open_case_file(door: Door, command: AskForCaseFile) -> OpenedFile:
    """The clean copy of a file, to be sent to the browser.

    Raises NotFoundError where the case has no such file, SealBrokenError where any of it was
    changed.
    """
    case_id = standing_of(door, command).case.id
    lock = conversation(open_locks(door, case_id, Compartment.CONVERSATION))
    opened = open_clean(door, lock, find_file(door, lock, command.file_id))
    door.record(Event.CASE_FILE_OPENED, case_id=case_id, file=str(command.file_id))
    return opened


@use_case(Action.CASE_FILE_OPEN, facts=case_facts)
def describe_case_file(door: Door, command: AskForCaseFile) -> FileOfCase:
    """What the page about a file says of it, and who opened its original why."""
    case_id = standing_of(door, command).case.id
    locks = open_locks(door, case_id, Compartment.CONVERSATION, Compartment.WORK)
    lock = conversation(locks)
    row = find_file(door, lock, command.file_id)
    openings = _openings(door, _work(locks), row.id)
    name = given_name_of(door, lock, row) if openings else None
    found = FileOfCase(describe_file(door, lock, row), name, openings)
    door.record(Event.CASE_OPENED, case_id=case_id, part="file")
    return found


@use_case(Action.CASE_FILE_ORIGINAL, facts=case_facts)
def open_case_original(door: Door, command: AskForOriginal) -> OpenedFile:
    """What was sent, as it was sent. The reason is sealed with the case, for its other holders.

    Raises InvalidError without a reason or with too long a one, NotFoundError where the case has no
    such file, SealBrokenError where any of it was changed.
    """
    case_id = standing_of(door, command).case.id
    reason = _reason(command.reason)
    locks = open_locks(door, case_id, Compartment.CONVERSATION, Compartment.WORK)
    lock, work = conversation(locks), _work(locks)
    opened = open_original(door, lock, find_file(door, lock, command.file_id))
    row = _sealed_opening(door, work, command.file_id, reason)
    with door.change() as session:
        get_case_held(session, case_id)
        check_newest(session, work)
        session.add(row)
        door.record(Event.CASE_FILE_ORIGINAL_OPENED, case_id=case_id, file=str(command.file_id))
    return opened


def _reason(typed: str) -> str:
    text = clean_text(typed)
    if says_nothing(text):
        raise InvalidError("reason_missing", field="reason")
    if len(text) > LONGEST_REASON:
        raise InvalidError("too_long", field="reason")
    return text


def _work(locks: Locks) -> Lock:
    if Compartment.WORK not in locks:
        raise SealBrokenError("the holder has no key to the work")
    return locks[Compartment.WORK]


def _sealed_opening(door: Door, lock: Lock, file_id: UUID, reason: str) -> OriginalOpening:
    row_id = new_id()
    place = lock.place(OriginalOpening.__tablename__, row_id, "reason")
    return OriginalOpening(
        id=row_id,
        case_id=lock.case_id,
        party_id=lock.party_id,
        attachment_id=file_id,
        staff_id=staff_of(door).staff_id,
        on=door.clock.today(),
        key_number=lock.key.number,
        reason=door.vault.seal_message(lock.key, place, reason),
    )


def _openings(door: Door, lock: Lock, file_id: UUID) -> list[Opening]:
    """Raises SealBrokenError where one that was written is gone or says something else."""
    rows = door.read.scalars(
        select(OriginalOpening)
        .where(OriginalOpening.case_id == lock.case_id)
        .order_by(OriginalOpening.on)
    ).all()
    door.insist_complete(lock.case_id, OriginalOpening, rows)
    wanted = [row for row in rows if row.attachment_id == file_id]
    names = find_names(door.read, {row.staff_id for row in wanted}) if wanted else {}
    return [_opening(door, lock, row, names) for row in wanted]


def _opening(door: Door, lock: Lock, row: OriginalOpening, names: Mapping[UUID, str]) -> Opening:
    return Opening(names.get(row.staff_id, ""), row.on, _revealed(door, lock, row))


def _revealed(door: Door, lock: Lock, row: OriginalOpening) -> str:
    door.insist_as_written(row.case_id, row)
    lock = lock.under(row.key_number)
    place = lock.place(OriginalOpening.__tablename__, row.id, "reason")
    return door.vault.open_message(lock.key, place, row.reason)


def _reseal(door: Door, lock: Lock, row: OriginalOpening) -> None:
    reason = _revealed(door, lock, row)
    place = lock.place(OriginalOpening.__tablename__, row.id, "reason")
    row.key_number = lock.key.number
    row.reason = door.vault.seal_message(lock.key, place, reason)


SEALED_REASONS = SealedRows(
    OriginalOpening, lambda lock: literal(lock.compartment is Compartment.WORK), _reseal
)
"""How a rotation seals the reasons anew."""
