"""Joining and leaving queues, and being away: nobody lets themselves in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from safeshare.concerns.models import Grant, GranteeKind
from safeshare.gate import UseCase
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import InvalidError, NotFoundError, StaleError
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerEntry
from safeshare.people.models import QueueMember
from safeshare.people.service.away import GoAway, come_back, go_away, look_at_absence
from safeshare.people.service.membership import (
    ApproveMember,
    Membership,
    approve_member,
    leave_queue,
    list_waiting_members,
    propose_member,
    turn_down_member,
)
from tests.cast import Stage, enrol

WATCHERS = ("hr_supervisor", "overseer", "second_overseer")
OTHERS = ("administrator", "hr_1", "safeguarding_supervisor", "leader", "newcomer")


def events(stage: Stage) -> list[str]:
    """What the staff chain of the ledger tells, with the alarm where it is one."""
    with stage.system.database.reading() as session:
        rows = session.scalars(select(LedgerEntry).order_by(LedgerEntry.position))
        return [row.note.get("alarm", row.event) if row.note else row.event for row in rows]


def membership(stage: Stage, name: str, queue: str = "hr") -> Membership:
    return Membership(stage.enrolled[name].staff_id, stage.queues[queue])


def approval(stage: Stage, name: str, queue: str = "hr", *, trained: bool = True) -> ApproveMember:
    return ApproveMember(stage.enrolled[name].staff_id, stage.queues[queue], trained)


def is_approved(stage: Stage, name: str, queue: str = "hr") -> bool:
    with stage.system.database.reading() as session:
        row = session.get(QueueMember, (stage.queues[queue], stage.enrolled[name].staff_id))
        return row is not None and row.approved_by is not None


def holders(stage: Stage) -> set[UUID]:
    with stage.system.database.reading() as session:
        found = select(Grant.grantee_id).where(Grant.grantee_kind == GranteeKind.STAFF)
        return set(session.scalars(found))


@pytest.fixture
def joining(stage: Stage) -> Stage:
    """Somebody new whom an administrator has proposed for HR."""
    enrol(stage, "newcomer", {Role.HANDLER})
    command = membership(stage, "newcomer")
    stage.gate.run(propose_member, stage.staff("administrator"), command)
    return stage


def test_a_newcomer_cannot_be_given_a_concern_before_an_approval(joining: Stage) -> None:
    for _ in range(4):
        joining.submit()
    assert joining.enrolled["newcomer"].staff_id not in holders(joining)
    assert not joining.staff("newcomer").queue_ids


@pytest.mark.parametrize("name", WATCHERS)
def test_a_supervisor_of_the_queue_or_an_overseer_can_let_somebody_in(
    joining: Stage, name: str
) -> None:
    waiting = joining.gate.run(list_waiting_members, joining.staff(name), None)
    assert [one.display_name for one in waiting] == ["Newcomer"]
    joining.gate.run(approve_member, joining.staff(name), approval(joining, "newcomer"))
    assert joining.staff("newcomer").queue_ids == {joining.queues["hr"]}
    assert Event.PEOPLE_APPROVED in events(joining)
    assert not joining.gate.run(list_waiting_members, joining.staff(name), None)


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_can_let_somebody_in(joining: Stage, name: str) -> None:
    """Not an administrator, not oneself, not another queue's supervisor."""
    for case in (approve_member, turn_down_member, leave_queue):
        command = approval(joining, "newcomer") if case is approve_member else None
        if name == "newcomer" and case is leave_queue:
            continue
        with pytest.raises(NotFoundError):
            run_any(joining, case, name, command or membership(joining, "newcomer"))
    assert not is_approved(joining, "newcomer")
    assert Event.ACTION_REFUSED in events(joining)


def run_any(stage: Stage, case: UseCase[Any, Any], name: str, command: object) -> object:
    return stage.gate.run(case, stage.staff(name), command)


def test_an_approver_cannot_let_themselves_in(stage: Stage) -> None:
    command = membership(stage, "hr_supervisor", "safeguarding")
    stage.gate.run(propose_member, stage.staff("administrator"), command)
    own = approval(stage, "hr_supervisor", "safeguarding")
    with pytest.raises(NotFoundError):
        stage.gate.run(approve_member, stage.staff("hr_supervisor"), own)
    waiting = stage.gate.run(list_waiting_members, stage.staff("hr_supervisor"), None)
    assert not waiting
    stage.gate.run(approve_member, stage.staff("safeguarding_supervisor"), own)
    assert is_approved(stage, "hr_supervisor", "safeguarding")


def test_somebody_who_was_turned_down_can_be_proposed_again_but_not_approved(
    joining: Stage,
) -> None:
    joining.gate.run(turn_down_member, joining.staff("overseer"), membership(joining, "newcomer"))
    with pytest.raises(StaleError):
        joining.gate.run(approve_member, joining.staff("overseer"), approval(joining, "newcomer"))
    administrator = joining.staff("administrator")
    joining.gate.run(propose_member, administrator, membership(joining, "newcomer"))
    with pytest.raises(StaleError):
        joining.gate.run(propose_member, administrator, membership(joining, "newcomer"))


def test_the_second_of_two_approvers_is_told_that_it_was_done(joining: Stage) -> None:
    command = approval(joining, "newcomer")
    joining.gate.run(approve_member, joining.staff("overseer"), command)
    with pytest.raises(StaleError):
        joining.gate.run(approve_member, joining.staff("hr_supervisor"), command)
    with pytest.raises(StaleError):
        joining.gate.run(
            turn_down_member, joining.staff("hr_supervisor"), membership(joining, "newcomer")
        )
    assert events(joining).count(Event.ACTION_OVERTAKEN) == 2


def test_an_administrator_cannot_be_proposed_for_a_queue(stage: Stage) -> None:
    for name in ("leader", "overseer"):
        with pytest.raises(InvalidError, match="queue_without_role"):
            run_any(stage, propose_member, "administrator", membership(stage, name))


def test_somebody_who_is_not_trained_cannot_be_given_a_concern_of_danger(joining: Stage) -> None:
    command = approval(joining, "newcomer", trained=False)
    joining.gate.run(approve_member, joining.staff("overseer"), command)
    for _ in range(6):
        joining.submit({"danger": "yes", "handle_by": "hr"})
    assert joining.enrolled["newcomer"].staff_id not in holders(joining)


def test_the_last_member_of_a_queue_can_leave_and_an_alarm_is_raised(stage: Stage) -> None:
    left = 6
    for number in range(1, 6):
        left = stage.gate.run(
            leave_queue, stage.staff("hr_supervisor"), membership(stage, f"hr_{number}")
        )
    assert left == 1
    assert "queue_with_one_member" in events(stage)
    own = membership(stage, "hr_supervisor")
    assert stage.gate.run(leave_queue, stage.staff("hr_supervisor"), own) == 0
    assert "queue_without_members" in events(stage)
    stage.submit()
    assert stage.enrolled["hr_supervisor"].staff_id not in holders(stage)


def test_somebody_who_is_away_cannot_be_given_a_concern_until_they_are_back(stage: Stage) -> None:
    handler = stage.staff("hr_1")
    assert not stage.gate.run(look_at_absence, handler, None).is_away
    stage.gate.run(go_away, handler, GoAway(date(2026, 3, 2), None))
    assert stage.gate.run(look_at_absence, handler, None).is_away
    for _ in range(6):
        stage.submit()
    assert handler.staff_id not in holders(stage)
    stage.gate.run(come_back, handler, None)
    for _ in range(30):  # Half of them, by lot: none of all once in a thousand million runs.
        stage.submit()
    assert handler.staff_id in holders(stage)


def test_an_absence_can_begin_and_end_by_itself(stage: Stage) -> None:
    handler = stage.staff("hr_1")
    stage.gate.run(go_away, handler, GoAway(date(2026, 3, 4), date(2026, 3, 5)))
    seen = []
    for _ in range(6):
        seen.append(stage.gate.run(look_at_absence, stage.staff("hr_1"), None).is_away)
        stage.time.advance(days=1)
    assert seen == [False, False, True, True, False, False]


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (GoAway(date(2026, 3, 9), date(2026, 3, 8)), "until_on"),
        (GoAway(date(2026, 2, 1), date(2026, 3, 1)), "until_on"),
        (GoAway(date(2028, 3, 9), None), "from_on"),
        (GoAway(date(2026, 3, 9), date(2028, 3, 9)), "until_on"),
    ],
    ids=["backwards", "past", "far off", "too long"],
)
def test_nobody_can_be_away_on_days_that_make_no_sense(
    stage: Stage, command: GoAway, field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        stage.gate.run(go_away, stage.staff("hr_1"), command)
    assert refused.value.field == field


def test_two_people_who_approve_at_once_leave_one_signed_record(stage: Stage) -> None:
    enrol(stage, "newcomer", {Role.HANDLER})
    for queue in ("hr", "safeguarding"):
        command = membership(stage, "newcomer", queue)
        stage.gate.run(propose_member, stage.staff("administrator"), command)
    actors = {queue: stage.staff(f"{queue}_supervisor") for queue in ("hr", "safeguarding")}

    def let_in(queue: str) -> None:
        stage.gate.run(approve_member, actors[queue], approval(stage, "newcomer", queue))

    with ThreadPoolExecutor(2) as both:
        list(both.map(let_in, actors))
    joined = {stage.queues[queue] for queue in actors}
    assert stage.staff("newcomer").queue_ids == joined
