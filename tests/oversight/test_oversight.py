"""Who may look at which part of the ledger, and what they see of it."""

from typing import Any

import pytest
from sqlalchemy import select

from safeshare.casework.service.handling import WriteMessage, write_message
from safeshare.concerns.models import Case
from safeshare.gate import UseCase
from safeshare.gate.keeping import collect_past_days
from safeshare.kernel.actors import Role, Worker
from safeshare.kernel.errors import NotFoundError
from safeshare.ledger.events import ABOUT_ACCOUNTS, Event
from safeshare.ledger.models import LedgerEntry
from safeshare.oversight.rules import Sign
from safeshare.oversight.service.caseload import count_caseload, read_caseload
from safeshare.oversight.service.evidence import count_case_events, export_case_events
from safeshare.oversight.service.review import read_review
from safeshare.oversight.service.trails import (
    PAGE,
    CaseTrail,
    ReadAccountsTrail,
    ReadCaseTrail,
    Told,
    list_overseen,
    read_accounts_trail,
    read_case_trail,
)
from tests.cast import Stage, enrol
from tests.use_cases.handlers import attested, case_of, holders_of, opened, strangers_of

EVERYBODY = ("hr_1", "hr_supervisor", "overseer", "leader", "administrator", "inspector")


@pytest.fixture
def inspected(stage: Stage) -> Stage:
    enrol(stage, "inspector", {Role.INSPECTOR})
    return stage


@pytest.mark.parametrize(
    ("use_case", "command", "allowed"),
    [
        (read_accounts_trail, ReadAccountsTrail(), {"administrator", "inspector"}),
        (read_review, None, {"overseer"}),
        (list_overseen, None, {"overseer"}),
        (read_caseload, None, {"overseer", "leader", "inspector"}),
        (count_case_events, None, {"inspector"}),
        (export_case_events, None, {"inspector"}),
    ],
    ids=["accounts", "review", "overseen", "caseload", "evidence", "export"],
)
def test_each_role_can_see_its_own_part_and_no_other(
    inspected: Stage, use_case: UseCase[Any, Any], command: object, allowed: set[str]
) -> None:
    for name in EVERYBODY:
        if name in allowed:
            inspected.gate.run(use_case, inspected.staff(name), command)
        else:
            with pytest.raises(NotFoundError):
                inspected.gate.run(use_case, inspected.staff(name), command)


def test_an_administrator_can_page_through_accounts_and_sees_no_case(stage: Stage) -> None:
    sent, _ = stage.submit()
    opened(stage, attested(stage, sent.reference), sent.reference)
    administrator, before = stage.staff("administrator"), None
    seen: list[Told] = []
    while True:
        page = stage.gate.run(read_accounts_trail, administrator, ReadAccountsTrail(before))
        assert len(page.lines) <= PAGE
        seen += page.lines
        before = page.next
        if before is None:
            break
    with stage.system.database.reading() as session:
        own = select(LedgerEntry).where(
            LedgerEntry.event.in_(ABOUT_ACCOUNTS), LedgerEntry.case_id.is_(None)
        )
        assert len(seen) >= len(session.scalars(own).all()) - 4
    assert {line.event for line in seen} <= ABOUT_ACCOUNTS
    assert not {Event.CASE_OPENED, Event.ACTION_REFUSED} & {line.event for line in seen}
    approved = [line for line in seen if line.event is Event.PEOPLE_APPROVED]
    assert ("Hr Supervisor", "Hr 1") in {(line.name, line.about) for line in approved}


def trail(stage: Stage, name: str, reference: str) -> CaseTrail:
    return stage.gate.run(read_case_trail, stage.staff(name), ReadCaseTrail(reference))


def test_a_holder_and_the_overseer_can_read_a_cases_trail_and_nobody_else(stage: Stage) -> None:
    sent, _ = stage.submit()
    holder = holders_of(stage, sent.reference)[0]
    opened(stage, attested(stage, sent.reference, holder), sent.reference)
    stage.time.advance(days=1)
    stage.gate.run(collect_past_days, Worker(), None)
    ids = {one.staff_id: name for name, one in stage.enrolled.items()}
    overseer = case_of(stage, sent.reference).overseer_id
    assert overseer is not None
    for name in (holder, ids[overseer]):
        events = [line.event for line in trail(stage, name, sent.reference).lines]
        assert {Event.CASE_OPENED, Event.CONCERN_SUBMITTED} <= set(events)
    assert trail(stage, holder, sent.reference).lines[0].event is Event.CASE_TRAIL_READ
    for name in strangers_of(stage, sent.reference):
        if name != ids[overseer]:
            with pytest.raises(NotFoundError):
                trail(stage, name, sent.reference)
    assert stage.gate.run(list_overseen, stage.staff(ids[overseer]), None) == [sent.reference]


def test_a_reporters_lines_of_a_trail_have_a_day_and_come_the_day_after(stage: Stage) -> None:
    sent, _ = stage.submit()
    holder = holders_of(stage, sent.reference)[0]
    assert trail(stage, holder, sent.reference).lines == []
    stage.time.advance(days=1)
    stage.gate.run(collect_past_days, Worker(), None)
    sent_line = trail(stage, holder, sent.reference).lines[-1]
    assert (sent_line.event, sent_line.at, sent_line.name) == (Event.CONCERN_SUBMITTED, None, None)


def test_a_long_trail_can_be_paged_without_losing_or_repeating_a_line(stage: Stage) -> None:
    sent, _ = stage.submit()
    staff = attested(stage, sent.reference)
    for _ in range(PAGE + 7):
        opened(stage, staff, sent.reference)
    stage.time.advance(days=1)
    stage.gate.run(collect_past_days, Worker(), None)
    first = stage.gate.run(read_case_trail, staff, ReadCaseTrail(sent.reference))
    assert first.next is not None
    second = stage.gate.run(read_case_trail, staff, ReadCaseTrail(sent.reference, first.next))
    events = [line.event for line in (*first.lines, *second.lines)]
    assert events.count(Event.CASE_OPENED) == PAGE + 7
    assert events[-1] is Event.CONCERN_SUBMITTED
    assert second.next is None


def test_an_overseer_can_see_whose_week_was_unusual_and_no_case(stage: Stage) -> None:
    references = [stage.submit()[0].reference for _ in range(14)]
    by_name: dict[str, list[str]] = {}
    for reference in references:
        for name in holders_of(stage, reference):
            by_name.setdefault(name, []).append(reference)
    curious = max(by_name, key=lambda name: len(by_name[name]))
    diligent = next(name for name in by_name if name != curious)
    stage.time.advance(hours=13)
    for reference in by_name[curious][:6]:
        opened(stage, attested(stage, reference, curious), reference)
    own = by_name[diligent][0]
    staff = attested(stage, own, diligent)
    opened(stage, staff, own)
    stage.gate.run(write_message, staff, WriteMessage(own, "Thank you."))
    stage.time.advance(days=7)
    review = stage.gate.run(read_review, stage.staff("overseer"), None)
    assert review.readers == 2
    (one,) = review.unusual
    assert one.name == curious.replace("_", " ").title()
    assert one.signs == (Sign.ODD_HOURS, Sign.OPENED_AND_LEFT)
    assert one.week.cases == one.week.undone == 6
    stage.time.advance(days=7)
    assert stage.gate.run(read_review, stage.staff("overseer"), None).unusual == []


def test_the_worker_can_count_the_caseload_once_a_night(stage: Stage) -> None:
    for _ in range(6):
        stage.submit()
    assert stage.gate.run(count_caseload, Worker(), None) == 2
    assert stage.gate.run(count_caseload, Worker(), None) == 0
    stage.submit()
    stage.time.advance(days=1)
    assert stage.gate.run(count_caseload, Worker(), None) == 0
    shown = stage.gate.run(read_caseload, stage.staff("leader"), None)
    assert shown.checked_on == stage.gate.clock.today()
    by_queue = {queue.name: queue for queue in shown.queues}
    hr = next(queue for queue in by_queue.values() if queue.no_contact.count is not None)
    assert hr.no_contact.count == 5
    assert hr.no_contact.counted_on is not None
    assert hr.no_contact.counted_on < stage.gate.clock.today()
    assert hr.stages[0][1][0].count == 5
    assert hr.overdue.count is None
    others = [queue for queue in by_queue.values() if queue is not hr]
    assert {queue.no_contact.count for queue in others} == {None}


def test_what_is_late_or_old_can_be_seen_in_the_caseload(stage: Stage) -> None:
    for _ in range(8):
        stage.submit()
    stage.time.advance(days=30)
    stage.gate.run(count_caseload, Worker(), None)
    shown = stage.gate.run(read_caseload, stage.staff("overseer"), None)
    hr = next(queue for queue in shown.queues if queue.no_contact.count is not None)
    assert hr.overdue.count == 10
    assert [figure.count for figure in hr.stages[0][1]] == [None, 10, None]


def test_an_inspector_can_count_months_that_are_over_and_no_small_number(
    inspected: Stage,
) -> None:
    for _ in range(7):
        inspected.submit()
    inspector = inspected.staff("inspector")
    assert inspected.gate.run(count_case_events, inspector, None) == []
    inspected.time.advance(days=31)
    inspected.gate.run(collect_past_days, Worker(), None)
    (month,) = inspected.gate.run(count_case_events, inspected.staff("inspector"), None)
    assert month.counts[Event.CONCERN_SUBMITTED] == 5
    assert month.counts[Event.CASE_OPENED] is None


def test_an_inspector_cannot_match_two_exports_with_each_other_or_the_database(
    inspected: Stage,
) -> None:
    references = [inspected.submit()[0].reference for _ in range(3)]
    opened(inspected, attested(inspected, references[0]), references[0])
    inspected.time.advance(days=31)
    inspected.gate.run(collect_past_days, Worker(), None)
    inspector = inspected.staff("inspector")
    one, other = (inspected.gate.run(export_case_events, inspector, None) for _ in range(2))
    assert len(one) == len(other) == 5
    assert {line.case for line in one}.isdisjoint({line.case for line in other})
    with inspected.system.database.reading() as session:
        known = {str(case.id) for case in session.scalars(select(Case))} | set(references)
        exports = select(LedgerEntry).where(LedgerEntry.event == Event.LEDGER_EXPORTED)
        assert [entry.note["cases"] for entry in session.scalars(exports)] == ["3", "3"]
    assert not known & {line.case for line in one}
    assert {line.by for line in one} == {"reporter", "staff"}
