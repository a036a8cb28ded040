"""The pages on which people join and leave queues, and on which queues are changed."""

import re

import pytest
from sqlalchemy import insert, update

from safeshare.casework.service.conflict import DeclareTie, declare_tie
from safeshare.kernel.actors import Role
from safeshare.people.models import Proposal, ProposedRole, Queue, QueueMember
from tests.cast import Stage, approve, enrol
from tests.use_cases.handlers import holders_of
from tests.web.staff.desk import Desk, Desks


def at(desk: Desks, name: str) -> Desk:
    person = desk()
    person.sign_in(name)
    return person


def link_to(page: str, words: str) -> str:
    """The address behind a link with these words in it."""
    links = re.findall(r'<a[^>]*href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return str(next(href for href, text in links if words in text)).removeprefix("/staff")


def test_an_administrator_can_propose_somebody_whom_a_supervisor_can_let_in(
    desk: Desks, sqlite_stage: Stage
) -> None:
    enrol(sqlite_stage, "newcomer", {Role.HANDLER})
    administrator = at(desk, "administrator")
    administrator.get("/waiting-to-join/propose")
    hr = str(sqlite_stage.queues["hr"])
    administrator.send("/waiting-to-join/propose", queue_id=hr, sign_in_name="Newcomer")
    administrator.get("/queues")
    assert "You proposed them" in administrator.page
    assert "People waiting to join" not in administrator.page
    supervisor = at(desk, "hr_supervisor")
    supervisor.get("/waiting-to-join")
    path = link_to(supervisor.page, "Newcomer")
    supervisor.get(path)
    assert "Let Newcomer into" in supervisor.page
    assert supervisor.send(path).status_code == 400
    supervisor.send(path, decision="let_in")
    supervisor.get("/waiting-to-join")
    assert "can now be given concerns" in supervisor.page
    assert sqlite_stage.staff("newcomer").queue_ids == {sqlite_stage.queues["hr"]}


@pytest.mark.parametrize(
    ("decision", "queues"), [("untrained", 1), ("turn_down", 0)], ids=["untrained", "turned down"]
)
def test_an_overseer_can_let_somebody_in_for_less_or_not_at_all(
    desk: Desks, sqlite_stage: Stage, decision: str, queues: int
) -> None:
    enrol(sqlite_stage, "newcomer", {Role.HANDLER}, "hr")
    overseer = at(desk, "overseer")
    overseer.get("/waiting-to-join")
    path = link_to(overseer.page, "Newcomer")
    overseer.get(path)
    overseer.send(path, decision=decision)
    assert len(sqlite_stage.staff("newcomer").queue_ids) == queues
    assert overseer.get(path).status_code == 404


@pytest.mark.parametrize("name", ["administrator", "hr_1", "leader"])
def test_nobody_else_can_open_the_page_of_people_waiting(desk: Desks, name: str) -> None:
    assert at(desk, name).get("/waiting-to-join").status_code == 404


def test_a_wrong_name_can_be_mended(desk: Desks, sqlite_stage: Stage) -> None:
    administrator = at(desk, "administrator")
    administrator.get("/waiting-to-join/propose")
    hr = str(sqlite_stage.queues["hr"])
    for name, why in (("nobody", "Nobody has this"), ("leader", "Their role does not work cases")):
        answer = administrator.send("/waiting-to-join/propose", queue_id=hr, sign_in_name=name)
        assert answer.status_code == 400
        assert why in administrator.page


def test_a_supervisor_can_take_somebody_out_and_is_told_what_small_queues_show(
    desk: Desks, sqlite_stage: Stage
) -> None:
    supervisor = at(desk, "hr_supervisor")
    supervisor.get("/queues/hr")
    assert "6 people can be given its concerns today." in supervisor.page
    assert "cannot hide" not in supervisor.page
    path = ""
    for number in (1, 2, 3):
        supervisor.get("/queues/hr")
        staff_id = sqlite_stage.enrolled[f"hr_{number}"].staff_id
        path = f"/queues/hr/members/{staff_id}/leave"
        supervisor.get(path)
        supervisor.send(path)
    supervisor.get("/queues/hr")
    assert "Hr 3 is out of the queue." in supervisor.page
    assert "Only 3 people can be given its concerns today." in supervisor.page
    assert "cannot hide who was left out" in supervisor.page
    assert at(desk, "administrator").get(path).status_code == 404


def test_settings_can_be_proposed_and_approved_by_somebody_else(
    desk: Desks, sqlite_stage: Stage
) -> None:
    administrator = at(desk, "administrator")
    administrator.get("/queues/hr/change")
    changed = {
        "name": "People team",
        "holders_wanted": "2",
        "reserve_id": "none",
        "shows_names": "no",
    }
    administrator.send("/queues/hr/change", **changed)
    administrator.get("/queues/hr")
    assert "You proposed it." in administrator.page
    assert "People team" not in administrator.page
    administrator.get("/queues")
    assert "Settings of" in administrator.page
    assert "/queues/proposals/" not in administrator.page
    overseer = at(desk, "overseer")
    overseer.get("/queues")
    path = link_to(overseer.page, "Settings of")
    overseer.get(path)
    assert "People team" in overseer.page
    assert "Job titles alone" in overseer.page
    overseer.send(path, decision="let_in")
    overseer.get("/queues/hr")
    assert "People team" in overseer.page
    assert overseer.get(path).status_code == 404


def test_a_proposal_that_was_changed_in_the_tables_can_only_be_turned_down(
    desk: Desks, sqlite_stage: Stage
) -> None:
    administrator = at(desk, "administrator")
    administrator.get("/queues/hr/change")
    changed = {"name": "HR", "holders_wanted": "4", "reserve_id": "none", "shows_names": "yes"}
    administrator.send("/queues/hr/change", **changed)
    with sqlite_stage.system.database.engine.begin() as connection:
        connection.execute(update(Proposal).values(content={"name": "Ours"}))
    overseer = at(desk, "overseer")
    overseer.get("/queues")
    assert "Changed outside SafeShare, or decided already" in overseer.page
    path = link_to(overseer.page, "Settings of")
    overseer.get(path)
    assert "It can only be turned down." in overseer.page
    assert "Ours" not in overseer.page
    assert "Approve it" not in overseer.page
    assert overseer.send(path, decision="let_in").status_code == 400
    overseer.send(path, decision="turn_down")
    assert overseer.get(path).status_code == 404


def test_a_role_that_nobody_proposed_cannot_be_approved_on_its_page(
    desk: Desks, sqlite_stage: Stage
) -> None:
    staff_id = sqlite_stage.enrolled["hr_1"].staff_id
    forged = {"role": Role.SUPERVISOR, "revision": 1, "mac": b"\x02" + bytes(64)}
    with sqlite_stage.system.database.engine.begin() as connection:
        connection.execute(insert(ProposedRole).values(staff_id=staff_id, **forged))
    overseer = at(desk, "overseer")
    overseer.get("/accounts/proposed-roles")
    assert "Hr 1: " in overseer.page
    assert "It cannot be approved." in overseer.page
    assert "<button" not in overseer.page.partition("Hr 1: ")[2].partition("</section>")[0]


def test_settings_that_make_no_sense_can_be_mended(desk: Desks) -> None:
    administrator = at(desk, "administrator")
    administrator.get("/queues/hr/change")
    changed = {"name": "HR", "holders_wanted": "1", "reserve_id": "none", "shows_names": "yes"}
    assert administrator.send("/queues/hr/change", **changed).status_code == 400
    assert "Enter a number from 2 to 9" in administrator.page


def test_a_form_that_somebody_was_faster_than_cannot_be_approved(
    desk: Desks, sqlite_stage: Stage
) -> None:
    administrator = at(desk, "administrator")
    administrator.get("/queues/hr/change")
    changed = {"name": "HR", "holders_wanted": "4", "reserve_id": "none", "shows_names": "yes"}
    forged = administrator.send("/queues/hr/change", **changed, seen="not a number")
    assert forged.status_code == 409


def test_a_turn_on_call_can_be_proposed_and_turned_down(desk: Desks, sqlite_stage: Stage) -> None:
    supervisor = at(desk, "hr_supervisor")
    supervisor.get("/queues/hr/rota")
    staff_id = str(sqlite_stage.enrolled["hr_2"].staff_id)
    days = {
        "from_on-day": "2",
        "from_on-month": "3",
        "from_on-year": "2026",
        "until_on-day": "8",
        "until_on-month": "3",
        "until_on-year": "2026",
    }
    assert supervisor.send("/queues/hr/rota", staff_id=staff_id, **days).status_code == 303
    supervisor.get("/queues")
    assert "A turn on call" in supervisor.page
    assert "/queues/proposals/" not in supervisor.page
    overseer = at(desk, "second_overseer")
    overseer.get("/queues")
    path = link_to(overseer.page, "A turn on call")
    overseer.get(path)
    assert "Hr 2" in overseer.page
    overseer.send(path, decision="turn_down")
    overseer.get("/queues/hr")
    assert "Nobody is on the rota." in overseer.page


def test_a_rule_of_the_routing_order_can_be_moved_by_two_people(desk: Desks) -> None:
    administrator = at(desk, "administrator")
    administrator.get("/queues/routing-order")
    assert "Everything else goes to" in administrator.page
    wanted = {"rule": "3", "queue": "independent", "position": "1"}
    assert administrator.send("/queues/routing-order", **wanted).status_code == 303
    overseer = at(desk, "overseer")
    overseer.get("/queues")
    links = re.findall(r'href="([^"]*)"', overseer.page)
    path = next(href for href in links if "proposals" in href).removeprefix("/staff")
    overseer.get(path)
    overseer.send(path, decision="let_in")
    overseer.get("/queues/routing-order")
    first = re.search(r"<ol.*?<li>(.*?)</li>", overseer.page, re.DOTALL)
    assert first is not None
    assert "goes to Independent" in first.group(1)


def test_a_handler_can_say_when_they_are_away_and_back(desk: Desks, sqlite_stage: Stage) -> None:
    handler = at(desk, "hr_1")
    handler.get("/away")
    days = {
        "from_on-day": "1",
        "from_on-month": "3",
        "from_on-year": "2026",
        "until_on-day": "",
        "until_on-month": "",
        "until_on-year": "",
    }
    handler.send("/away", **days)
    handler.get("/away")
    assert "You are away until you say that you are back." in handler.page
    handler.send("/away/back")
    handler.get("/away")
    assert "Welcome back" in handler.page
    backwards = days | {"until_on-day": "1", "until_on-month": "2", "until_on-year": "2026"}
    assert handler.send("/away", **backwards).status_code == 400
    assert "must not be before" in handler.page


def test_a_holder_can_add_a_colleague_and_hand_cases_over(desk: Desks, sqlite_stage: Stage) -> None:
    reference = sqlite_stage.submit()[0].reference
    name = holders_of(sqlite_stage, reference)[0]
    enrol(sqlite_stage, "newcomer", {Role.HANDLER}, "hr")
    approve(sqlite_stage, "hr_supervisor", "newcomer", "hr")
    enrol(sqlite_stage, "second_newcomer", {Role.HANDLER}, "hr")
    approve(sqlite_stage, "hr_supervisor", "second_newcomer", "hr")
    tie = DeclareTie(reference, has_tie=False)
    sqlite_stage.gate.run(declare_tie, sqlite_stage.staff(name), tie)
    holder = at(desk, name)
    holder.get(f"/cases/{reference}")
    path = f"/cases/{reference}/add-holder"
    assert path in holder.page
    holder.get(path)
    staff_id = str(sqlite_stage.enrolled["newcomer"].staff_id)
    assert holder.send(path, staff_id=staff_id).status_code == 400
    holder.send(path, staff_id=staff_id, reason="Knows the station.")
    assert "newcomer" in holders_of(sqlite_stage, reference)
    second = str(sqlite_stage.enrolled["second_newcomer"].staff_id)
    holder.get("/hand-over")
    answer = holder.send("/hand-over", staff_id=second, held_by=staff_id)
    going_on = answer.headers["Location"].removeprefix("/staff")
    holder.get(going_on)
    assert "There is one case that they do not hold yet." in holder.page
    holder.send(going_on)
    assert "Second Newcomer was given one case." in holder.page
    assert "second_newcomer" in holders_of(sqlite_stage, reference)


def test_whoever_reads_a_queue_is_told_that_it_was_changed_outside(
    desk: Desks, sqlite_stage: Stage
) -> None:
    with sqlite_stage.system.database.engine.begin() as connection:
        connection.execute(update(Queue).where(Queue.code == "hr").values(holders_wanted=9))
        connection.execute(update(QueueMember).values(trained_for_danger=False))
    person = at(desk, "administrator")
    person.get("/queues/hr")
    assert "This queue was changed outside SafeShare." in person.page
    assert "This account was changed outside SafeShare" in person.page
