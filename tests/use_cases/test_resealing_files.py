"""Files go over to another suite with the case that they belong to, and cannot be put back."""

from collections.abc import Callable, Iterator
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from safeshare.casework.service.files import (
    AskForCaseFile,
    AskForOriginal,
    open_case_file,
    open_case_original,
)
from safeshare.casework.service.upkeep import KeepUp, keep_case_up
from safeshare.concerns.models import Attachment
from safeshare.concerns.service import attaching
from safeshare.concerns.service.attaching import OpenedFile
from safeshare.files.models import FileChunk, FilePart
from safeshare.files.queries import get_chunk
from safeshare.files.rules import CHUNK_BYTES
from safeshare.files.service import reading
from safeshare.files.service.reading import Stream
from safeshare.files.service.spool import chunk_place
from safeshare.gate import Door
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import SealBrokenError, StaleError
from safeshare.kernel.sealed import Compartment, Sealed
from safeshare.ledger.events import Event
from safeshare.mailbox.service.files import AskForFile, open_own_file
from tests.cast import Stage
from tests.files.sending import chunks_of, reporter_with, sent_with, taken
from tests.use_cases.ceremony import together
from tests.use_cases.handlers import attested, holders_of, ledger, opened
from tests.use_cases.test_resealing import CHACHA, in_new_suite, left, reseal_all

LONG = b"a" * CHUNK_BYTES + b"the end"


class PowerCutError(Exception):
    """The machine stops in the middle."""


def stopping_at(chunk: int) -> Callable[[Session, UUID, FilePart, int], Sealed]:
    """Reads chunks until the power is cut."""
    numbers = count(1)

    def read(session: Session, file_id: UUID, part: FilePart, position: int) -> Sealed:
        if next(numbers) == chunk:
            raise PowerCutError
        return get_chunk(session, file_id, part, position)

    return read


def content(file: OpenedFile) -> bytes:
    return b"".join(file.content)


def both_parts(stage: Stage, staff: Staff, reference: str, file_id: UUID) -> tuple[bytes, bytes]:
    copy = stage.gate.run(open_case_file, staff, AskForCaseFile(reference, file_id))
    asked = AskForOriginal(reference, file_id, "The police asked for it.")
    return content(copy), content(stage.gate.run(open_case_original, staff, asked))


def chunk_suites(stage: Stage, file_id: UUID) -> set[int]:
    return {one.body.blob[0] for one in chunks_of(stage, file_id)}


def keeper(stage: Stage, reference: str) -> Staff:
    return attested(stage, reference, holders_of(stage, reference, Compartment.IDENTITY)[0])


def keep_up(stage: Stage, staff: Staff, reference: str) -> bool:
    return stage.gate.run(keep_case_up, staff, KeepUp(reference))


def test_a_holder_takes_the_files_over_by_opening_the_case(stage: Stage) -> None:
    file, other = taken(stage, LONG), taken(stage, b"notes")
    sent, code = sent_with(stage, file, other)
    later = in_new_suite(stage)
    staff = keeper(later, sent.reference)
    while opened(later, staff, sent.reference).looks_behind:
        assert both_parts(later, staff, sent.reference, file.id) == (LONG + b"\n", LONG)
        assert keep_up(later, staff, sent.reference)
    assert chunk_suites(later, file.id) == chunk_suites(later, other.id) == {CHACHA}
    assert left(later) == 0
    assert not keep_up(later, staff, sent.reference)
    assert both_parts(later, staff, sent.reference, file.id) == (LONG + b"\n", LONG)
    asked = AskForFile(other.id)
    own = later.gate.run(open_own_file, reporter_with(later, code), asked)
    assert content(own) == b"notes\n"


def test_a_file_of_today_is_sealed_in_todays_suite(stage: Stage) -> None:
    later = in_new_suite(stage)
    file = taken(later, b"notes")
    assert chunk_suites(later, file.id) == {CHACHA}
    sent, _code = sent_with(later, file)
    staff = keeper(later, sent.reference)
    assert both_parts(later, staff, sent.reference, file.id) == (b"notes\n", b"notes")
    assert left(later) == 0


def test_officers_take_the_files_over_of_cases_that_nobody_opens(stage: Stage) -> None:
    file = taken(stage, LONG)
    sent, _code = sent_with(stage, file)
    later = in_new_suite(stage)
    rounds = reseal_all(later, together(later))
    assert all(not one.is_broken for one in rounds)
    assert [one.is_done for one in rounds][-1]
    assert (left(later), chunk_suites(later, file.id)) == (0, {CHACHA})
    staff = keeper(later, sent.reference)
    assert both_parts(later, staff, sent.reference, file.id) == (LONG + b"\n", LONG)


def test_a_machine_that_stops_in_the_middle_loses_nothing_and_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, other = taken(stage, LONG), taken(stage, LONG)
    sent, _code = sent_with(stage, file, other)
    later = in_new_suite(stage)
    staff = keeper(later, sent.reference)
    keep_up(later, staff, sent.reference)
    monkeypatch.setattr(attaching, "CHUNKS_A_ROUND", 2)
    for part in range(4):
        with monkeypatch.context() as cut:
            cut.setattr(reading, "get_chunk", stopping_at(2))
            with pytest.raises(PowerCutError):
                keep_up(later, staff, sent.reference)
        for one in (file, other):
            assert both_parts(later, staff, sent.reference, one.id) == (LONG + b"\n", LONG)
        assert left(later) == 1, part
        assert keep_up(later, staff, sent.reference)
    assert left(later) == 0
    assert both_parts(later, staff, sent.reference, other.id) == (LONG + b"\n", LONG)


def test_older_chunks_put_back_open_for_nobody(stage: Stage) -> None:
    file = taken(stage, LONG)
    sent, _code = sent_with(stage, file)
    chunks = chunks_of(stage, file.id)
    with stage.system.database.reading() as session:
        row = session.scalars(select(Attachment).where(Attachment.id == file.id)).one()
    later = in_new_suite(stage)
    reseal_all(later, together(later))
    with stage.system.database.engine.begin() as writer:
        for one in chunks:
            writer.execute(
                update(FileChunk)
                .where(
                    FileChunk.file_id == file.id,
                    FileChunk.part == one.part,
                    FileChunk.position == one.position,
                )
                .values(body=one.body)
            )
    staff = keeper(later, sent.reference)
    asked = AskForCaseFile(sent.reference, file.id)
    with pytest.raises(SealBrokenError):
        later.gate.run(open_case_file, staff, asked)
    older = update(Attachment).where(Attachment.id == file.id)
    with stage.system.database.engine.begin() as writer:
        writer.execute(older.values(sheet=row.sheet, original=row.original))
    with pytest.raises(SealBrokenError):
        later.gate.run(open_case_file, staff, asked)


def test_whoever_kept_the_key_cannot_put_another_file_in_its_place(stage: Stage) -> None:
    """A holder who lost the case, and can write to the tables."""
    file = taken(stage, LONG)
    sent, _code = sent_with(stage, file)
    staff = keeper(stage, sent.reference)
    sealer = stage.gate.vault.new_stream(chunk_place(file.id, FilePart.CLEAN))
    sealer.key = file.key
    forged = [
        sealer.seal(b"b" * CHUNK_BYTES, is_last=False),
        sealer.seal(b"c" * CHUNK_BYTES, is_last=True),
    ]
    harms: list[list[Sealed]] = [forged, [forged[0], chunks_of(stage, file.id)[1].body]]
    for harm in harms:
        with stage.system.database.engine.begin() as writer:
            for position, body in enumerate(harm):
                writer.execute(
                    update(FileChunk)
                    .where(
                        FileChunk.file_id == file.id,
                        FileChunk.part == FilePart.CLEAN,
                        FileChunk.position == position,
                    )
                    .values(body=body)
                )
        with pytest.raises(SealBrokenError):
            stage.gate.run(open_case_file, staff, AskForCaseFile(sent.reference, file.id))
    assert len(ledger(stage, Event.ALARM_RAISED)) == 2


def test_a_file_that_is_changed_while_it_is_sent_is_cut_off(stage: Stage) -> None:
    file = taken(stage, LONG)
    sent, _code = sent_with(stage, file)
    staff = keeper(stage, sent.reference)
    copy = stage.gate.run(open_case_file, staff, AskForCaseFile(sent.reference, file.id))
    assert next(copy.content) == LONG[:CHUNK_BYTES]
    later = in_new_suite(stage)
    reseal_all(later, together(later))
    with pytest.raises(SealBrokenError):
        next(copy.content)


def test_a_file_that_was_just_now_sealed_anew_is_asked_for_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No alarm: between reading the keys and reading the chunks, somebody else was at it."""
    file = taken(stage, b"notes")
    sent, _code = sent_with(stage, file)
    later = in_new_suite(stage)
    staff = keeper(later, sent.reference)
    keep_up(later, staff, sent.reference)
    real = reading.whole_content

    def meanwhile(door: Door, stream: Stream) -> Iterator[bytes]:
        monkeypatch.setattr(attaching, "whole_content", real)
        assert keep_up(later, staff, sent.reference)
        return real(door, stream)

    monkeypatch.setattr(attaching, "whole_content", meanwhile)
    asked = AskForCaseFile(sent.reference, file.id)
    with pytest.raises(StaleError):
        later.gate.run(open_case_file, staff, asked)
    assert content(later.gate.run(open_case_file, staff, asked)) == b"notes\n"
    assert not ledger(later, Event.ALARM_RAISED)
