"""Whom a reporter keeps out has no grant from the first byte on, nor ever can have one."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from safeshare.casework.service.queue import ListQueue, list_queue
from safeshare.concerns.models import CaseDocument, DocumentKind
from safeshare.concerns.queries import get_case_held
from safeshare.concerns.rules.exclusions import MOST_LISTED, Ticked
from safeshare.concerns.rules.naming import Likeness
from safeshare.concerns.service.choice import Part
from safeshare.concerns.service.compartments import open_locks
from safeshare.concerns.service.holding import give_keys
from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Role, Worker
from safeshare.kernel.errors import InvalidError, NobodyEligibleError, NotFoundError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.people.models import Queue
from safeshare.people.service.eligibility import sign_queue
from safeshare.policy.actions import Action
from tests.cast import Stage, approve, enrol
from tests.use_cases.handlers import case_of, count, holders_of
from tests.use_cases.keeping_out import (
    grants_of,
    ids,
    kept_out_of,
    line_of,
    overseer_of,
    people,
    staff_holders,
    team,
    who_can_read,
)

PLACE = "north"


@use_case(Action.SERVICE_CHECK)
def give(door: Door, command: tuple[str, Any, Any]) -> None:
    """Give somebody a case, as the use cases that add holders do."""
    _reference, case_id, staff_id = command
    with door.change() as session:
        case = get_case_held(session, case_id)
        locks = open_locks(
            door, case_id, Compartment.WORK, Compartment.CONVERSATION, session=session
        )
        give_keys(door, session, case, locks, [staff_id])


def add(stage: Stage, reference: str, name: str) -> None:
    """Let a holder add somebody."""
    holder = stage.staff(holders_of(stage, reference)[0])
    command = (reference, case_of(stage, reference).id, stage.enrolled[name].staff_id)
    stage.gate.run(give, holder, command)


def test_an_excluded_person_can_never_be_chosen_and_the_next_takes_their_place(
    stage: Stage,
) -> None:
    page = who_can_read(stage)
    first = page.holders[0].name
    out = next(one for one in page.tickable.people if one.reader.name == first)
    ticked = Ticked(people=frozenset({out.staff_id}))
    again = who_can_read(stage, ticked, page.order)
    assert first not in {one.name for one in again.holders}
    assert {one.name for one in page.holders[1:]} < {one.name for one in again.holders}
    assert len(again.holders) == len(page.holders)
    sent, _ = stage.submit(order=page.order, ticked=ticked)
    names = {stage.enrolled[name].staff_id: name for name in stage.enrolled}
    held = {names[one].replace("_", " ").title() for one in staff_holders(stage)}
    assert held == {one.name for one in again.holders}
    assert out.staff_id not in staff_holders(stage)
    assert names[out.staff_id] in kept_out_of(stage, sent.reference)
    assert names[out.staff_id] not in line_of(stage, sent.reference)


def test_an_excluded_person_can_see_no_case_and_no_count(stage: Stage) -> None:
    out = "hr_1"
    for _ in range(4):
        stage.submit(ticked=people(stage, out))
    page = stage.gate.run(list_queue, stage.staff(out), ListQueue())
    assert (page.rows, page.next) == ((), None)
    assert grants_of(stage, out) == []


def test_an_excluded_person_cannot_be_added_later_by_anybody(stage: Stage) -> None:
    reference = stage.submit(ticked=people(stage, "hr_1", "safeguarding_1"))[0].reference
    for name in ("hr_1", "safeguarding_1"):
        with pytest.raises(InvalidError, match="may_not_hold"):
            add(stage, reference, name)
        assert grants_of(stage, name) == []
    other = min(set(team(stage, "safeguarding")) - kept_out_of(stage, reference))
    add(stage, reference, other)
    assert other in holders_of(stage, reference)
    assert other not in line_of(stage, reference)


def test_who_joins_an_excluded_team_later_cannot_be_added_either(stage: Stage) -> None:
    reference = stage.submit(ticked=Ticked(queues=frozenset({"safeguarding"})))[0].reference
    enrol(stage, "newcomer", {Role.HANDLER}, "hr", "safeguarding")
    approve(stage, "hr_supervisor", "newcomer", "hr")
    assert "newcomer" in kept_out_of(stage, reference)
    with pytest.raises(InvalidError, match="may_not_hold"):
        add(stage, reference, "newcomer")


def test_everybody_at_a_place_can_be_excluded_with_whoever_comes_there_later(
    stage: Stage,
) -> None:
    enrol(stage, "local", {Role.HANDLER}, "hr", place=PLACE)
    approve(stage, "hr_supervisor", "local", "hr")
    ticked = Ticked(places=frozenset({stage.places[PLACE]}))
    assert "North Station" in {one.name for one in who_can_read(stage).tickable.places}
    reference = stage.submit(ticked=ticked)[0].reference
    for _ in range(5):
        stage.submit(ticked=ticked)
    assert grants_of(stage, "local") == []
    enrol(stage, "later", {Role.HANDLER}, "hr", place=PLACE)
    approve(stage, "hr_supervisor", "later", "hr")
    assert {"local", "later"} <= kept_out_of(stage, reference)
    whole = Ticked(places=frozenset({stage.places["service"]}))
    stage.submit(ticked=whole)
    assert grants_of(stage, "local") == []


def test_an_overseer_can_be_excluded(stage: Stage) -> None:
    reference = stage.submit(ticked=people(stage, "overseer"))[0].reference
    assert overseer_of(stage, reference) == "second_overseer"
    both = people(stage, "overseer", "second_overseer")
    assert overseer_of(stage, stage.submit(ticked=both)[0].reference) is None
    assert who_can_read(stage, both).overseer is None


def test_another_team_can_take_it_when_nobody_of_the_first_is_left(stage: Stage) -> None:
    ticked = Ticked(queues=frozenset({"hr"}))
    page = who_can_read(stage, ticked)
    assert page.instead_of == "Human Resources"
    assert page.queue_name == "Independent"
    assert len(page.holders) == 3
    sent, _ = stage.submit(order=page.order, ticked=ticked)
    assert case_of(stage, sent.reference).queue_id == stage.queues["independent"]
    assert set(holders_of(stage, sent.reference)) <= set(team(stage, "independent"))
    assert not set(team(stage, "hr")) & set(line_of(stage, sent.reference))


def test_a_reserve_can_fill_up_where_one_of_the_team_is_left(stage: Stage) -> None:
    left = "hr_3"
    ticked = people(stage, *(name for name in team(stage, "hr") if name != left))
    reference = stage.submit(ticked=ticked)[0].reference
    holders = holders_of(stage, reference)
    assert left in holders
    assert len(holders) == 2
    assert case_of(stage, reference).queue_id == stage.queues["hr"]


def test_a_concern_that_nobody_is_left_for_cannot_be_sent_and_the_page_can_say_so(
    stage: Stage,
) -> None:
    everybody = Ticked(queues=frozenset(stage.queues))
    page = who_can_read(stage, everybody)
    assert page.holders == ()
    assert all(group.is_out for group in page.tickable.teams)
    with pytest.raises(NobodyEligibleError):
        stage.submit(ticked=everybody)
    assert count(stage, CaseDocument) == 0
    assert who_can_read(stage, Ticked(), page.order).holders


def test_a_named_member_of_staff_is_proposed_and_can_be_let_in(stage: Stage) -> None:
    named = stage.enrolled["hr_supervisor"].staff_id
    page = who_can_read(stage, who="It was supervisor HR, and others")
    found = next(one for one in page.tickable.people if one.staff_id == named)
    assert (found.named, found.is_out) == (Likeness.NAME, True)
    assert named not in {one for one in page.order if one in staff_holders(stage)}
    for _ in range(6):
        stage.submit({"who": "It was supervisor HR, and others"})
    assert grants_of(stage, "hr_supervisor") == []
    allowed = Ticked(let_in=frozenset({named}))
    again = who_can_read(stage, allowed, who="It was supervisor HR, and others")
    found = next(one for one in again.tickable.people if one.staff_id == named)
    assert (found.named, found.is_out) == (Likeness.NAME, False)


def test_somebody_can_be_named_by_their_staff_number(stage: Stage) -> None:
    enrol(stage, "numbered", {Role.HANDLER}, "hr", staff_number="FF-40123")
    approve(stage, "hr_supervisor", "numbered", "hr")
    page = who_can_read(stage, who="ask number 40123, or FF40123")
    found = {one.staff_id: one.named for one in page.tickable.people if one.named}
    assert found == {stage.enrolled["numbered"].staff_id: Likeness.NUMBER}


def test_somebody_named_who_is_in_no_team_yet_cannot_be_added_later(stage: Stage) -> None:
    reference = stage.submit({"who": "the administrator"})[0].reference
    assert "administrator" in kept_out_of(stage, reference)


@use_case(Action.SERVICE_CHECK)
def hide_names(door: Door, code: str) -> None:
    """Let a team show jobs instead of names, as its settings do."""
    with door.change() as session:
        queue = session.scalars(select(Queue).where(Queue.code == code)).one()
        queue.shows_names = False
        sign_queue(door, queue)
        door.record(Event.ROTA_SET)


def test_a_team_without_names_cannot_be_asked_who_is_in_it(stage: Stage) -> None:
    stage.gate.run(hide_names, Worker(), "hr")
    page = who_can_read(stage, who="Hr Supervisor and Hr 1")
    shown = {one.reader.name for one in page.tickable.people}
    assert not any(name and name.startswith("Hr") for name in shown)
    assert {one.name for one in page.holders} == {None}
    assert [(one.code, one.is_out) for one in page.tickable.jobs] == [("Tester", False)]
    assert page.tickable.hides_names
    for _ in range(6):
        stage.submit({"who": "Hr Supervisor and Hr 1"})
    assert grants_of(stage, "hr_supervisor") + grants_of(stage, "hr_1") == []
    out = who_can_read(stage, Ticked(jobs=frozenset({"Tester"})))
    assert out.holders == ()  # Everybody of this cast has the same job.


def test_the_page_can_say_what_each_person_would_have_to_do(stage: Stage) -> None:
    page = who_can_read(stage)
    parts = {one.reader.name: one.part for one in page.tickable.people}
    assert {name for name, part in parts.items() if part is Part.HOLDER} == {
        one.name for one in page.holders
    }
    assert page.overseer is not None
    assert parts[page.overseer.name] is Part.OVERSEER
    assert {name for name, part in parts.items() if part is Part.TEAM} == {
        one.name for one in page.others_in_queue
    }


def sealed_lists(stage: Stage) -> Mapping[DocumentKind, set[int]]:
    """How long the sealed lists of all cases are."""
    kinds = (DocumentKind.EXCLUSIONS, DocumentKind.SUCCESSION)
    with stage.system.database.reading() as session:
        rows = session.query(CaseDocument).filter(CaseDocument.kind.in_(kinds)).all()
    return {kind: {len(row.body.blob) for row in rows if row.kind is kind} for kind in kinds}


def test_the_tables_cannot_tell_whether_anybody_is_kept_out_or_how_many(stage: Stage) -> None:
    many = frozenset(uuid4() for _ in range(MOST_LISTED + 30))
    for ticked in (Ticked(), people(stage, "hr_1", "hr_2"), Ticked(people=many)):
        stage.submit(ticked=ticked)
    assert {kind: len(sizes) for kind, sizes in sealed_lists(stage).items()} == {
        DocumentKind.EXCLUSIONS: 1,
        DocumentKind.SUCCESSION: 1,
    }


def test_a_list_that_is_too_long_cannot_lose_anybody(stage: Stage) -> None:
    many = frozenset(uuid4() for _ in range(MOST_LISTED)) | ids(stage, "hr_1")
    reference = stage.submit(ticked=Ticked(people=many))[0].reference
    assert "hr_1" in kept_out_of(stage, reference)
    with pytest.raises(InvalidError):
        add(stage, reference, "hr_1")
    enrol(stage, "newcomer", {Role.HANDLER}, "hr")
    approve(stage, "hr_supervisor", "newcomer", "hr")
    with pytest.raises(InvalidError):
        add(stage, reference, "newcomer")
    add(stage, reference, line_of(stage, reference)[0])


def test_a_stranger_to_a_case_cannot_give_its_keys(stage: Stage) -> None:
    reference = stage.submit(ticked=people(stage, "hr_1"))[0].reference
    case_id = case_of(stage, reference).id
    command = (reference, case_id, stage.enrolled["hr_1"].staff_id)
    with pytest.raises(NotFoundError):
        stage.gate.run(give, stage.staff("hr_1"), command)
