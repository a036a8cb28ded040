"""Changing who is given concerns: one proposes, another approves what they were shown."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update

from safeshare.concerns.models import Grant, GranteeKind
from safeshare.concerns.queries import find_routing
from safeshare.concerns.service.deciding import approve_proposal, turn_down_proposal
from safeshare.concerns.service.proposals import (
    Decide,
    ProposalShown,
    ProposeQueue,
    ProposeRouting,
    list_all_proposals,
    propose_queue,
    propose_routing,
    propose_turn,
)
from safeshare.kernel.errors import InvalidError, NotFoundError, StaleError
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerEntry
from safeshare.people.models import Proposal, Queue
from safeshare.people.service.rota import TurnOnCall
from safeshare.wiring import default_routing
from tests.cast import Stage


def events(stage: Stage) -> list[str]:
    """What the staff chain of the ledger tells, with the alarm where it is one."""
    with stage.system.database.reading() as session:
        rows = session.scalars(select(LedgerEntry).order_by(LedgerEntry.position))
        return [row.note.get("alarm", row.event) if row.note else row.event for row in rows]


def holders(stage: Stage) -> set[UUID]:
    with stage.system.database.reading() as session:
        found = select(Grant.grantee_id).where(Grant.grantee_kind == GranteeKind.STAFF)
        return set(session.scalars(found))


def queue_of(stage: Stage, code: str = "hr") -> Queue:
    with stage.system.database.reading() as session:
        return session.get_one(Queue, stage.queues[code])


def fewer_holders(stage: Stage, holders_wanted: int = 2) -> ProposeQueue:
    row = queue_of(stage)
    return ProposeQueue(row.id, row.name, holders_wanted, row.reserve_id, True, row.revision)


def proposals(stage: Stage, name: str = "overseer") -> list[ProposalShown]:
    return list(stage.gate.run(list_all_proposals, stage.staff(name), None))


def decide(stage: Stage, name: str, shown: ProposalShown) -> None:
    command = Decide(shown.proposal_id, shown.seen)
    stage.gate.run(approve_proposal, stage.staff(name), command)


def test_an_administrator_can_propose_and_a_supervisor_can_approve_how_many_hold_a_case(
    stage: Stage,
) -> None:
    stage.gate.run(propose_queue, stage.staff("administrator"), fewer_holders(stage))
    stage.submit()
    assert len(holders(stage)) == 3
    [shown] = proposals(stage, "hr_supervisor")
    assert (shown.may_decide, shown.content["holders_wanted"]) == (True, 2)
    decide(stage, "hr_supervisor", shown)
    assert queue_of(stage).holders_wanted == 2
    before = holders(stage)
    stage.submit()
    assert len(holders(stage) - before) <= 2
    assert Event.QUEUE_CHANGED in events(stage)
    assert not proposals(stage)


@pytest.mark.parametrize("name", ["administrator", "hr_1", "safeguarding_supervisor", "leader"])
def test_nobody_else_can_approve_a_change_of_a_queue(stage: Stage, name: str) -> None:
    stage.gate.run(propose_queue, stage.staff("second_overseer"), fewer_holders(stage))
    [shown] = proposals(stage)
    with pytest.raises(NotFoundError):
        decide(stage, name, shown)
    assert queue_of(stage).holders_wanted == 3


def test_whoever_proposed_a_change_cannot_approve_it(stage: Stage) -> None:
    stage.gate.run(propose_queue, stage.staff("overseer"), fewer_holders(stage))
    [shown] = proposals(stage)
    assert not shown.may_decide
    with pytest.raises(NotFoundError):
        decide(stage, "overseer", shown)
    stage.gate.run(
        turn_down_proposal, stage.staff("hr_supervisor"), Decide(shown.proposal_id, shown.seen)
    )
    assert not proposals(stage)
    assert Event.PROPOSAL_TURNED_DOWN in events(stage)


def test_the_second_of_two_changes_of_one_queue_is_refused(stage: Stage) -> None:
    for wanted in (2, 4):
        command = fewer_holders(stage, wanted)
        stage.gate.run(propose_queue, stage.staff("administrator"), command)
    for shown, wins in zip(proposals(stage), (True, False), strict=True):
        if wins:
            decide(stage, "overseer", shown)
        else:
            with pytest.raises(StaleError):
                decide(stage, "overseer", shown)


def test_a_proposal_that_a_writer_of_the_tables_changed_cannot_be_approved_unseen(
    stage: Stage,
) -> None:
    stage.gate.run(propose_queue, stage.staff("administrator"), fewer_holders(stage))
    [shown] = proposals(stage)
    with stage.system.database.engine.begin() as connection:
        content = {**shown.content, "shows_names": False}
        connection.execute(update(Proposal).values(content=content))
    with pytest.raises(StaleError):
        decide(stage, "overseer", shown)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"holders_wanted": 1}, "holders_wanted"),
        ({"holders_wanted": 10}, "holders_wanted"),
        ({"name": "  "}, "name"),
    ],
    ids=str,
)
def test_a_queue_cannot_be_given_settings_that_make_no_sense(
    stage: Stage, change: dict[str, object], field: str
) -> None:
    row = queue_of(stage)
    given: dict[str, object] = {"name": row.name, "holders_wanted": 3} | change
    command = ProposeQueue(
        row.id, str(given["name"]), int(str(given["holders_wanted"])), None, True, row.revision
    )
    with pytest.raises(InvalidError) as refused:
        stage.gate.run(propose_queue, stage.staff("administrator"), command)
    assert refused.value.field == field


def test_reserves_cannot_run_in_a_circle(stage: Stage) -> None:
    row = queue_of(stage)
    command = ProposeQueue(row.id, row.name, 3, row.id, True, row.revision)
    with pytest.raises(InvalidError, match="reserve_circular"):
        stage.gate.run(propose_queue, stage.staff("administrator"), command)


def turn(stage: Stage, name: str) -> TurnOnCall:
    staff_id = stage.enrolled[name].staff_id
    return TurnOnCall(stage.queues["hr"], staff_id, date(2026, 3, 2), date(2026, 3, 8))


def test_a_turn_on_the_rota_can_be_proposed_and_approved(stage: Stage) -> None:
    stage.gate.run(propose_turn, stage.staff("administrator"), turn(stage, "hr_4"))
    [shown] = proposals(stage)
    assert shown.names[str(stage.enrolled["hr_4"].staff_id)] == "Hr 4"
    decide(stage, "hr_supervisor", shown)
    stage.submit({"danger": "yes"})
    assert stage.enrolled["hr_4"].staff_id in holders(stage)


def test_nobody_can_approve_their_own_turn(stage: Stage) -> None:
    stage.gate.run(propose_turn, stage.staff("administrator"), turn(stage, "hr_supervisor"))
    [shown] = proposals(stage)
    with pytest.raises(NotFoundError):
        decide(stage, "hr_supervisor", shown)
    decide(stage, "overseer", shown)


def test_somebody_outside_the_queue_cannot_be_put_on_its_rota(stage: Stage) -> None:
    with pytest.raises(InvalidError, match="may_not_be_on_call"):
        stage.gate.run(propose_turn, stage.staff("administrator"), turn(stage, "safeguarding_1"))


def test_the_routing_order_can_be_changed_by_two_people(stage: Stage) -> None:
    with stage.system.database.reading() as session:
        signed, _ = find_routing(session)
    assert signed is not None
    rules = default_routing()
    command = ProposeRouting((rules[0], *rules[2:]), signed.revision)
    stage.gate.run(propose_routing, stage.staff("administrator"), command)
    [shown] = proposals(stage)
    for name in ("hr_supervisor", "administrator"):
        with pytest.raises(NotFoundError):
            decide(stage, name, shown)
    decide(stage, "overseer", shown)
    stage.submit()
    with stage.system.database.reading() as session:
        assert len(find_routing(session)[1]) == len(rules) - 1
    assert Event.ROUTING_CHANGED in events(stage)
    with pytest.raises(StaleError):
        stage.gate.run(propose_routing, stage.staff("administrator"), command)


def test_a_routing_order_that_leads_nowhere_cannot_be_proposed(stage: Stage) -> None:
    with pytest.raises(InvalidError, match="routing_leads_nowhere"):
        stage.gate.run(
            propose_routing,
            stage.staff("administrator"),
            ProposeRouting(default_routing()[:-1], 1),
        )
