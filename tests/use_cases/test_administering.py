"""Administrators look after accounts, and can give nobody a case."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from safeshare.kernel.actors import Operator, Role, Visitor
from safeshare.kernel.errors import InvalidError, NotFoundError, SealBrokenError, StaleError
from safeshare.ledger.events import Event
from safeshare.people.account_queries import AccountPlace, is_last_administrator
from safeshare.people.models import StaffMember, StaffState
from safeshare.people.queries import get_standing
from safeshare.people.rules import eligible_holders
from safeshare.people.service import administering
from safeshare.people.service.administering import (
    Account,
    ChangeRoles,
    EndAccount,
    LookAtAccount,
    Refusal,
    change_roles,
    end_account,
    list_all_accounts,
    list_queue_names,
    look_at_account,
)
from safeshare.people.service.eligibility import facts_of, is_signed
from safeshare.people.service.proposed_roles import ApproveRole, approve_role, list_proposed
from safeshare.people.service.sign_in import RecogniseStaff, recognise_staff
from tests.cast import Stage, enrol
from tests.use_cases.handlers import ledger
from tests.use_cases.test_whereabouts import put


def change(
    stage: Stage, name: str, *roles: Role, by: str = "administrator", days: int | None = None
) -> Refusal | None:
    last = stage.time.now.date() + timedelta(days=days) if days is not None else None
    command = ChangeRoles(stage.enrolled[name].staff_id, frozenset(roles), last)
    return stage.gate.run(change_roles, stage.staff(by), command)


def end(stage: Stage, name: str, by: str = "administrator") -> Refusal | None:
    command = EndAccount(stage.enrolled[name].staff_id)
    return stage.gate.run(end_account, stage.staff(by), command)


def account(stage: Stage, name: str) -> Account:
    command = LookAtAccount(stage.enrolled[name].staff_id)
    return stage.gate.run(look_at_account, stage.staff("administrator"), command)


def approve(stage: Stage, by: str, name: str, role: Role) -> None:
    command = ApproveRole(stage.enrolled[name].staff_id, role)
    stage.gate.run(approve_role, stage.staff(by), command)


def refusals(stage: Stage) -> list[str]:
    return [row.note["why"] for row in ledger(stage, Event.PEOPLE_REFUSED)]


def test_an_administrator_can_read_every_account_page_by_page(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administering, "ROWS", 7)
    names: list[str] = []
    after: AccountPlace | None = None
    while True:
        page = stage.gate.run(list_all_accounts, stage.staff("administrator"), after)
        names += [one.display_name for one in page.accounts]
        after = page.next
        if after is None:
            break
    assert names == sorted(names)
    assert len(names) == len(set(names)) == len(stage.enrolled)


def test_the_last_administrator_cannot_leave_or_lose_the_role(stage: Stage) -> None:
    assert end(stage, "administrator") is Refusal.LAST_ADMINISTRATOR
    assert change(stage, "administrator", Role.LEADER) is Refusal.LAST_ADMINISTRATOR
    assert refusals(stage) == ["last_administrator", "last_administrator"]
    assert account(stage, "administrator").roles == {Role.ADMINISTRATOR}


def test_an_administrator_can_leave_once_there_is_another(stage: Stage) -> None:
    enrol(stage, "second", {Role.ADMINISTRATOR})
    assert end(stage, "administrator", by="second") is None
    with pytest.raises(NotFoundError):
        stage.staff("administrator")
    assert end(stage, "second", by="second") is Refusal.LAST_ADMINISTRATOR


def test_two_administrators_cannot_end_each_other_at_once(stage: Stage) -> None:
    enrol(stage, "second", {Role.ADMINISTRATOR})
    first, second = stage.staff("administrator"), stage.staff("second")
    commands = [
        (first, EndAccount(second.staff_id)),
        (second, EndAccount(first.staff_id)),
    ]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda one: stage.gate.run(end_account, one[0], one[1]), commands))
    assert sorted(map(str, found)) == ["None", "last_administrator"]


@pytest.mark.parametrize("ends", [True, False])
def test_a_change_of_roles_and_one_of_the_place_at_once_leave_one_signed_record(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, ends: bool
) -> None:
    def move() -> None:
        with suppress(StaleError):
            put(stage, "leader", None, "north")

    moving = Thread(target=move)

    def look(session: Session, staff_id: UUID) -> bool:
        moving.start()
        moving.join(timeout=0.5)
        return is_last_administrator(session, staff_id)

    monkeypatch.setattr(administering, "is_last_administrator", look)
    if ends:
        assert end(stage, "leader") is None
    else:
        assert change(stage, "leader", Role.LEADER) is None
    moving.join()
    door = stage.gate.door(Operator())
    assert is_signed(door, get_standing(door.read, stage.enrolled["leader"].staff_id))
    door.stop_reading()


def test_somebody_whose_account_ended_cannot_go_on(stage: Stage) -> None:
    leader = stage.enrolled["leader"]
    assert end(stage, "leader") is None
    with pytest.raises(NotFoundError):
        stage.gate.run(
            recognise_staff, Visitor(), RecogniseStaff(leader.staff_id, leader.private_key)
        )
    assert account(stage, "leader").state is StaffState.LEFT
    with pytest.raises(StaleError):
        end(stage, "leader")


@pytest.mark.parametrize("name", ["hr_1", "hr_supervisor"])
def test_somebody_who_serves_a_queue_cannot_be_ended_or_stripped_before_they_left_it(
    stage: Stage, name: str
) -> None:
    assert end(stage, name) is Refusal.STILL_IN_QUEUE
    assert change(stage, name, Role.LEADER) is Refusal.STILL_IN_QUEUE
    assert refusals(stage) == ["still_in_queue", "still_in_queue"]


@pytest.mark.parametrize(
    "roles",
    [
        (Role.ADMINISTRATOR, Role.HANDLER),
        (Role.ADMINISTRATOR, Role.OVERSEER),
        (Role.ADMINISTRATOR, Role.SUPERVISOR),
        (Role.INSPECTOR, Role.LEADER),
        (),
    ],
)
def test_roles_that_exclude_each_other_cannot_be_given(
    stage: Stage, roles: tuple[Role, ...]
) -> None:
    with pytest.raises(InvalidError):
        change(stage, "leader", *roles)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OVERSEER])
def test_an_administrator_cannot_make_anybody_watch_over_cases(stage: Stage, role: Role) -> None:
    assert change(stage, "leader", role) is None
    found = account(stage, "leader")
    assert not found.roles
    assert found.proposed == {role}
    assert stage.staff("leader").roles == frozenset()
    with pytest.raises(NotFoundError):
        approve(stage, "administrator", "leader", role)


def test_an_overseer_can_approve_a_role_and_it_counts_from_then_on(stage: Stage) -> None:
    change(stage, "leader", Role.OVERSEER)
    waiting = stage.gate.run(list_proposed, stage.staff("overseer"), None)
    assert [(one.display_name, one.role) for one in waiting] == [("Leader", Role.OVERSEER)]
    approve(stage, "overseer", "leader", Role.OVERSEER)
    assert stage.staff("leader").roles == {Role.OVERSEER}
    assert ledger(stage, Event.PEOPLE_ROLE_APPROVED)
    with pytest.raises(StaleError):
        approve(stage, "overseer", "leader", Role.OVERSEER)


def test_nobody_can_approve_their_own_role(stage: Stage) -> None:
    change(stage, "hr_1", Role.HANDLER, Role.SUPERVISOR)
    with pytest.raises(NotFoundError):
        approve(stage, "hr_1", "hr_1", Role.SUPERVISOR)
    with pytest.raises(NotFoundError):
        approve(stage, "hr_supervisor", "hr_1", Role.SUPERVISOR)
    approve(stage, "overseer", "hr_1", Role.SUPERVISOR)
    assert stage.staff("hr_1").roles == {Role.HANDLER, Role.SUPERVISOR}


def test_a_supervisor_can_approve_the_first_overseer_while_there_is_none(stage: Stage) -> None:
    for name in ("overseer", "second_overseer"):
        assert end(stage, name) is None
    change(stage, "leader", Role.OVERSEER)
    with pytest.raises(NotFoundError):
        approve(stage, "hr_1", "leader", Role.OVERSEER)
    approve(stage, "hr_supervisor", "leader", Role.OVERSEER)
    assert stage.staff("leader").roles == {Role.OVERSEER}


def test_a_role_that_was_proposed_cannot_be_approved_once_it_is_taken_back(stage: Stage) -> None:
    change(stage, "leader", Role.OVERSEER)
    change(stage, "leader", Role.LEADER)
    with pytest.raises(StaleError):
        approve(stage, "overseer", "leader", Role.OVERSEER)


def test_an_inspectors_last_day_can_be_moved_and_is_signed(stage: Stage) -> None:
    assert change(stage, "leader", Role.INSPECTOR, days=3) is None
    assert account(stage, "leader").ends_on == stage.time.now.date() + timedelta(days=3)
    with Session(stage.system.database.engine) as session:
        later = stage.time.now.date() + timedelta(days=300)
        session.execute(
            update(StaffMember).where(StaffMember.sign_in_name == "leader").values(ends_on=later)
        )
        session.commit()
    with pytest.raises(SealBrokenError):
        stage.staff("leader")
    with pytest.raises(SealBrokenError):
        change(stage, "leader", Role.INSPECTOR, days=5)


@pytest.mark.parametrize("name", ["hr_1", "hr_supervisor", "overseer", "leader"])
def test_whoever_does_not_administer_cannot_change_accounts(stage: Stage, name: str) -> None:
    with pytest.raises(NotFoundError):
        change(stage, "leader", Role.ADMINISTRATOR, by=name)
    with pytest.raises(NotFoundError):
        end(stage, "leader", by=name)


def test_an_administrator_can_read_what_queues_there_are(stage: Stage) -> None:
    found = stage.gate.run(list_queue_names, stage.staff("administrator"), None)
    assert {one for one, _name in found} == set(stage.queues.values())


def test_an_administrator_cannot_thin_a_queue_out_by_promoting_its_people(stage: Stage) -> None:
    """They go on serving it as what they are until somebody else approved what they are to be."""
    assert change(stage, "hr_1", Role.SUPERVISOR) is None
    assert account(stage, "hr_1").roles == {Role.HANDLER}
    assert account(stage, "hr_1").proposed == {Role.SUPERVISOR}
    with stage.system.database.reading() as session:
        facts = facts_of(
            stage.gate.door(Operator()), [get_standing(session, stage.enrolled["hr_1"].staff_id)]
        )
    assert eligible_holders(facts, stage.queues["hr"])
    approve(stage, "overseer", "hr_1", Role.SUPERVISOR)
    assert Role.SUPERVISOR in account(stage, "hr_1").roles
