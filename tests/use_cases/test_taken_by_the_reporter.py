"""Whoever a reporter takes their case from never holds it again: nobody can give it back."""

from collections.abc import Callable
from typing import Any

import pytest

from safeshare.casework.service.handing_over import (
    AddHolder,
    HandOver,
    OfferColleagues,
    add_holder,
    hand_over,
    list_colleagues_for,
)
from safeshare.casework.service.rerouting import RerouteCase, reroute_case
from safeshare.casework.service.upkeep import KeepUp, keep_case_up
from safeshare.concerns.models import Grant
from safeshare.db.base import Base
from safeshare.kernel.errors import BarredError, NotFoundError, SealBrokenError
from safeshare.kernel.sealed import Compartment
from safeshare.people.service.membership import Membership, propose_member
from tests.cast import Stage, approve
from tests.use_cases.ceremony import give, let_leave, together
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import attested, case_of, holders_of, kept_up, opened
from tests.use_cases.keeping_out import kept_out_of, line_of
from tests.use_cases.moving import leave
from tests.use_cases.test_stepping_aside import declare
from tests.use_cases.turned import ask, contact_of, conversation_of, corresponding, keys_of, taken
from tests.use_cases.writing_tables import put_back, rows_of

MOST_ROUNDS = 6


def taken_away(stage: Stage) -> tuple[str, str]:
    """A case and the holder from whom its reporter took it."""
    reference, code, earlier = taken(stage)
    ask(stage, enter(stage, code), keeps_earlier=False)
    assert keys_of(stage, reference, earlier) == set()
    return reference, earlier


def a_holder_adds_them(stage: Stage, reference: str, earlier: str) -> None:
    command = AddHolder(reference, stage.enrolled[earlier].staff_id, "They know it best.")
    for name in holders_of(stage, reference):
        with pytest.raises(BarredError, match="may_not_hold"):
            stage.gate.run(add_holder, attested(stage, reference, name), command)


def a_holder_hands_everything_over(stage: Stage, reference: str, earlier: str) -> None:
    command = HandOver(stage.enrolled[earlier].staff_id)
    for name in holders_of(stage, reference):
        assert stage.gate.run(hand_over, stage.staff(name), command).given == 0


def every_holder_declares_a_tie(stage: Stage, reference: str, earlier: str) -> None:
    for _ in range(20):
        names = holders_of(stage, reference)
        if not names:
            return
        declare(stage, names[0], reference)
        assert earlier not in holders_of(stage, reference)


def officers_give_it(stage: Stage, reference: str, earlier: str) -> None:
    with pytest.raises(BarredError, match="may_not_hold"):
        give(stage, together(stage), reference, earlier)


def a_keeper_passes_it_on(stage: Stage, reference: str, earlier: str) -> None:
    stage_of_team(stage, earlier, "professional_standards")
    keeper = holders_of(stage, reference, Compartment.IDENTITY)[0]
    command = RerouteCase(
        reference, "Human Resources", "professional_standards", keeps=False, reason="Theirs."
    )
    stage.gate.run(reroute_case, attested(stage, reference, keeper), command)


def stage_of_team(stage: Stage, name: str, queue: str) -> None:
    """They serve in another team, let into it anew."""
    command = Membership(stage.enrolled[name].staff_id, stage.queues[queue])
    stage.gate.run(propose_member, stage.staff("administrator"), command)
    approve(stage, "overseer", name, queue)


def they_join_their_team_anew(stage: Stage, reference: str, earlier: str) -> None:
    leave(stage, earlier, "hr")
    stage_of_team(stage, earlier, "hr")
    a_holder_adds_them(stage, reference, earlier)


def everything_is_keyed_anew(stage: Stage, reference: str, _earlier: str) -> None:
    for name in holders_of(stage, reference):
        staff = attested(stage, reference, name)
        for _round in range(MOST_ROUNDS):
            if not kept_up(stage, staff, reference):
                break


WAYS: dict[str, Callable[[Stage, str, str], None]] = {
    "added": a_holder_adds_them,
    "handed": a_holder_hands_everything_over,
    "promoted": every_holder_declares_a_tie,
    "recovered": officers_give_it,
    "passed on": a_keeper_passes_it_on,
    "joined": they_join_their_team_anew,
    "keyed": everything_is_keyed_anew,
}


@pytest.mark.parametrize("way", WAYS)
def test_nobody_can_give_a_case_back_to_whom_the_reporter_took_it_from(
    stage: Stage, way: str
) -> None:
    reference, earlier = taken_away(stage)
    WAYS[way](stage, reference, earlier)
    assert keys_of(stage, reference, earlier) == set()
    with pytest.raises(NotFoundError):
        opened(stage, stage.staff(earlier), reference)
    assert stage.faults() == []


def test_a_colleague_who_lost_access_is_offered_to_no_holder(stage: Stage) -> None:
    reference, earlier = taken_away(stage)
    assert earlier in kept_out_of(stage, reference)
    assert earlier not in line_of(stage, reference)
    for name in holders_of(stage, reference):
        staff = attested(stage, reference, name)
        offered = stage.gate.run(list_colleagues_for, staff, OfferColleagues(reference))
        assert stage.enrolled[earlier].staff_id not in {one.staff_id for one in offered}


def test_a_grant_that_was_put_back_into_the_tables_makes_nobody_a_holder(stage: Stage) -> None:
    """Not even when the keys that a reporter cannot change are changed by the holders."""
    reference, code, earlier = taken(stage)
    case_id, staff_id = case_of(stage, reference).id, stage.enrolled[earlier].staff_id
    theirs: dict[type[Base], Any] = {
        Grant: (Grant.case_id == case_id) & (Grant.grantee_id == staff_id)
    }
    kept = rows_of(stage, theirs)
    ask(stage, enter(stage, code), keeps_earlier=False)
    others = holders_of(stage, reference)
    put_back(stage, theirs, kept)
    for name in others:
        staff = attested(stage, reference, name)
        for _round in range(MOST_ROUNDS):
            stage.gate.run(keep_case_up, staff, KeepUp(reference))
    numbers = {number for part, number in keys_of(stage, reference, earlier)}
    assert numbers <= {1}
    with pytest.raises(SealBrokenError):
        opened(stage, stage.staff(earlier), reference)


def test_whoever_the_reporter_lets_keep_it_stays_a_holder_and_can_be_followed(
    stage: Stage,
) -> None:
    reference, code, earlier = taken(stage)
    ask(stage, enter(stage, code), keeps_earlier=True)
    assert earlier in holders_of(stage, reference)
    assert earlier not in kept_out_of(stage, reference)


def test_somebody_who_was_asked_for_and_passed_over_is_out_as_well(stage: Stage) -> None:
    """Without the notes: the reporter asked for them, and then for somebody else."""
    reference, code, _earlier = taken(stage)
    reporter = enter(stage, code)
    ask(stage, reporter)
    first = contact_of(stage, reference)
    corresponding(stage, reference, first)
    stage.time.advance(days=15)
    ask(stage, reporter, keeps_earlier=False)
    assert first in kept_out_of(stage, reference)
    a_holder_adds_them(stage, reference, first)
    with pytest.raises(NotFoundError):
        conversation_of(stage, stage.staff(first), reference)


def test_a_case_whose_line_ran_out_is_not_given_back_to_whom_the_reporter_took_it_from(
    stage: Stage,
) -> None:
    reference, earlier = taken_away(stage)
    others = {name for name in stage.enrolled if name.split("_")[0] in {"hr", "independent"}}
    let_leave(stage, sorted(others - {earlier} - set(holders_of(stage, reference))))
    name = holders_of(stage, reference)[0]
    declare(stage, name, reference)
    assert keys_of(stage, reference, earlier) == set()
