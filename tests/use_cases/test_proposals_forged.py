"""What waits for an approval cannot be changed, invented or put back by a writer of the tables."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from safeshare.concerns.service.deciding import turn_down_proposal
from safeshare.concerns.service.proposals import Decide, ProposalShown, propose_queue, propose_turn
from safeshare.db.base import Base
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import SealBrokenError, StaleError
from safeshare.ledger.events import Event
from safeshare.people.models import Proposal, ProposedRole
from safeshare.people.queries import get_standing
from safeshare.people.service.administering import ChangeRoles, change_roles
from safeshare.people.service.proposed_roles import (
    ApproveRole,
    ProposedFor,
    approve_role,
    list_proposed,
)
from tests.cast import Stage, enrol
from tests.use_cases.test_proposals import (
    decide,
    events,
    fewer_holders,
    proposals,
    queue_of,
    turn,
)
from tests.use_cases.writing_tables import put_back, rows_of, table, write

Changing = Callable[[Stage, ProposalShown], dict[str, Any]]


def _other_settings(_stage: Stage, shown: ProposalShown) -> dict[str, Any]:
    return {"content": {**shown.content, "holders_wanted": 9}}


def _somebody_else(stage: Stage, _shown: ProposalShown) -> dict[str, Any]:
    """A supervisor's own proposal under the name of another, so as to approve it alone."""
    return {"proposed_by": stage.enrolled["administrator"].staff_id}


def _another_queue(stage: Stage, _shown: ProposalShown) -> dict[str, Any]:
    return {"queue_id": stage.queues["safeguarding"]}


def _nonsense(_stage: Stage, _shown: ProposalShown) -> dict[str, Any]:
    return {"content": {"staff_id": "nobody"}, "kind": "rota"}


def _no_object(_stage: Stage, _shown: ProposalShown) -> dict[str, Any]:
    return {"content": ["staff_id"]}


@pytest.mark.parametrize(
    "changed",
    [_other_settings, _somebody_else, _another_queue, _nonsense, _no_object],
    ids=lambda one: one.__name__,
)
def test_a_changed_proposal_can_only_be_turned_down(stage: Stage, changed: Changing) -> None:
    """Nobody is shown what it says: it is not what anybody proposed."""
    stage.gate.run(propose_queue, stage.staff("hr_supervisor"), fewer_holders(stage))
    [honest] = proposals(stage)
    assert honest.is_signed
    write(stage, update(Proposal).values(**changed(stage, honest)))
    [shown] = proposals(stage)
    assert (shown.is_signed, shown.content) == (False, {})
    with pytest.raises(SealBrokenError):
        decide(stage, "overseer", shown)
    assert Event.ALARM_RAISED in events(stage)
    assert queue_of(stage).holders_wanted == 3
    command = Decide(shown.proposal_id, shown.seen)
    stage.gate.run(turn_down_proposal, stage.staff("overseer"), command)
    assert not proposals(stage)


def test_a_supervisor_who_writes_to_the_tables_cannot_approve_their_own_proposal(
    stage: Stage,
) -> None:
    stage.gate.run(propose_queue, stage.staff("hr_supervisor"), fewer_holders(stage))
    administrator = stage.enrolled["administrator"].staff_id
    write(stage, update(Proposal).values(proposed_by=administrator))
    [shown] = proposals(stage, "hr_supervisor")
    with pytest.raises(SealBrokenError):
        decide(stage, "hr_supervisor", shown)


def test_a_proposal_that_nobody_made_cannot_be_approved(stage: Stage) -> None:
    """With a signature copied from one that somebody did make."""
    stage.gate.run(propose_queue, stage.staff("administrator"), fewer_holders(stage))
    made = rows_of(stage, {Proposal: Proposal.id.is_not(None)})[table(Proposal)][0]
    write(stage, insert(Proposal).values({**made, "id": UUID(int=7)}))
    found = {one.proposal_id: one.is_signed for one in proposals(stage)}
    assert found == {made["id"]: True, UUID(int=7): False}


@pytest.mark.parametrize("approved", [True, False], ids=["approved", "turned down"])
def test_a_proposal_that_was_decided_cannot_be_put_back(stage: Stage, approved: bool) -> None:
    """A turn on the rota says nothing of what it would change, so it could be carried out again."""
    stage.gate.run(propose_turn, stage.staff("administrator"), turn(stage, "hr_4"))
    where: dict[type[Base], Any] = {Proposal: Proposal.id.is_not(None)}
    kept = rows_of(stage, where)
    [shown] = proposals(stage)
    if approved:
        decide(stage, "hr_supervisor", shown)
    else:
        command = Decide(shown.proposal_id, shown.seen)
        stage.gate.run(turn_down_proposal, stage.staff("hr_supervisor"), command)
    put_back(stage, where, kept)
    [again] = proposals(stage)
    assert not again.is_signed
    with pytest.raises(SealBrokenError):
        decide(stage, "hr_supervisor", again)


def waiting_roles(stage: Stage) -> list[ProposedFor]:
    return list(stage.gate.run(list_proposed, stage.staff("overseer"), None))


def propose_role(stage: Stage, name: str, *roles: Role) -> None:
    command = ChangeRoles(stage.enrolled[name].staff_id, frozenset(roles))
    stage.gate.run(change_roles, stage.staff("administrator"), command)


def roles_of(stage: Stage, name: str) -> frozenset[Role]:
    with stage.system.database.reading() as session:
        return get_standing(session, stage.enrolled[name].staff_id).roles


def test_a_role_that_nobody_proposed_cannot_be_approved(stage: Stage) -> None:
    """The signature is that of another person's proposal."""
    enrol(stage, "newcomer", {Role.HANDLER})
    propose_role(stage, "newcomer", Role.SUPERVISOR)
    with stage.system.database.reading() as session:
        honest = session.scalars(select(ProposedRole)).one()
        forged = {"revision": honest.revision, "mac": honest.mac, "role": Role.SUPERVISOR}
    staff_id = stage.enrolled["hr_1"].staff_id
    write(stage, insert(ProposedRole).values(staff_id=staff_id, **forged))
    assert {one.staff_id: one.is_signed for one in waiting_roles(stage)}[staff_id] is False
    with pytest.raises(SealBrokenError):
        stage.gate.run(
            approve_role, stage.staff("overseer"), ApproveRole(staff_id, Role.SUPERVISOR)
        )
    assert roles_of(stage, "hr_1") == {Role.HANDLER}
    assert Event.ALARM_RAISED in events(stage)


def test_a_forged_number_keeps_nobody_from_proposing_the_role_again(stage: Stage) -> None:
    staff_id, most = stage.enrolled["hr_1"].staff_id, 2**31 - 1
    forged = {"revision": most, "mac": b"x" * 33, "role": Role.SUPERVISOR}
    write(stage, insert(ProposedRole).values(staff_id=staff_id, **forged))
    propose_role(stage, "hr_1", Role.HANDLER, Role.SUPERVISOR)
    assert {one.staff_id: one.is_signed for one in waiting_roles(stage)}[staff_id]
    stage.gate.run(approve_role, stage.staff("overseer"), ApproveRole(staff_id, Role.SUPERVISOR))
    assert roles_of(stage, "hr_1") == {Role.HANDLER, Role.SUPERVISOR}


def test_a_role_that_was_taken_again_cannot_be_put_back_to_be_approved(stage: Stage) -> None:
    enrol(stage, "newcomer", {Role.HANDLER})
    staff_id = stage.enrolled["newcomer"].staff_id
    propose_role(stage, "newcomer", Role.SUPERVISOR)
    where: dict[type[Base], Any] = {ProposedRole: ProposedRole.staff_id == staff_id}
    kept = rows_of(stage, where)
    command = ApproveRole(staff_id, Role.SUPERVISOR)
    stage.gate.run(approve_role, stage.staff("overseer"), command)
    propose_role(stage, "newcomer", Role.HANDLER)
    put_back(stage, where, kept)
    with pytest.raises(SealBrokenError):
        stage.gate.run(approve_role, stage.staff("overseer"), command)
    propose_role(stage, "newcomer", Role.SUPERVISOR)
    stage.gate.run(approve_role, stage.staff("overseer"), command)
    assert roles_of(stage, "newcomer") == {Role.SUPERVISOR}


def test_a_role_that_is_proposed_no_more_cannot_be_put_back(stage: Stage) -> None:
    enrol(stage, "newcomer", {Role.HANDLER})
    staff_id = stage.enrolled["newcomer"].staff_id
    where: dict[type[Base], Any] = {ProposedRole: ProposedRole.staff_id == staff_id}
    propose_role(stage, "newcomer", Role.SUPERVISOR)
    kept = rows_of(stage, where)
    propose_role(stage, "newcomer", Role.HANDLER)
    command = ApproveRole(staff_id, Role.SUPERVISOR)
    with pytest.raises(StaleError):
        stage.gate.run(approve_role, stage.staff("overseer"), command)
    put_back(stage, where, kept)
    with pytest.raises(SealBrokenError):
        stage.gate.run(approve_role, stage.staff("overseer"), command)
