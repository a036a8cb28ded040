"""Files of a case: who may open what, what the ledger says, what a writer of the tables can do."""

from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from safeshare.casework.service.files import (
    AskForCaseFile,
    AskForOriginal,
    describe_case_file,
    open_case_file,
    open_case_original,
)
from safeshare.casework.service.handling import WriteMessage, write_message
from safeshare.cleaning.kinds import LARGEST_FILE, FileKind
from safeshare.concerns.models import Attachment, OriginalOpening
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.service.attaching import OpenedFile
from safeshare.concerns.service.compartments import open_locks
from safeshare.concerns.service.rotation import rotate
from safeshare.files.models import FileChunk, FilePart
from safeshare.files.rules import CHUNK_BYTES, limits
from safeshare.kernel.actors import Actor, Staff
from safeshare.kernel.errors import InvalidError, NotFoundError, SealBrokenError
from safeshare.kernel.sealed import Sealed
from safeshare.ledger.events import Event
from safeshare.mailbox.service.files import AskForFile, describe_own_file, open_own_file
from safeshare.mailbox.service.reading import open_mailbox
from tests.cast import Stage
from tests.cleaning import made
from tests.files.sending import reporter_with, sent_with, taken, write_with
from tests.use_cases.handlers import attested, case_of, holders_of, ledger, opened, strangers_of

REASON = "The police asked for it, with the time of the photo."


def whole(file: OpenedFile) -> bytes:
    content = b"".join(file.content)
    assert len(content) == file.size
    return content


def copy_of(stage: Stage, staff: Staff, reference: str, file_id: UUID) -> bytes:
    return whole(stage.gate.run(open_case_file, staff, AskForCaseFile(reference, file_id)))


def original_of(stage: Stage, staff: Staff, reference: str, file_id: UUID) -> OpenedFile:
    return stage.gate.run(open_case_original, staff, AskForOriginal(reference, file_id, REASON))


def test_a_holder_reads_the_cleaned_copy_and_the_reporter_too(stage: Stage) -> None:
    file = taken(stage, made.jpeg(), "Evelyn.jpg")
    sent, code = sent_with(stage, file)
    staff, reporter = attested(stage, sent.reference), reporter_with(stage, code)
    (shown,) = opened(stage, staff, sent.reference).files
    assert (shown.id, shown.kind, shown.message_id) == (file.id, FileKind.JPEG, None)
    assert (shown.size, shown.sent) == (file.clean_size, file.size)
    (own,) = stage.gate.run(open_mailbox, reporter, None).files
    assert own == shown
    copy = copy_of(stage, staff, sent.reference, file.id)
    assert made.SECRET.encode() not in copy
    assert whole(stage.gate.run(open_own_file, reporter, AskForFile(file.id))) == copy
    name = stage.gate.run(open_case_file, staff, AskForCaseFile(sent.reference, file.id)).name
    assert name == "file-1.jpg"


def test_a_holder_can_open_the_original_for_a_reason_that_others_can_read(stage: Stage) -> None:
    photo = made.jpeg()
    file = taken(stage, photo)
    sent, _code = sent_with(stage, file)
    staff = attested(stage, sent.reference)
    asked = AskForCaseFile(sent.reference, file.id)
    given_name_before = stage.gate.run(describe_case_file, staff, asked).given_name
    original = original_of(stage, staff, sent.reference, file.id)
    assert whole(original) == photo
    assert (original.kind, original.name) == (None, "file-1-original.bin")
    other = attested(stage, sent.reference, holders_of(stage, sent.reference)[1])
    assert given_name_before is None
    found = stage.gate.run(describe_case_file, other, AskForCaseFile(sent.reference, file.id))
    assert found.given_name == "mine.txt"
    assert [(one.by, one.reason) for one in found.openings] == [(staff.display_name, REASON)]
    (entry,) = ledger(stage, Event.CASE_FILE_ORIGINAL_OPENED)
    assert entry.note is not None
    assert entry.note["file"] == str(file.id)
    assert entry.digests is not None
    assert any(place.startswith("original_opening/") for place in entry.digests)
    assert "police" not in str(entry.note) + str(entry.digests)


def test_a_holder_cannot_open_the_original_without_a_reason(stage: Stage) -> None:
    file = taken(stage, b"notes")
    sent, _code = sent_with(stage, file)
    staff = attested(stage, sent.reference)
    for reason, why in (
        ("", "reason_missing"),
        (" \n", "reason_missing"),
        ("x" * 1001, "too_long"),
    ):
        command = AskForOriginal(sent.reference, file.id, reason)
        with pytest.raises(InvalidError, match=why):
            stage.gate.run(open_case_original, staff, command)
    assert not ledger(stage, Event.CASE_FILE_ORIGINAL_OPENED)


def test_nobody_but_an_attested_holder_can_open_a_file(stage: Stage) -> None:
    file = taken(stage, b"notes")
    sent, code = sent_with(stage, file)
    asked = AskForCaseFile(sent.reference, file.id)
    wanted = AskForOriginal(sent.reference, file.id, REASON)
    unattested = stage.staff(holders_of(stage, sent.reference)[0])
    strangers = [stage.staff(name) for name in strangers_of(stage, sent.reference)]
    actors: list[Actor] = [unattested, *strangers, reporter_with(stage, code)]
    for actor in actors:
        for attempt in (
            partial(stage.gate.run, open_case_file, actor, asked),
            partial(stage.gate.run, describe_case_file, actor, asked),
            partial(stage.gate.run, open_case_original, actor, wanted),
        ):
            with pytest.raises(NotFoundError):
                attempt()


def test_a_reporter_cannot_open_the_file_of_another(stage: Stage) -> None:
    file = taken(stage, b"notes")
    sent_with(stage, file)
    _other, code = sent_with(stage)
    reporter = reporter_with(stage, code)
    with pytest.raises(NotFoundError):
        stage.gate.run(open_own_file, reporter, AskForFile(file.id))
    with pytest.raises(NotFoundError):
        stage.gate.run(describe_own_file, reporter, AskForFile(file.id))
    with pytest.raises(NotFoundError):
        stage.gate.run(open_own_file, stage.staff("hr_1"), AskForFile(file.id))


def test_files_can_go_both_ways_with_messages(stage: Stage) -> None:
    sent, code = sent_with(stage, taken(stage, b"first"))
    staff, reporter = attested(stage, sent.reference), reporter_with(stage, code)
    message_id = write_with(stage, reporter, taken(stage, b"second"), taken(stage, b"third"))
    answer = taken(stage, b"a form to fill in", actor=staff)
    command = WriteMessage(sent.reference, "Please sign.", message_id=uuid4(), files=(answer,))
    stage.gate.run(write_message, staff, command)
    files = stage.gate.run(open_mailbox, reporter, None).files
    assert [one.position for one in files] == [1, 2, 3, 4]
    assert [one.message_id for one in files][:3] == [None, message_id, message_id]
    assert whole(stage.gate.run(open_own_file, reporter, AskForFile(answer.id))) == (
        b"a form to fill in\n"
    )
    assert opened(stage, staff, sent.reference).files == files


def test_a_form_sent_twice_attaches_its_files_once(stage: Stage) -> None:
    sent, code = sent_with(stage)
    staff = attested(stage, sent.reference)
    file, message_id = taken(stage, b"notes", actor=staff), uuid4()
    for _ in range(2):
        command = WriteMessage(sent.reference, "Here.", message_id=message_id, files=(file,))
        stage.gate.run(write_message, staff, command)
    assert len(stage.gate.run(open_mailbox, reporter_with(stage, code), None).files) == 1


def test_a_case_has_room_for_so_many_bytes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits.MOST_BYTES_A_CASE == 4 * LARGEST_FILE
    monkeypatch.setattr(limits, "MOST_BYTES_A_CASE", 40)
    sent, code = sent_with(stage, *[taken(stage, b"a" * 10) for _ in range(4)])
    with pytest.raises(InvalidError, match="no_room"):
        write_with(stage, reporter_with(stage, code), taken(stage, b"x"))
    assert len(opened(stage, attested(stage, sent.reference), sent.reference).files) == 4


def test_every_reading_is_an_entry_and_a_reporters_has_no_instant(stage: Stage) -> None:
    file = taken(stage, b"notes")
    sent, code = sent_with(stage, file)
    staff = attested(stage, sent.reference)
    copy_of(stage, staff, sent.reference, file.id)
    (entry,) = ledger(stage, Event.CASE_FILE_OPENED)
    assert (entry.actor_id, entry.case_id) == (staff.staff_id, case_of(stage, sent.reference).id)
    stage.gate.run(open_own_file, reporter_with(stage, code), AskForFile(file.id))
    assert not ledger(stage, Event.MAILBOX_FILE_OPENED)


def test_a_file_that_was_changed_or_cut_off_opens_for_nobody(stage: Stage) -> None:
    long = b"a" * (2 * CHUNK_BYTES) + b"the end"
    file, other = taken(stage, long), taken(stage, long)
    sent, _code = sent_with(stage, file, other)
    staff = attested(stage, sent.reference)
    of_file = (FileChunk.file_id == file.id, FileChunk.part == FilePart.CLEAN)
    harms = (
        update(FileChunk).where(*of_file, FileChunk.position == 3).values(body=Sealed(b"\x01x")),
        delete(FileChunk).where(*of_file, FileChunk.position == 2),
    )
    for harm in harms:
        with stage.system.database.engine.begin() as writer:
            writer.execute(harm)
        with pytest.raises(SealBrokenError):
            copy_of(stage, staff, sent.reference, file.id)
    assert len(ledger(stage, Event.ALARM_RAISED)) == 2
    assert copy_of(stage, staff, sent.reference, other.id) == long + b"\n"


def test_a_row_of_a_file_cannot_be_changed_moved_or_taken_away(stage: Stage) -> None:
    one, two = taken(stage, b"one"), taken(stage, b"two")
    sent, _code = sent_with(stage, one, two)
    staff = attested(stage, sent.reference)
    with stage.system.database.reading() as session:
        rows = {row.id: row for row in session.query(Attachment)}
    swap = update(Attachment).where(Attachment.id == one.id).values(sheet=rows[two.id].sheet)
    with stage.system.database.engine.begin() as writer:
        writer.execute(swap)
    with pytest.raises(SealBrokenError):
        copy_of(stage, staff, sent.reference, one.id)
    for taken_away in (one, two):
        with stage.system.database.engine.begin() as writer:
            writer.execute(delete(Attachment).where(Attachment.id == taken_away.id))
        with pytest.raises(SealBrokenError):
            opened(stage, staff, sent.reference)


def test_files_and_reasons_can_still_be_read_after_the_keys_were_changed(stage: Stage) -> None:
    file = taken(stage, b"notes")
    sent, code = sent_with(stage, file)
    staff = attested(stage, sent.reference)
    whole(original_of(stage, staff, sent.reference, file.id))
    case_id = case_of(stage, sent.reference).id
    door = stage.gate.door(staff)
    locks = open_locks(door, case_id)
    with door.change() as session:
        get_case_held(session, case_id)
        rotate(door, session, case_id, locks)
    door.finish()
    with stage.system.database.reading() as session:
        assert {row.key_number for row in session.query(Attachment)} == {2}
        assert {row.key_number for row in session.query(OriginalOpening)} == {2}
    assert copy_of(stage, staff, sent.reference, file.id) == b"notes\n"
    whole(stage.gate.run(open_own_file, reporter_with(stage, code), AskForFile(file.id)))
    found = stage.gate.run(describe_case_file, staff, AskForCaseFile(sent.reference, file.id))
    assert [one.reason for one in found.openings] == [REASON]


def test_what_is_sealed_of_a_file_has_one_size_whatever_it_is(stage: Stage) -> None:
    short = taken(stage, b"x", "")
    long = taken(stage, made.jpeg(), "\N{SNOWMAN}" * 400)
    sent_with(stage, short, long)
    with stage.system.database.reading() as session:
        rows = session.query(Attachment).all()
    assert len({len(row.sheet.blob) for row in rows}) == 1
    assert len({len(row.original.blob) for row in rows}) == 1
