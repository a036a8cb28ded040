"""Who is not trained for danger is given no case of it: not at first, and not later either."""

from uuid import UUID

import pytest

from safeshare.casework.rules import RecoveryPurpose
from safeshare.casework.service.handing_over import (
    AddHolder,
    HandOver,
    OfferColleagues,
    add_holder,
    hand_over,
    list_colleagues_for,
)
from safeshare.casework.service.recovering import GiveCase, give_case
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import BarredError
from safeshare.people.service.membership import (
    ApproveMember,
    Membership,
    approve_member,
    leave_queue,
)
from tests.cast import Stage, enrol
from tests.use_cases.ceremony import give_all, let_leave, together
from tests.use_cases.handlers import holders_of
from tests.use_cases.test_handing_over import attest, compartments_of, id_of


def told(stage: Stage, **answers: str) -> tuple[str, str]:
    """A case, and a holder of it who has attested."""
    reference = stage.submit(answers)[0].reference
    holder = holders_of(stage, reference)[0]
    attest(stage, holder, reference)
    return reference, holder


def untrained(stage: Stage) -> UUID:
    """Somebody who joins HR now, for concerns without danger alone."""
    enrol(stage, "novice", {Role.HANDLER}, "hr")
    command = ApproveMember(id_of(stage, "novice"), stage.queues["hr"], trained=False)
    stage.gate.run(approve_member, stage.staff("hr_supervisor"), command)
    return id_of(stage, "novice")


def test_somebody_who_is_not_trained_cannot_be_given_a_case_of_danger(
    stage: Stage,
) -> None:
    held = told(stage)
    novice = untrained(stage)
    reference, holder = told(stage, danger="yes")
    for case, may in ((reference, False), (held[0], True)):
        asker = stage.staff(holder if case == reference else held[1])
        offered = stage.gate.run(list_colleagues_for, asker, OfferColleagues(case))
        assert (novice in {one.staff_id for one in offered}) is may
    command = AddHolder(reference, novice, "Knows the station.")
    with pytest.raises(BarredError, match="may_not_hold"):
        stage.gate.run(add_holder, stage.staff(holder), command)
    stage.gate.run(hand_over, stage.staff(holder), HandOver(novice))
    stage.gate.run(hand_over, stage.staff(held[1]), HandOver(novice))
    assert not compartments_of(stage, reference, "novice")
    assert compartments_of(stage, held[0], "novice")


def test_where_nobody_of_a_team_is_trained_a_colleague_can_be_added_all_the_same(
    stage: Stage,
) -> None:
    enrol(stage, "novice", {Role.HANDLER}, "hr")
    novice, reference = id_of(stage, "novice"), told(stage, danger="yes")[0]
    for name in [one for one in stage.enrolled if one.startswith("hr_")]:
        leaving = Membership(id_of(stage, name), stage.queues["hr"])
        stage.gate.run(leave_queue, stage.staff("overseer"), leaving)
    command = ApproveMember(novice, stage.queues["hr"], trained=False)
    stage.gate.run(approve_member, stage.staff("overseer"), command)
    holder = stage.staff(holders_of(stage, reference)[0])
    attest(stage, holders_of(stage, reference)[0], reference)
    stage.gate.run(add_holder, holder, AddHolder(reference, novice, "Nobody else is left."))
    assert compartments_of(stage, reference, "novice")


def test_a_tie_in_a_case_of_danger_promotes_somebody_trained(stage: Stage) -> None:
    reference, _holder = told(stage, danger="yes")
    enrol(stage, "trainee", {Role.HANDLER}, "safeguarding")
    novices = [untrained(stage), id_of(stage, "trainee")]
    for _ in range(4):
        attest(stage, holders_of(stage, reference)[0], reference, has_tie=True)
    held_by = {id_of(stage, name) for name in holders_of(stage, reference)}
    assert held_by
    assert held_by.isdisjoint(novices)


def test_officers_give_a_case_of_danger_to_trained_people(stage: Stage) -> None:
    reference = told(stage, danger="yes")[0]
    novice = untrained(stage)
    let_leave(stage, [*holders_of(stage, reference), *_team(stage)[:2]])
    rounds = give_all(stage, together(stage))
    assert [(one.given, one.left) for one in rounds] == [(1, 0)]
    assert not compartments_of(stage, reference, "novice")
    command = GiveCase(reference, ("novice",), RecoveryPurpose.SAFETY, "They know the station.")
    with pytest.raises(BarredError):
        stage.gate.run(give_case, together(stage), command)
    assert novice not in {id_of(stage, name) for name in holders_of(stage, reference)}


def _team(stage: Stage) -> list[str]:
    return sorted(name for name in stage.enrolled if name.startswith("hr_"))
