"""A handler's queue: their own cases, in order, a page at a time, in few statements."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from safeshare.casework.held_queries import Due, Held, Place
from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.casework.service.handling import (
    AcknowledgeCase,
    TakeCase,
    acknowledge,
    take_case,
)
from safeshare.casework.service.queue import PAGE, ListQueue, QueuePage, list_queue
from safeshare.concerns.models import Case, OnCallPage
from safeshare.concerns.rules import CaseStatus, RiskBand
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import NotFoundError
from safeshare.people.models import ServiceKey
from tests.cast import Stage
from tests.use_cases.handlers import attested, case_of, counted, holders_of, move


def listed(stage: Stage, staff: Staff, command: ListQueue | None = None) -> QueuePage:
    return stage.gate.run(list_queue, staff, command or ListQueue())


def references(page: QueuePage) -> list[str]:
    return [row.held.reference for row in page.rows]


def everything(stage: Stage, staff: Staff, command: ListQueue) -> list[Held]:
    found, after = [], None
    while True:
        page = listed(stage, staff, ListQueue(over=command.over, due=command.due, after=after))
        found += [row.held for row in page.rows]
        if page.next is None:
            return found
        after = page.next


def busiest(stage: Stage, count: int, a_day: int = 100) -> tuple[Staff, list[str]]:
    """The handler who was given most of so many cases (of six, at least half), and which."""
    sent = []
    for number in range(count):
        if number and number % a_day == 0:
            stage.time.advance(days=1)
        sent.append(stage.submit()[0].reference)
    names = [name for reference in sent for name in holders_of(stage, reference)]
    name = max(set(names), key=names.count)
    return stage.staff(name), [one for one in sent if name in holders_of(stage, one)]


def test_a_handler_can_see_the_cases_they_hold_and_no_others(stage: Stage) -> None:
    sent = [stage.submit()[0].reference for _ in range(8)]
    for name in ("hr_1", "hr_2", "hr_supervisor", "safeguarding_1"):
        expected = {one for one in sent if name in holders_of(stage, one)}
        assert set(references(listed(stage, stage.staff(name)))) == expected


@pytest.mark.parametrize("name", ["leader", "administrator", "overseer"])
def test_somebody_who_works_no_cases_cannot_list_a_queue(stage: Stage, name: str) -> None:
    with pytest.raises(NotFoundError):
        listed(stage, stage.staff(name))


def test_a_handler_can_page_through_all_their_cases_in_one_order(stage: Stage) -> None:
    staff, held = busiest(stage, 54, a_day=10)
    page = listed(stage, staff)
    assert len(page.rows) == PAGE < len(held)
    found = everything(stage, staff, ListQueue())
    assert sorted(one.reference for one in found) == sorted(held)
    keys = [(one.due_on or date.max, one.received_on, str(one.case_id)) for one in found]
    assert keys == sorted(keys)
    assert len({one.due_on for one in found}) > 2


def test_overdue_cases_come_first_then_those_due_soonest_then_those_with_nothing_due(
    stage: Stage,
) -> None:
    staff, cases = busiest(stage, 6)
    answered, over = cases[0], cases[1]
    attested(stage, answered, _name(stage, staff))
    stage.gate.run(acknowledge, staff, AcknowledgeCase(answered, "Hello."))
    with Session(stage.system.database.engine) as session:
        session.execute(
            update(Case).where(Case.reference == over).values(status=CaseStatus.AFTERCARE)
        )
        session.commit()
    stage.time.advance(days=3)
    late = set(cases[2:])
    new = _one_more_held(stage, staff)
    page = listed(stage, staff)
    assert set(references(page)[: len(late)]) == late
    assert references(page)[len(late) :] == [new, answered]
    assert [row.is_overdue for row in page.rows] == [True] * len(late) + [False, False]
    assert references(listed(stage, staff, ListQueue(over=True))) == [over]
    assert references(listed(stage, staff, ListQueue(due=Due.SOON))) == [new]
    assert set(references(listed(stage, staff, ListQueue(due=Due.OVERDUE)))) == late


def _name(stage: Stage, staff: Staff) -> str:
    return next(n for n, one in stage.enrolled.items() if one.staff_id == staff.staff_id)


def _one_more_held(stage: Stage, staff: Staff) -> str:
    while True:
        reference = stage.submit()[0].reference
        if _name(stage, staff) in holders_of(stage, reference):
            return reference


def test_a_handler_can_filter_by_queue_status_risk_and_their_own(stage: Stage) -> None:
    staff, cases = busiest(stage, 6)
    mine = cases[0]
    attested(stage, mine, _name(stage, staff))
    stage.gate.run(take_case, staff, TakeCase(mine))
    move(stage, staff, mine, CaseStatus.TRIAGE)
    assert references(listed(stage, staff, ListQueue(mine=True))) == [mine]
    assert references(listed(stage, staff, ListQueue(status=CaseStatus.TRIAGE))) == [mine]
    assert mine not in references(listed(stage, staff, ListQueue(status=CaseStatus.RECEIVED)))
    assert listed(stage, staff, ListQueue(risk=RiskBand.CRITICAL)).rows == ()
    assert set(references(listed(stage, staff, ListQueue(queue="hr")))) == set(cases)
    assert listed(stage, staff, ListQueue(queue="safeguarding")).rows == ()
    assert listed(stage, staff, ListQueue(queue="no such queue")).rows == ()
    assert {one.code for one in listed(stage, staff).queues} >= {"hr", "safeguarding"}


def test_a_row_says_who_answers_and_how_the_handler_stands_to_it(stage: Stage) -> None:
    staff, cases = busiest(stage, 6)
    mine, tied, called = cases[:3]
    attested(stage, mine, _name(stage, staff))
    stage.gate.run(take_case, staff, TakeCase(mine))
    stage.gate.run(declare_tie, staff, DeclareTie(tied, has_tie=True))
    with Session(stage.system.database.engine) as session:
        case_id = case_of(stage, called).id
        session.add(OnCallPage(case_id=case_id, staff_id=staff.staff_id, sweeps_left=30))
        session.commit()
    rows = {row.held.reference: row.held for row in listed(stage, staff).rows}
    assert (rows[mine].contact_name, rows[mine].has_attested) == (staff.display_name, True)
    assert tied not in rows
    assert (rows[called].has_attested, rows[called].is_paged) == (False, True)
    assert not rows[mine].is_paged


def test_a_page_of_one_case_and_of_twenty_five_take_the_same_statements(stage: Stage) -> None:
    staff, _ = busiest(stage, 1)
    with counted(stage) as few:
        listed(stage, staff)
    for _ in range(45):
        stage.submit()
    with counted(stage) as many:
        page = listed(stage, staff)
    assert len(page.rows) > 1
    assert len(few) == len(many) == 2


def test_a_page_after_the_last_case_is_empty(stage: Stage) -> None:
    staff, _ = busiest(stage, 2)
    last = Place(date.max, date.max, staff.staff_id)
    assert listed(stage, staff, ListQueue(after=last)).rows == ()


def test_the_queue_says_where_recovery_is_not_set_up(stage: Stage) -> None:
    staff = stage.staff("hr_1")
    assert listed(stage, staff).recovery_is_set_up
    with Session(stage.system.database.engine) as session:
        session.execute(update(ServiceKey).values(is_current=False))
        session.commit()
    assert not listed(stage, staff).recovery_is_set_up


def test_the_soonest_promise_of_a_case_is_read_from_the_index_of_open_ones(stage: Stage) -> None:
    handler, _ = busiest(stage, 3)
    asked: list[tuple[str, Any]] = []
    engine = stage.system.database.engine
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, values, *_: asked.append((statement, values)),
    )
    listed(stage, handler)
    statement, values = next(one for one in asked if "promise" in one[0])
    how = "EXPLAIN QUERY PLAN" if stage.system.database.is_sqlite else "EXPLAIN"
    with engine.connect() as connection:
        if not stage.system.database.is_sqlite:  # A table of three cases is read whole otherwise.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"{how} {statement}", values).all()
    assert "ix_promise_open" in str(plan)
