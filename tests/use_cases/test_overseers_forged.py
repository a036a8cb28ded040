"""A column names the overseer of a case. Whoever can write it cannot become one by it."""

import pytest

from safeshare.casework.rules import Purpose
from safeshare.casework.service.agreeing import list_for_overseer
from safeshare.casework.service.name_page import LookAtName, look_at_name
from safeshare.casework.service.name_requests import AskByNecessity, ask_by_necessity
from safeshare.concerns.models import Case
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import InvalidError
from safeshare.mailbox.service.turning import escalate
from tests.cast import Stage, enrol
from tests.use_cases.ceremony import let_leave
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import attested, case_of, opened
from tests.use_cases.keeping_out import overseer_of, people
from tests.use_cases.naming import TOLD, other_holder, the_request
from tests.use_cases.test_overseers_gone import OVERSEERS, hand_on
from tests.use_cases.turned import keys_of, looked
from tests.use_cases.writing_tables import put, write


def plant(stage: Stage, reference: str, name: str) -> None:
    """Somebody writes themselves into the case as its overseer."""
    staff_id = stage.enrolled[name].staff_id
    write(stage, put(Case, case_of(stage, reference).id, overseer_id=staff_id))


def test_an_overseer_who_is_kept_out_cannot_be_called_in_by_a_written_column(stage: Stage) -> None:
    told, code = stage.submit(ticked=people(stage, "overseer"))
    plant(stage, told.reference, "overseer")
    reporter = enter(stage, code)
    assert not looked(stage, reporter).has_overseer
    with pytest.raises(InvalidError, match="no_overseer"):
        stage.gate.run(escalate, reporter, None)
    assert not keys_of(stage, told.reference, "overseer")


def test_an_overseer_who_came_later_cannot_be_called_in_by_a_written_column(stage: Stage) -> None:
    told, code = stage.submit()
    enrol(stage, "newly_invited", {Role.OVERSEER})
    plant(stage, told.reference, "newly_invited")
    with pytest.raises(InvalidError, match="no_overseer"):
        stage.gate.run(escalate, enter(stage, code), None)
    assert not keys_of(stage, told.reference, "newly_invited")


def test_one_who_was_drawn_by_a_holder_can_be_called_in(stage: Stage) -> None:
    told, code = stage.submit()
    let_leave(stage, sorted(OVERSEERS))
    hand_on(stage)
    enrol(stage, "newly_invited", {Role.OVERSEER})
    opened(stage, attested(stage, told.reference), told.reference)
    assert overseer_of(stage, told.reference) == "newly_invited"
    reporter = enter(stage, code)
    assert looked(stage, reporter).has_overseer
    stage.gate.run(escalate, reporter, None)
    assert keys_of(stage, told.reference, "newly_invited")


def test_the_reason_for_a_name_is_not_sealed_to_an_overseer_who_is_kept_out(stage: Stage) -> None:
    told, _code = stage.submit(
        TOLD, identity={"name": "Robin Marsh"}, ticked=people(stage, "overseer")
    )
    plant(stage, told.reference, "overseer")
    staff = other_holder(stage, told.reference)
    why = "They are at risk tonight."
    stage.gate.run(ask_by_necessity, staff, AskByNecessity(told.reference, Purpose.LIFE, why))
    assert the_request(stage).for_overseer is None
    stage.gate.run(look_at_name, staff, LookAtName(told.reference))
    assert overseer_of(stage, told.reference) == "second_overseer"
    assert stage.gate.run(list_for_overseer, stage.staff("overseer"), None) == ()
    assert len(stage.gate.run(list_for_overseer, stage.staff("second_overseer"), None)) == 1
