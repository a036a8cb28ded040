"""Files that wait to be sent: who may lay them ready, what is stored, and when they are gone."""

from contextlib import closing
from threading import BoundedSemaphore, Thread

import pytest
from sqlalchemy import text

from safeshare.cleaning.kinds import MIB, FileKind, Refusal, RefusedError
from safeshare.files.models import FilePart
from safeshare.files.service import keeping
from safeshare.files.service.keeping import (
    FileDesk,
    age_unsent_files,
    drop_files,
    find_waiting,
)
from safeshare.files.service.scanning import Scanner
from safeshare.kernel.actors import Stranger, Worker
from safeshare.kernel.errors import BusyError, InvalidError, NotFoundError, StaleError
from tests.cast import Stage
from tests.cleaning import made
from tests.files.sending import chunks_of, sent_with, spooled, stored, taken


def test_a_stranger_can_lay_a_file_ready(stage: Stage) -> None:
    photo = made.jpeg()
    file = taken(stage, photo, "C:\\Users\\evelyn\\IMG 1.jpg")
    assert (file.kind, file.size, file.name) == (FileKind.JPEG, len(photo), "IMG 1.jpg")
    assert stored(stage) == {file.id: 5}
    rows = chunks_of(stage, file.id)
    assert [(row.part, row.position) for row in rows] == [
        (FilePart.CLEAN, 0),
        (FilePart.ORIGINAL, 0),
    ]


def test_a_thief_of_the_database_can_read_nothing_of_a_waiting_file(stage: Stage) -> None:
    words = b"Evelyn Wintergreen was there. " * 50
    file = taken(stage, words)
    with stage.system.database.reading() as session:
        chunks = session.execute(text("SELECT body FROM file_chunk")).scalars().all()
        rows = session.execute(text("SELECT * FROM stored_file")).all()
    everything = b"".join(bytes(one) for one in chunks) + repr(rows).encode()
    assert b"Wintergreen" not in everything
    assert file.key.raw not in everything
    assert file.original_key.raw not in everything


@pytest.mark.parametrize(
    ("size", "chunks"),
    [(2, 1), (MIB, 1), (MIB + 1, 2), (3 * MIB, 4), (5 * MIB, 8), (9 * MIB, 16), (25 * MIB, 25)],
)
def test_a_file_shows_one_of_six_sizes(sqlite_stage: Stage, size: int, chunks: int) -> None:
    file = taken(sqlite_stage, b"a" * (size - 1) + b"\n")
    rows = chunks_of(sqlite_stage, file.id)
    assert file.chunks == chunks
    assert len(rows) == 2 * chunks
    assert len({len(row.body.blob) for row in rows}) == 1


def test_a_file_is_refused_beyond_25_megabytes_and_nothing_is_kept(sqlite_stage: Stage) -> None:
    with closing(spooled(sqlite_stage.gate, b"a" * (25 * MIB + 1))) as spool:
        assert spool.is_too_large
        assert b"".join(spool.content()) == b""
    with pytest.raises(RefusedError, match="too_large"):
        taken(sqlite_stage, b"a" * (25 * MIB + 1))
    assert not stored(sqlite_stage)


def test_a_refused_file_leaves_nothing(stage: Stage) -> None:
    with pytest.raises(RefusedError) as refused:
        taken(stage, b"MZ\x90")
    assert refused.value.refusal is Refusal.PROGRAM
    assert not stored(stage)


def test_a_handler_can_lay_a_file_ready_and_a_leader_cannot(stage: Stage) -> None:
    assert taken(stage, b"notes", actor=stage.staff("hr_1")).size == 5
    for name in ("leader", "administrator", "overseer"):
        with pytest.raises(NotFoundError):
            taken(stage, b"notes", actor=stage.staff(name))


def test_a_file_that_is_not_sent_is_gone_after_two_hours(stage: Stage) -> None:
    file = taken(stage, b"notes")
    for _ in range(4):
        stage.gate.run(age_unsent_files, Worker(), None)
        assert file.id in stored(stage)
    stage.gate.run(age_unsent_files, Worker(), None)
    assert not stored(stage)
    assert not chunks_of(stage, file.id)


def test_a_file_waits_longer_for_whoever_goes_on_with_the_form(stage: Stage) -> None:
    file = taken(stage, b"notes")
    for _ in range(4):
        stage.gate.run(age_unsent_files, Worker(), None)
    assert stage.gate.run(find_waiting, Stranger(), {file.id}) == {file.id}
    assert stored(stage) == {file.id: 5}


def test_a_file_can_be_taken_back_until_it_is_sent(stage: Stage) -> None:
    first, second = taken(stage, b"one"), taken(stage, b"two")
    sent_with(stage, second)
    stage.gate.run(drop_files, Stranger(), {first.id, second.id})
    assert stored(stage) == {second.id: None}
    assert not stage.gate.run(find_waiting, Stranger(), {first.id, second.id})
    for _ in range(9):
        stage.gate.run(age_unsent_files, Worker(), None)
    assert len(chunks_of(stage, second.id)) == 2


def test_nobody_but_the_worker_can_age_files(stage: Stage) -> None:
    for actor in (Stranger(), stage.staff("hr_1")):
        with pytest.raises(NotFoundError):
            stage.gate.run(age_unsent_files, actor, None)


def test_a_file_that_is_gone_cannot_be_sent_and_nothing_is_lost(stage: Stage) -> None:
    file = taken(stage, b"notes")
    stage.gate.run(drop_files, Stranger(), {file.id})
    with pytest.raises(StaleError):
        sent_with(stage, file)
    sent_with(stage)


def test_a_file_cannot_be_sent_twice(stage: Stage) -> None:
    file = taken(stage, b"notes")
    sent_with(stage, file)
    with pytest.raises(StaleError):
        sent_with(stage, file)


def test_a_concern_cannot_have_more_than_forty_files(sqlite_stage: Stage) -> None:
    file = taken(sqlite_stage, b"notes")
    with pytest.raises(InvalidError, match="too_many_files"):
        sent_with(sqlite_stage, *([file] * 41))


def test_strangers_cannot_fill_the_disk(
    sqlite_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_MOST_UNSENT", 3)
    taken(sqlite_stage, b"one")
    sent_with(sqlite_stage, taken(sqlite_stage, b"two"))
    taken(sqlite_stage, b"three")
    with pytest.raises(BusyError):
        taken(sqlite_stage, b"four")


def test_a_sender_is_told_to_wait_while_others_are_served(
    sqlite_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = FileDesk(Scanner(), BoundedSemaphore(1))
    monkeypatch.setattr(keeping, "_LONGEST_WAIT", 0.05)
    told: list[Exception] = []

    def wait() -> None:
        try:
            with desk.place():
                pass
        except BusyError as busy:
            told.append(busy)

    with desk.place():
        other = Thread(target=wait)
        other.start()
        other.join()
    wait()
    assert len(told) == 1
