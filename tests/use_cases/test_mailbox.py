"""A reporter enters, reads and writes; nobody else can."""

from uuid import uuid4

import pytest
from sqlalchemy import event, func, select

from safeshare.concerns.models import CaseEventKind, Party
from safeshare.concerns.rules import CaseStatus
from safeshare.kernel.actors import Reporter, Stranger
from safeshare.kernel.errors import (
    InvalidError,
    SealBrokenError,
    UnknownWordsError,
    WrongSecretError,
    WrongWordCountError,
)
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerDay, LedgerEntry
from safeshare.mailbox.models import Author
from safeshare.mailbox.service.entering import EnterMailbox, enter_mailbox
from safeshare.mailbox.service.writing import WriteAsReporter, write_as_reporter
from safeshare.updates.rules import PromiseKind, PromiseState
from tests.cast import Stage
from tests.use_cases.conversation import enter, read, set_status, write, write_from_staff


def ledger_days(stage: Stage) -> list[LedgerDay]:
    with stage.system.database.reading() as session:
        return list(session.scalars(select(LedgerDay)))


def test_a_reporter_can_see_where_the_case_stands(stage: Stage) -> None:
    sent, code = stage.submit()
    mailbox = read(stage, enter(stage, code))
    assert mailbox.reference == sent.reference
    assert mailbox.status is CaseStatus.RECEIVED
    assert not mailbox.has_contact
    assert [one.kind for one in mailbox.events] == [CaseEventKind.RECEIVED]
    assert mailbox.messages == ()
    kept = {one.kind: one for one in mailbox.promises}
    assert kept[PromiseKind.RECEIPT].state is PromiseState.KEPT
    assert kept[PromiseKind.REPLY].due_on == sent.next_on
    assert not any(one.is_overdue for one in mailbox.promises)


def test_a_reporter_can_see_that_a_promise_is_overdue_before_the_sweep_has_run(
    stage: Stage,
) -> None:
    _, code = stage.submit()
    stage.time.advance(days=3)
    late = {one.kind for one in read(stage, enter(stage, code)).promises if one.is_overdue}
    assert late == {PromiseKind.REPLY}


def test_a_reporter_can_enter_with_capitals_numbers_and_three_letters(stage: Stage) -> None:
    _, code = stage.submit()
    numbered = "\n".join(f"{n}. {word.upper()}" for n, word in enumerate(code.words, 1))
    cut = " ".join(word if "-" in word else word[:3] for word in code.words)
    entered = [
        stage.gate.run(enter_mailbox, Stranger(), EnterMailbox(typed)) for typed in (numbered, cut)
    ]
    assert entered[0] == entered[1]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", WrongWordCountError),
        ("one two three", WrongWordCountError),
        ("zzzz zzzz zzzz zzzz zzzz zzzz zzzz zzzz", UnknownWordsError),
    ],
)
def test_a_stranger_cannot_enter_with_what_is_no_code(
    stage: Stage, typed: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        stage.gate.run(enter_mailbox, Stranger(), EnterMailbox(typed))


def test_a_stranger_cannot_enter_by_guessing_and_leaves_no_flood(stage: Stage) -> None:
    stage.submit()
    before = len(ledger_days(stage))
    for _ in range(5):
        with pytest.raises(WrongSecretError):
            enter(stage, stage.gate.vault.new_access_code())
    assert len(ledger_days(stage)) == before


def test_a_stranger_cannot_enter_a_mailbox_whose_key_was_swapped(stage: Stage) -> None:
    _, code = stage.submit()
    _, other = stage.submit()
    theirs = enter(stage, other).party_id
    mine = enter(stage, code).party_id
    with stage.gate.door(Stranger()).change() as session:
        row, donor = session.get(Party, mine), session.get(Party, theirs)
        assert row is not None
        assert donor is not None
        row.public_key = donor.public_key
        session.flush()
        session.info.clear()
    with pytest.raises(SealBrokenError):
        enter(stage, code)
    assert Event.ALARM_RAISED in {row.event for row in ledger_days(stage)}


def test_a_reporter_can_write_and_read_both_sides(stage: Stage) -> None:
    _, code = stage.submit()
    reporter = enter(stage, code)
    write(stage, reporter, "It happened again.\nOn the yard. 🚒")
    write_from_staff(stage, reporter.case_id, "Thank you. Are you safe?")
    mailbox = read(stage, reporter)
    assert [(one.author, one.text) for one in mailbox.messages] == [
        (Author.PARTY, "It happened again.\nOn the yard. 🚒"),
        (Author.STAFF, "Thank you. Are you safe?"),
    ]
    assert mailbox.messages[0].author_name is None
    assert mailbox.messages[1].author_name
    assert [one.kind for one in mailbox.events] == [CaseEventKind.RECEIVED]


def test_a_reporter_can_see_an_answer_without_a_name_where_only_roles_are_shown(
    stage: Stage,
) -> None:
    _, code = stage.submit()
    reporter = enter(stage, code)
    write_from_staff(stage, reporter.case_id, "We have read it.", hide_names=True)
    assert [one.author_name for one in read(stage, reporter).messages] == [None]


def test_a_reporter_cannot_send_one_form_twice(stage: Stage) -> None:
    _, code = stage.submit()
    reporter = enter(stage, code)
    form = WriteAsReporter("Once.", uuid4())
    stage.gate.run(write_as_reporter, reporter, form)
    stage.gate.run(write_as_reporter, reporter, form)
    assert [one.text for one in read(stage, reporter).messages] == ["Once."]


def test_a_reporter_cannot_lose_what_they_changed_before_sending_a_form_again(
    stage: Stage,
) -> None:
    _, code = stage.submit()
    reporter, form_id = enter(stage, code), uuid4()
    for text in ("On Tuesday.", "No, on Friday.", " On Tuesday.\n"):
        stage.gate.run(write_as_reporter, reporter, WriteAsReporter(text, form_id))
    assert [one.text for one in read(stage, reporter).messages] == ["On Tuesday.", "No, on Friday."]


def test_a_reporter_cannot_lose_a_message_under_the_number_of_somebody_elses(stage: Stage) -> None:
    (_, code), (_, other), form_id = stage.submit(), stage.submit(), uuid4()
    for reporter in (enter(stage, code), enter(stage, other)):
        stage.gate.run(write_as_reporter, reporter, WriteAsReporter("The same.", form_id))
        assert [one.text for one in read(stage, reporter).messages] == ["The same."]


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200f\u200b", "x" * 50_001])
def test_a_reporter_cannot_send_nothing_or_too_much(stage: Stage, text: str) -> None:
    _, code = stage.submit()
    reporter = enter(stage, code)
    with pytest.raises(InvalidError) as wrong:
        write(stage, reporter, text)
    assert wrong.value.field == "message"
    assert read(stage, reporter).messages == ()


@pytest.mark.parametrize(
    "text", ["x" * 50_000, "שלום\u202e abc", "a\x00b\x07c", "👩‍🚒" * 100], ids=len
)
def test_a_reporter_can_send_any_writing(stage: Stage, text: str) -> None:
    _, code = stage.submit()
    reporter = enter(stage, code)
    write(stage, reporter, text)
    kept = read(stage, reporter).messages[0].text
    assert kept == text.replace("\x00", "").replace("\x07", "")


@pytest.mark.parametrize("came_from", [CaseStatus.TRIAGE, CaseStatus.INVESTIGATING])
def test_a_reporter_can_answer_a_question_and_the_case_goes_on(
    stage: Stage, came_from: CaseStatus
) -> None:
    _, code = stage.submit()
    reporter = enter(stage, code)
    set_status(stage, reporter.case_id, came_from)
    set_status(stage, reporter.case_id, CaseStatus.WAITING_YOU)
    write(stage, reporter, "On Tuesday.")
    mailbox = read(stage, reporter)
    assert mailbox.status is came_from
    assert mailbox.events[-1].status is came_from
    write(stage, reporter, "And on Friday.")
    assert read(stage, reporter).status is came_from


def test_a_reporter_can_write_after_the_case_was_closed(stage: Stage) -> None:
    _, code = stage.submit()
    reporter = enter(stage, code)
    set_status(stage, reporter.case_id, CaseStatus.CLOSED)
    write(stage, reporter, "They moved me off the watch.")
    mailbox = read(stage, reporter)
    assert mailbox.status is CaseStatus.CLOSED
    assert len(mailbox.messages) == 1


def test_a_reporter_can_open_the_mailbox_and_leave_one_dated_entry(stage: Stage) -> None:
    _, code = stage.submit()
    reporter = enter(stage, code)
    read(stage, reporter)
    entries = [row for row in ledger_days(stage) if row.event is Event.MAILBOX_OPENED]
    assert [row.case_id for row in entries] == [reporter.case_id]
    assert [row.on for row in entries] == [stage.gate.clock.today()]
    with stage.system.database.reading() as session:
        timed = select(func.count()).select_from(LedgerEntry)
        assert session.scalar(timed.where(LedgerEntry.event == Event.MAILBOX_OPENED)) == 0


def count_statements(stage: Stage, reporter: Reporter) -> int:
    seen: list[str] = []

    def note(*given: object) -> None:
        seen.append(str(given[2]))

    engine = stage.system.database.engine
    event.listen(engine, "before_cursor_execute", note)
    read(stage, reporter)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_a_reporter_can_open_a_long_conversation_in_as_many_statements_as_a_short_one(
    stage: Stage,
) -> None:
    _, code = stage.submit()
    reporter = enter(stage, code)
    write(stage, reporter, "One.")
    write_from_staff(stage, reporter.case_id, "Two.")
    few = count_statements(stage, reporter)
    for number in range(10):
        write(stage, reporter, f"Message {number}.")
    assert count_statements(stage, reporter) == few
