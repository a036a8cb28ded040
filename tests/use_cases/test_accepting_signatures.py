"""An operator sees which signed records are not believed, and believes them again."""

from datetime import date

from sqlalchemy import delete, insert

from safeshare.concerns.models import RoutingRule
from safeshare.concerns.service.signatures import Fault, accept_signatures, list_doubted
from safeshare.kernel.actors import Operator
from safeshare.people.models import (
    OnCall,
    Queue,
    StaffMember,
)
from safeshare.people.service.membership import Membership, leave_queue
from tests.cast import Stage
from tests.use_cases.writing_tables import (
    alarms,
    of_person,
    put,
    put_back,
    queues_of_cases,
    rows_of,
    write,
)


def doubted(stage: Stage) -> dict[str, Fault]:
    found = stage.gate.run(list_doubted, Operator(), None)
    return {one.subject: one.fault for one in found}


def test_an_operator_can_see_that_everything_is_as_it_was_signed(stage: Stage) -> None:
    assert doubted(stage) == {}


def test_an_operator_can_believe_an_older_backup_again(stage: Stage) -> None:
    """After a restore the tables are older than what was signed: nothing is invented."""
    changed = stage.enrolled["hr_1"].staff_id
    kept = rows_of(stage, of_person(changed))
    command = Membership(changed, stage.queues["hr"])
    stage.gate.run(leave_queue, stage.staff("hr_supervisor"), command)
    put_back(stage, of_person(changed), kept)
    subject = f"staff/{changed}"
    assert doubted(stage) == {subject: Fault.OLDER}
    [accepted] = stage.gate.run(accept_signatures, Operator(), [subject])
    assert accepted.name == "Hr 1"
    assert doubted(stage) == {}
    assert stage.staff("hr_1").queue_ids == {stage.queues["hr"]}
    put_back(stage, of_person(changed), kept)
    assert doubted(stage) == {subject: Fault.OLDER}


def test_an_operator_who_accepts_a_forged_account_cannot_let_it_into_a_queue(stage: Stage) -> None:
    forged = stage.enrolled["hr_supervisor"].staff_id
    write(stage, put(StaffMember, forged, display_name="Somebody Else"))
    subject = f"staff/{forged}"
    assert doubted(stage) == {subject: Fault.FORGED}
    stage.gate.run(accept_signatures, Operator(), [subject])
    assert doubted(stage) == {}
    found = stage.staff("hr_supervisor")
    assert (found.queue_ids, found.roles) == (frozenset(), frozenset())


def test_an_operator_can_put_settings_right_that_were_changed(stage: Stage) -> None:
    hr = stage.queues["hr"]
    write(stage, put(Queue, hr, holders_wanted=2))
    write(stage, delete(RoutingRule).where(RoutingRule.position == 1))
    turn = insert(OnCall).values(
        id=hr,
        queue_id=hr,
        staff_id=stage.enrolled["hr_1"].staff_id,
        from_on=date(2026, 1, 1),
        until_on=date(2026, 12, 31),
    )
    write(stage, turn)
    found = doubted(stage)
    assert set(found.values()) == {Fault.FORGED}
    assert set(found) == {f"queue/{hr}", f"rota/rota/{hr}", "routing/routing"}
    stage.gate.run(accept_signatures, Operator(), list(found))
    assert doubted(stage) == {}
    stage.submit()
    assert hr in queues_of_cases(stage)
    assert alarms(stage) == set()
