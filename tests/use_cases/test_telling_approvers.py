"""Whoever may decide on something is told, once and without a word of it, that something waits."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import delete

from safeshare.casework.rules import Purpose
from safeshare.casework.service.agreeing import DecideAsOverseer, decide_as_overseer
from safeshare.casework.service.name_requests import AskByNecessity, ask_by_necessity
from safeshare.concerns.service.proposals import (
    ProposeRouting,
    propose_routing,
    propose_turn,
)
from safeshare.concerns.service.queue_settings import look_at_routing
from safeshare.gate import Door
from safeshare.kernel.actors import Operator, Role
from safeshare.ledger.events import Event
from safeshare.outbox.models import OutgoingMail
from safeshare.outbox.rules import TEXTS, MailKind
from safeshare.people.service.administering import ChangeRoles, change_roles
from safeshare.people.service.membership import Membership, propose_member
from safeshare.people.service.rota import TurnOnCall
from tests.cast import Stage, enrol
from tests.use_cases.handlers import holders_of
from tests.use_cases.keeping_out import overseer_of
from tests.use_cases.naming import TOLD, keepers_of, other_holder, the_request
from tests.use_cases.watched import alerted

OVERSEERS = {"overseer", "second_overseer"}


def forget_mail(stage: Stage) -> None:
    """As if everything had gone out."""
    door: Door = stage.gate.door(Operator())
    with door.change() as session:
        session.execute(delete(OutgoingMail))
        door.record(Event.SESSIONS_PURGED)


def test_those_who_let_people_into_a_queue_are_told_once(stage: Stage) -> None:
    enrol(stage, "newcomer", {Role.HANDLER})
    enrol(stage, "another", {Role.HANDLER})
    supervisor = stage.staff("hr_supervisor")
    for name in ("newcomer", "another"):
        command = Membership(stage.enrolled[name].staff_id, stage.queues["hr"])
        stage.gate.run(propose_member, supervisor, command)
    assert alerted(stage) == dict.fromkeys(OVERSEERS, 1)
    forget_mail(stage)
    command = Membership(stage.enrolled["newcomer"].staff_id, stage.queues["safeguarding"])
    stage.gate.run(propose_member, supervisor, command)
    assert set(alerted(stage)) == OVERSEERS | {"safeguarding_supervisor"}


def test_overseers_are_told_of_a_role_that_waits(stage: Stage) -> None:
    command = ChangeRoles(stage.enrolled["leader"].staff_id, frozenset({Role.OVERSEER}))
    stage.gate.run(change_roles, stage.staff("administrator"), command)
    assert set(alerted(stage)) == OVERSEERS


def routing(stage: Stage) -> None:
    staff = stage.staff("overseer")
    now = stage.gate.run(look_at_routing, staff, None)
    command = ProposeRouting(now.rules, now.revision or 0)
    stage.gate.run(propose_routing, staff, command)


def a_turn(stage: Stage) -> None:
    staff_id = stage.enrolled["hr_1"].staff_id
    turn = TurnOnCall(stage.queues["hr"], staff_id, date(2026, 3, 9), date(2026, 3, 15))
    stage.gate.run(propose_turn, stage.staff("overseer"), turn)


@pytest.mark.parametrize(
    ("propose", "told"),
    [(routing, {"second_overseer"}), (a_turn, {"second_overseer", "hr_supervisor"})],
)
def test_whoever_may_approve_a_setting_is_told_and_the_proposer_is_not(
    stage: Stage, propose: Callable[[Stage], None], told: set[str]
) -> None:
    propose(stage)
    assert set(alerted(stage)) == told


def test_the_second_people_of_a_request_for_the_name_are_told(stage: Stage) -> None:
    reference = stage.submit(TOLD, identity={"name": "Robin Marsh"})[0].reference
    staff = other_holder(stage, reference)
    command = AskByNecessity(reference, Purpose.LIFE, "Somebody is at risk tonight.")
    stage.gate.run(ask_by_necessity, staff, command)
    overseer = overseer_of(stage, reference) or ""
    keepers = set(keepers_of(stage, reference))
    asker = next(n for n, one in stage.enrolled.items() if one.staff_id == staff.staff_id)
    supervisors = {one for one in holders_of(stage, reference) if one.endswith("supervisor")}
    assert set(alerted(stage)) == (keepers | supervisors | {overseer}) - {asker}
    forget_mail(stage)
    agree = DecideAsOverseer(the_request(stage).id, agrees=True)
    stage.gate.run(decide_as_overseer, stage.staff(overseer), agree)
    assert set(alerted(stage)) == keepers


def test_the_mail_says_nothing_of_what_waits() -> None:
    assert TEXTS[MailKind.ALERT] == "Something waits for you. Please sign in"
