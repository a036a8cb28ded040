"""Whoever can write to every table, and has no key file, chooses nobody and bars nobody unseen."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, event, insert, select, update

from safeshare.concerns.models import OnCallPage, RoutingRule
from safeshare.concerns.service.choice import PrepareChoice, prepare_choice
from safeshare.db.base import Base
from safeshare.kernel.actors import Operator, Role, Stranger
from safeshare.kernel.errors import NobodyEligibleError, SealBrokenError
from safeshare.people.models import (
    KeyKind,
    OnCall,
    Queue,
    QueueMember,
    ServiceKey,
    SignedList,
    StaffMember,
    StaffRole,
)
from safeshare.people.service.eligibility import sign
from safeshare.people.service.membership import Membership, held_standing, leave_queue
from safeshare.people.service.rota import TurnOnCall, set_rota
from tests.cast import Stage, approve, enrol
from tests.use_cases.writing_tables import (
    Rows,
    alarms,
    holders,
    members,
    of_person,
    put,
    put_back,
    queues_of_cases,
    rows_of,
    table,
    write,
)

ABOUT_HR = {"about": ("hr",)}


def count_statements(stage: Stage, do: Callable[[], object]) -> int:
    """How many statements something sends."""
    sent: list[str] = []
    engine = stage.system.database.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    do()
    event.remove(engine, "before_cursor_execute", note)
    return len(sent)


PERSON: dict[str, Callable[[Stage, UUID], Any]] = {
    "display name": lambda _, one: put(StaffMember, one, display_name="Somebody Else"),
    "job title": lambda _, one: put(StaffMember, one, job_title="Chief Officer"),
    "email": lambda _, one: put(StaffMember, one, email="thief@elsewhere.example"),
    "sign-in name": lambda _, one: put(StaffMember, one, sign_in_name="thief"),
    "place": lambda stage, one: put(StaffMember, one, location_id=stage.places["north"]),
    "key number": lambda _, one: put(StaffMember, one, key_number=2),
    "away": lambda _, one: put(StaffMember, one, away_from=date(2026, 1, 1)),
    "last day": lambda _, one: put(StaffMember, one, ends_on=date(2030, 1, 1)),
    "revision": lambda _, one: put(StaffMember, one, revision=99),
    "one role more": lambda _, one: insert(StaffRole).values(staff_id=one, role="supervisor"),
    "no role": lambda _, one: delete(StaffRole).where(StaffRole.staff_id == one),
    "approver": lambda stage, one: _member(stage, one).values(
        approved_by=stage.enrolled["overseer"].staff_id
    ),
    "training": lambda stage, one: _member(stage, one).values(trained_for_danger=False),
    "approval taken away": lambda stage, one: _member(stage, one).values(approved_by=None),
    "another queue, unapproved": lambda stage, one: insert(QueueMember).values(
        queue_id=stage.queues["safeguarding"], staff_id=one, trained_for_danger=True
    ),
    "no queue": lambda _, one: delete(QueueMember).where(QueueMember.staff_id == one),
}


def _member(stage: Stage, staff_id: UUID) -> Any:
    of_queue = QueueMember.queue_id == stage.queues["hr"]
    return update(QueueMember).where(QueueMember.staff_id == staff_id, of_queue)


@pytest.mark.parametrize("what", PERSON)
def test_a_writer_of_the_tables_cannot_change_what_chooses_or_names_somebody(
    stage: Stage, what: str
) -> None:
    changed = stage.enrolled["hr_1"].staff_id
    write(stage, PERSON[what](stage, changed))
    for _ in range(4):
        stage.submit()
    shown = stage.gate.run(prepare_choice, Stranger(), PrepareChoice({"handle_by": "hr"}, ()))
    assert changed not in holders(stage)
    assert "Somebody Else" not in {one.name for one in (*shown.holders, *shown.others_in_queue)}
    assert what == "no queue" or str(changed) in alarms(stage)
    with pytest.raises(SealBrokenError):
        stage.staff("hr_1")


def test_a_writer_of_the_tables_cannot_bring_a_member_back_by_yesterdays_rows(
    stage: Stage,
) -> None:
    left = stage.enrolled["hr_1"].staff_id
    kept = rows_of(stage, of_person(left))
    command = Membership(left, stage.queues["hr"])
    stage.gate.run(leave_queue, stage.staff("hr_supervisor"), command)
    put_back(stage, of_person(left), kept)
    for _ in range(4):
        stage.submit()
    assert left not in holders(stage)
    assert str(left) in alarms(stage)


def test_a_record_that_was_committed_before_a_crash_can_be_used_and_not_set_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = stage.enrolled["hr_1"].staff_id
    kept = rows_of(stage, of_person(changed))
    command = Membership(changed, stage.queues["hr"])
    with monkeypatch.context() as died:
        died.setattr(type(stage.gate.vault), "raising_revisions", lambda *_: nullcontext())
        stage.gate.run(leave_queue, stage.staff("hr_supervisor"), command)
    assert stage.staff("hr_1").queue_ids == frozenset()
    put_back(stage, of_person(changed), kept)
    with pytest.raises(SealBrokenError):
        stage.staff("hr_1")


def test_a_change_that_was_not_committed_cannot_bar_anybody(stage: Stage) -> None:
    changed = stage.enrolled["hr_1"].staff_id
    door = stage.gate.door(Operator())
    with suppress(ZeroDivisionError), door.change() as session:
        sign(door, held_standing(door, session, changed))
        raise ZeroDivisionError
    assert stage.staff("hr_1").queue_ids == {stage.queues["hr"]}


def test_nobody_can_be_approved_by_rows_that_were_never_signed_together(stage: Stage) -> None:
    """Half of yesterday's rows with half of today's is as bad as an invented one."""
    changed = stage.enrolled["hr_1"].staff_id
    kept = rows_of(stage, {QueueMember: QueueMember.staff_id == changed})
    command = Membership(changed, stage.queues["hr"])
    stage.gate.run(leave_queue, stage.staff("hr_supervisor"), command)
    for row in kept[table(QueueMember)]:
        write(stage, insert(QueueMember).values(dict(row)))
    for _ in range(4):
        stage.submit()
    assert changed not in holders(stage)


def test_a_writer_of_the_tables_cannot_turn_concerns_to_another_queue_by_its_row(
    stage: Stage,
) -> None:
    """HR and the independent queue are swapped, so that HR would be given what is about it."""
    hr, independent = stage.queues["hr"], stage.queues["independent"]
    write(stage, put(Queue, hr, code="swapping"))
    write(stage, put(Queue, independent, code="hr"))
    write(stage, put(Queue, hr, code="independent"))
    for _ in range(4):
        stage.submit(ABOUT_HR)
    assert not holders(stage) & (members(stage, "hr") | members(stage, "independent"))
    assert not queues_of_cases(stage) & {hr, independent}
    assert {str(hr), str(independent)} <= alarms(stage)


@pytest.mark.parametrize(
    "changed",
    [{"holders_wanted": 6}, {"shows_names": False}, {"position": 9}, {"name": "Somebody else"}],
    ids=str,
)
def test_a_queue_whose_row_was_changed_cannot_be_given_a_concern(
    stage: Stage, changed: Mapping[str, Any]
) -> None:
    write(stage, put(Queue, stage.queues["hr"], **changed))
    stage.submit()
    assert stage.queues["hr"] not in queues_of_cases(stage)
    assert alarms(stage) == {str(stage.queues["hr"])}


def test_a_concern_cannot_be_sent_where_no_queue_can_be_believed(stage: Stage) -> None:
    write(stage, update(Queue).values(holders_wanted=5))
    with pytest.raises(NobodyEligibleError):
        stage.submit()


@pytest.mark.parametrize(
    "statement",
    [
        update(RoutingRule).values(queue_code="hr"),
        update(RoutingRule).values(position=-RoutingRule.position),
        delete(RoutingRule).where(RoutingRule.position == 1),
        delete(SignedList).where(SignedList.name == "routing"),
        insert(RoutingRule).values(position=0, when={"about": "hr"}, queue_code="hr"),
    ],
    ids=["other queue", "other order", "one less", "unsigned", "one more"],
)
def test_a_writer_of_the_tables_cannot_route_a_concern(stage: Stage, statement: Any) -> None:
    """The order of the files takes its place, so that no concern is lost either."""
    write(stage, statement)
    stage.submit(ABOUT_HR)
    stage.submit({"handle_by": "safeguarding"})
    assert queues_of_cases(stage) == {stage.queues["independent"], stage.queues["safeguarding"]}
    assert "routing" in alarms(stage)


def test_a_writer_of_the_tables_cannot_put_a_name_on_the_rota(stage: Stage) -> None:
    hr, wanted = stage.queues["hr"], stage.enrolled["hr_4"].staff_id
    turn = TurnOnCall(hr, wanted, date(2026, 1, 1), date(2026, 12, 31))
    stage.gate.run(set_rota, Operator(), [turn])
    write(stage, update(OnCall).values(staff_id=stage.enrolled["hr_1"].staff_id))
    named = stage.enrolled["hr_1"].staff_id
    order = (*sorted(members(stage, "hr") - {named}), named)
    stage.submit({"danger": "yes"}, order=order)
    assert f"rota/{hr}" in alarms(stage)
    with stage.system.database.reading() as session:
        assert list(session.scalars(select(OnCallPage.staff_id))) == [order[0]]


def test_yesterdays_rota_cannot_be_put_back(stage: Stage) -> None:
    hr = stage.queues["hr"]
    where: dict[type[Base], Any] = {
        SignedList: SignedList.queue_id == hr,
        OnCall: OnCall.queue_id == hr,
    }
    kept: Rows = {}
    for name in ("hr_1", "hr_2"):
        kept = rows_of(stage, where)
        turn = TurnOnCall(hr, stage.enrolled[name].staff_id, date(2026, 1, 1), date(2026, 12, 31))
        stage.gate.run(set_rota, Operator(), [turn])
    put_back(stage, where, kept)
    stage.submit({"danger": "yes"})
    assert f"rota/{hr}" in alarms(stage)


def test_an_officers_name_cannot_be_shown_for_another(stage: Stage) -> None:
    write(
        stage,
        update(ServiceKey)
        .where(ServiceKey.kind == KeyKind.OFFICER, ServiceKey.owner_name == "Wren")
        .values(owner_name="The Chief Officer"),
    )
    shown = stage.gate.run(prepare_choice, Stranger(), PrepareChoice({"handle_by": "hr"}, ()))
    officers = shown.recovery_officers
    assert (set(officers.names), officers.together, officers.number) == ({"Tern", "Rook"}, 2, 3)


def test_choosing_asks_no_more_of_the_database_where_there_are_more_people(
    stage: Stage,
) -> None:
    command = PrepareChoice({"handle_by": "hr"}, ())
    few = count_statements(stage, lambda: stage.gate.run(prepare_choice, Stranger(), command))
    for number in range(6, 10):
        enrol(stage, f"hr_{number}", {Role.HANDLER}, "hr")
        approve(stage, "hr_supervisor", f"hr_{number}", "hr")
    many = count_statements(stage, lambda: stage.gate.run(prepare_choice, Stranger(), command))
    assert many == few
