"""Passing a case to another queue."""

from uuid import UUID

import pytest
from sqlalchemy import select

from safeshare.casework.service.handling import TakeCase, take_case
from safeshare.casework.service.keepers import ReadName, read_name
from safeshare.casework.service.rerouting import (
    ReadQueues,
    RerouteCase,
    read_queues,
    reroute_case,
)
from safeshare.concerns.models import Grant
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.kernel.actors import Staff
from safeshare.kernel.errors import InvalidError, NotFoundError, StaleError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from tests.cast import Stage
from tests.use_cases.conversation import enter, read
from tests.use_cases.handlers import attested, case_of, holders_of, ledger, opened

TOLD = {"concern": "The crew was told to sign blank sheets.", "mode": "confidential"}
NAME = {"name": "Robin Marsh"}
HR = "Human Resources"


def a_keeper(stage: Stage, reference: str) -> Staff:
    return attested(stage, reference, holders_of(stage, reference, Compartment.IDENTITY)[0])


def pass_on(stage: Stage, staff: Staff, reference: str, queue: str, *, keeps: bool = False) -> None:
    seen = stage.gate.run(read_queues, staff, ReadQueues(reference)).summary.queue_name
    command = RerouteCase(reference, seen, queue, keeps, "It is about a child's safety.")
    stage.gate.run(reroute_case, staff, command)


def key_numbers(stage: Stage, case_id: UUID) -> set[int]:
    with stage.system.database.reading() as session:
        return set(session.scalars(select(Grant.key_number).where(Grant.case_id == case_id)))


def test_a_keeper_can_pass_a_case_on_and_lose_it(stage: Stage) -> None:
    sent, code = stage.submit(TOLD, identity=NAME)
    keeper, before = a_keeper(stage, sent.reference), set(holders_of(stage, sent.reference))
    stage.gate.run(take_case, keeper, TakeCase(sent.reference))
    pass_on(stage, keeper, sent.reference, "safeguarding")
    after = holders_of(stage, sent.reference)
    assert not before & set(after)
    assert len(after) == 3
    assert all(name.startswith("safeguarding_") for name in after)
    case = case_of(stage, sent.reference)
    assert (case.queue_id, case.contact_id) == (stage.queues["safeguarding"], None)
    assert key_numbers(stage, case.id) == {2}
    with pytest.raises(NotFoundError):
        opened(stage, keeper, sent.reference)
    keepers = holders_of(stage, sent.reference, Compartment.IDENTITY)
    assert len(keepers) == 2
    new_keeper = attested(stage, sent.reference, keepers[0])
    assert opened(stage, new_keeper, sent.reference).answers["concern"] == TOLD["concern"]
    command = ReadName(sent.reference)
    assert stage.gate.run(read_name, new_keeper, command).identity == NAME
    assert read(stage, enter(stage, code)).reference == sent.reference
    assert len(ledger(stage, Event.CASE_REROUTED)) == 1


def test_the_old_holders_can_keep_their_keys_and_the_name(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    keeper, before = a_keeper(stage, sent.reference), set(holders_of(stage, sent.reference))
    keepers = holders_of(stage, sent.reference, Compartment.IDENTITY)
    pass_on(stage, keeper, sent.reference, "safeguarding", keeps=True)
    assert before < set(holders_of(stage, sent.reference))
    assert holders_of(stage, sent.reference, Compartment.IDENTITY) == keepers
    assert opened(stage, keeper, sent.reference).summary.queue_name == "Safeguarding"


def test_a_holder_who_keeps_no_name_cannot_pass_a_case_on(stage: Stage) -> None:
    sent, _ = stage.submit(TOLD, identity=NAME)
    keepers = holders_of(stage, sent.reference, Compartment.IDENTITY)
    other = next(one for one in holders_of(stage, sent.reference) if one not in keepers)
    staff = attested(stage, sent.reference, other)
    command = RerouteCase(sent.reference, HR, "safeguarding", False, "Why not.")
    with pytest.raises(NotFoundError):
        stage.gate.run(reroute_case, staff, command)


def test_a_case_cannot_go_to_those_whom_it_is_about(stage: Stage) -> None:
    sent, _ = stage.submit({"about": ("hr",)})
    keeper = a_keeper(stage, sent.reference)
    offered = stage.gate.run(read_queues, keeper, ReadQueues(sent.reference)).queues
    assert "hr" not in {code for code, _name in offered}
    with pytest.raises(InvalidError):
        pass_on(stage, keeper, sent.reference, "hr")


@pytest.mark.parametrize("queue", ["hr", "nowhere"])
def test_a_case_cannot_go_where_it_is_or_nowhere(stage: Stage, queue: str) -> None:
    sent, _ = stage.submit()
    keeper = a_keeper(stage, sent.reference)
    with pytest.raises(InvalidError):
        pass_on(stage, keeper, sent.reference, queue)


def test_a_case_cannot_be_passed_on_from_a_page_that_is_out_of_date(stage: Stage) -> None:
    sent, _ = stage.submit()
    keeper = a_keeper(stage, sent.reference)
    command = RerouteCase(sent.reference, "Safeguarding", "safeguarding", False, "A reason.")
    with pytest.raises(StaleError):
        stage.gate.run(reroute_case, keeper, command)


def test_a_case_cannot_be_passed_on_without_a_reason(stage: Stage) -> None:
    sent, _ = stage.submit()
    keeper = a_keeper(stage, sent.reference)
    command = RerouteCase(sent.reference, HR, "safeguarding", False, "\n")
    with pytest.raises(InvalidError):
        stage.gate.run(reroute_case, keeper, command)


def test_nobody_who_is_kept_out_is_given_a_case_that_is_passed_on(stage: Stage) -> None:
    out = [f"safeguarding_{number}" for number in (1, 2, 3)]
    ticked = Ticked(people=frozenset(stage.enrolled[name].staff_id for name in out))
    sent, _ = stage.submit(TOLD, ticked=ticked)
    pass_on(stage, a_keeper(stage, sent.reference), sent.reference, "safeguarding", keeps=True)
    assert not set(out) & set(holders_of(stage, sent.reference))
