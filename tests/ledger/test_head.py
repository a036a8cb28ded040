"""The signed head: moved along, held back where something is gone, and believed by nobody else."""

import json
import os
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import delete, select

from safeshare.casework.service.opening import OpenCase, open_case
from safeshare.gate.book import Book
from safeshare.gate.keeping import (
    accept_ledger,
    begin_ledger,
    check_ledger,
    collect_past_days,
    sign_head,
)
from safeshare.kernel.actors import Operator, Worker
from safeshare.kernel.errors import MisconfiguredError
from safeshare.ledger.entries import End
from safeshare.ledger.events import Event
from safeshare.ledger.head import Head, HeadBrokenError, HeadFile
from safeshare.ledger.models import Chain, LedgerDay, LedgerEntry
from safeshare.ledger.verifying import FaultKind
from tests.cast import Stage
from tests.tampering import behind_our_back
from tests.use_cases.handlers import attested, ledger, opened


def head_file(stage: Stage) -> HeadFile:
    return Book(stage.gate.vault, stage.system.database, stage.gate.clock).head_file


def head(stage: Stage) -> Head:
    found = head_file(stage).read()
    assert found is not None
    return found


def path_of(stage: Stage) -> Path:
    return stage.gate.vault.head_folder / "head"


def written(stage: Stage) -> set[tuple[str, int, int]]:
    """Which files of the head there are, and what tells when each was written."""
    found = ((one.name, one.stat()) for one in stage.gate.vault.head_folder.iterdir())
    return {(name, stat.st_ino, stat.st_mtime_ns) for name, stat in found}


def sign(stage: Stage) -> None:
    stage.gate.run(sign_head, Worker(), None)


def newest(stage: Stage) -> int:
    with stage.system.database.reading() as session:
        positions = select(LedgerEntry.position).where(LedgerEntry.chain == Chain.STAFF)
        return max(session.scalars(positions))


def cut(stage: Stage, links: int) -> None:
    """Cut links off the end of the staff chain."""
    last = newest(stage)
    with behind_our_back(stage.system.database.engine) as session:
        session.execute(
            delete(LedgerEntry).where(
                LedgerEntry.chain == Chain.STAFF, LedgerEntry.position > last - links
            )
        )


def kinds(stage: Stage) -> list[FaultKind]:
    return [fault.kind for fault in stage.faults()]


def test_each_entry_of_staff_moves_the_head_and_no_reporter_touches_it(stage: Stage) -> None:
    before = written(stage)
    sent, _ = stage.submit()
    assert written(stage) == before
    staff = attested(stage, sent.reference)
    assert head(stage).end(Chain.STAFF).position == newest(stage)
    assert written(stage) != before
    opened(stage, staff, sent.reference)
    assert head(stage).end(Chain.STAFF).position == newest(stage)


def test_a_tip_that_was_lost_spoilt_or_signed_elsewhere_leaves_the_head_that_is_on_the_disk(
    stage: Stage,
) -> None:
    sign(stage)
    durable = head(stage).ends
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    tip = stage.gate.vault.head_folder / "tip"
    said = tip.read_text()
    forged = json.dumps({**json.loads(said), "position": newest(stage) - 1})
    for text in ("", "{}", "[]", "no", said[:-20], forged):
        tip.write_text(text)
        assert (head(stage).ends, kinds(stage)) == (durable, [])
    tip.unlink()
    assert head(stage).ends == durable
    opened(stage, staff, sent.reference)
    assert head(stage).end(Chain.STAFF).position == newest(stage)


def test_the_worker_puts_the_tip_into_the_head_that_is_on_the_disk(stage: Stage) -> None:
    sent, _ = stage.submit()
    attested(stage, sent.reference)
    sign(stage)
    assert not (stage.gate.vault.head_folder / "tip").exists()
    assert head(stage).end(Chain.STAFF).position == newest(stage)


def test_the_worker_signs_the_head_whether_or_not_anything_was_written(stage: Stage) -> None:
    sign(stage)
    first = head(stage)
    stage.time.advance(minutes=1)
    sign(stage)
    assert head(stage).ends == first.ends
    assert head(stage).signed_at == (first.signed_at or stage.time.now) + timedelta(minutes=1)
    stage.submit()
    sign(stage)
    assert len(head(stage).waiting) == 1
    stage.time.advance(days=1)
    stage.gate.run(collect_past_days, Worker(), None)
    assert kinds(stage) == []
    sign(stage)
    assert head(stage).waiting == frozenset()
    assert head(stage).end(Chain.REPORTER).position == 1


def test_what_is_cut_off_stays_cut_off_whatever_is_hung_on_later(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    opened(stage, staff, sent.reference)
    vouched = head(stage)
    cut(stage, 2)
    assert kinds(stage) == [FaultKind.CUT_OFF]
    for _ in range(5):
        stage.gate.run(open_case, staff, OpenCase(sent.reference))
    assert head(stage).ends == vouched.ends
    assert kinds(stage) == [FaultKind.REPLACED]
    sign(stage)
    assert head(stage).is_held_back
    sign(stage)
    alarms = [entry.note.get("alarm") for entry in ledger(stage, Event.ALARM_RAISED)]
    assert alarms == ["ledger_cut"]
    assert head(stage).ends == vouched.ends


def test_what_waits_cannot_be_taken_away_before_its_day_is_over(stage: Stage) -> None:
    stage.submit()
    sign(stage)
    with behind_our_back(stage.system.database.engine) as session:
        session.execute(delete(LedgerDay))
    assert kinds(stage) == [FaultKind.WAITING_GONE]
    sign(stage)
    assert kinds(stage) == [FaultKind.WAITING_GONE]
    assert stage.gate.run(check_ledger, Worker(), None) == 1
    alarms = [entry.note.get("alarm") for entry in ledger(stage, Event.ALARM_RAISED)]
    assert alarms == ["ledger_cut", "ledger_broken"]


def test_what_was_forged_or_collected_before_is_not_collected(stage: Stage) -> None:
    stage.submit()
    with stage.system.database.reading() as session:
        past = session.scalars(select(LedgerDay)).one()
    stage.time.advance(days=1)
    stage.gate.run(collect_past_days, Worker(), None)
    with behind_our_back(stage.system.database.engine) as session:
        session.merge(past)
        session.add(LedgerDay(on=past.on, event=past.event, case_id=None, note={}, mac=bytes(32)))
    assert stage.gate.run(collect_past_days, Worker(), None) == 0
    assert sorted(kinds(stage)) == [FaultKind.WAITING_CHANGED, FaultKind.WAITING_PUT_BACK]


def test_an_operator_can_accept_an_older_backup_and_says_so(stage: Stage) -> None:
    cut(stage, 3)
    assert kinds(stage) == [FaultKind.CUT_OFF]
    ends = stage.gate.run(accept_ledger, Operator(), None)
    was, now = ends[Chain.STAFF]
    assert was == now + 3
    assert kinds(stage) == []
    (entry,) = ledger(stage, Event.LEDGER_ACCEPTED)
    assert entry.note == {"staff": f"{was} to {now}", "reporter": "0 to 0"}
    sign(stage)
    assert kinds(stage) == []


def test_a_head_that_was_changed_or_signed_elsewhere_is_believed_by_nobody(
    stage: Stage, tmp_path: Path
) -> None:
    said = json.loads(path_of(stage).read_text())
    said["ends"]["staff"][0] -= 1
    for text in (json.dumps(said), "", "{}", "[]", "no", "\xff"):
        path_of(stage).write_text(text, encoding="latin-1")
        assert kinds(stage) == [FaultKind.HEAD_BROKEN]
        with pytest.raises(HeadBrokenError):
            sign(stage)
        sent, _ = stage.submit()
        attested(stage, sent.reference)
        assert path_of(stage).read_text(encoding="latin-1") == text
    assert stage.gate.run(check_ledger, Worker(), None) == 1
    (alarm,) = ledger(stage, Event.ALARM_RAISED)
    assert alarm.note == {"alarm": "ledger_broken", "faults": "1"}
    stage.gate.run(accept_ledger, Operator(), None)
    assert kinds(stage) == []


def test_a_ledger_without_a_head_is_a_fault_until_the_worker_signs_one(stage: Stage) -> None:
    path_of(stage).unlink()
    assert kinds(stage) == [FaultKind.NO_HEAD]
    sign(stage)
    assert kinds(stage) == []


def test_a_staff_entry_is_committed_even_where_the_head_cannot_be_written(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    sent, _ = stage.submit()
    lock = stage.gate.vault.head_folder / "lock"
    lock.unlink()
    lock.mkdir()
    before = newest(stage)
    attested(stage, sent.reference)
    assert newest(stage) > before
    assert "head was not moved" in caplog.text
    with pytest.raises(MisconfiguredError, match="head cannot be kept"):
        sign(stage)


def test_several_processes_at_once_never_set_the_head_back(sqlite_stage: Stage) -> None:
    file = head_file(sqlite_stage)
    start = file.read()
    assert start is not None
    ends = [End(10_000 + number, os.urandom(32)) for number in range(40)]
    threads = [Thread(target=file.advance, args=(end,)) for end in reversed(ends)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert head(sqlite_stage).end(Chain.STAFF) == ends[-1]


def test_a_new_database_can_begin_anew_and_an_old_one_cannot(stage: Stage) -> None:
    stage.gate.run(begin_ledger, Operator(), None)
    assert path_of(stage).exists()
    with behind_our_back(stage.system.database.engine) as session:
        session.execute(delete(LedgerEntry))
    stage.gate.run(begin_ledger, Operator(), None)
    assert not path_of(stage).exists()
