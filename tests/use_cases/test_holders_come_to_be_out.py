"""A holder who comes to be in a team or at a place that a reporter keeps out reads nothing more,
and gives the case up as soon as they ask for anything: what was theirs is handed on as with a tie.
"""

from uuid import uuid4

import pytest
from sqlalchemy import delete

from safeshare.casework.rules import Purpose
from safeshare.casework.service.conflict import ReadNames
from safeshare.casework.service.correspondence import read_correspondence_names
from safeshare.casework.service.files import AskForCaseFile, describe_case_file
from safeshare.casework.service.handing_over import (
    HandOver,
    OfferColleagues,
    hand_over,
    list_colleagues_for,
)
from safeshare.casework.service.handling import TakeCase, take_case
from safeshare.casework.service.keepers import ReadName, read_name
from safeshare.casework.service.name_requests import AskByNecessity, ask_by_necessity
from safeshare.casework.service.upkeep import KeepUp, keep_case_up
from safeshare.concerns.rules import AlarmKind
from safeshare.concerns.rules.exclusions import Exclusions, Ticked
from safeshare.concerns.service.exclusions import with_people_of_today
from safeshare.kernel.errors import InvalidError, NotFoundError
from safeshare.kernel.sealed import Compartment
from safeshare.ledger.events import Event
from safeshare.oversight.service.trails import ReadCaseTrail, read_case_trail
from safeshare.people.models import ServiceKey
from tests.cast import Stage
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import (
    attested,
    counted,
    holders_of,
    ledger,
    opened,
)
from tests.use_cases.keeping_out import ids, line_of, numbers_of, overseer_of, team
from tests.use_cases.moving import (
    COMES,
    TEAM,
    add,
    either,
    joins_the_team,
    leave,
    place,
    wait_for,
    works_at_the_place,
)
from tests.use_cases.naming import NAME, TOLD, other_holder, the_request
from tests.use_cases.recovered import newcomer
from tests.use_cases.test_casework_access import ALL
from tests.use_cases.test_stepping_aside import declare
from tests.use_cases.test_whereabouts import put
from tests.use_cases.turned import (
    alarms,
    ask,
    contact_of,
    conversation_of,
    corresponding,
    keys_of,
)


@either
def test_a_holder_who_came_to_be_out_reads_nothing_more_and_gives_the_case_up(
    stage: Stage, by: str
) -> None:
    ticked, comes = COMES[by]
    reference = stage.submit(ticked=ticked(stage))[0].reference
    before = holders_of(stage, reference)
    name = holders_of(stage, reference, Compartment.IDENTITY)[0]
    attested(stage, reference, name)
    comes(stage, name)
    assert holders_of(stage, reference) == before
    with pytest.raises(NotFoundError):
        opened(stage, stage.staff(name), reference)
    after = set(holders_of(stage, reference))
    assert keys_of(stage, reference, name) == set()
    assert len(after) == len(before)
    assert len(holders_of(stage, reference, Compartment.IDENTITY)) == 2
    assert numbers_of(stage, reference) == {(part, 2) for part in Compartment}
    assert ledger(stage, Event.CASE_OPENED) == []
    assert stage.faults() == []
    leave_again(stage, name, by)
    with pytest.raises(InvalidError, match="may_not_hold"):
        add(stage, reference, name)


def leave_again(stage: Stage, name: str, by: str) -> None:
    if by == "team":
        leave(stage, name, "safeguarding")
    else:
        put(stage, name, None)


def test_the_ledger_tells_of_a_holder_who_came_to_be_out_what_it_tells_of_every_other(
    stage: Stage,
) -> None:
    reference = stage.submit(ticked=TEAM)[0].reference
    name = holders_of(stage, reference)[0]
    attested(stage, reference, name)
    joins_the_team(stage, name)
    with pytest.raises(NotFoundError):
        opened(stage, stage.staff(name), reference)
    (refused,) = ledger(stage, Event.ACTION_REFUSED)
    assert refused.case_id is None
    assert len(ledger(stage, Event.CASE_HOLDER_REMOVED)) == 1
    assert ledger(stage, Event.ALARM_RAISED) == []


@either
def test_nothing_of_a_case_is_left_to_a_holder_who_came_to_be_out(stage: Stage, by: str) -> None:
    """Theirs is the last key, which nobody takes: so that each of these is refused by itself."""
    with stage.system.database.engine.begin() as connection:
        connection.execute(delete(ServiceKey))
    ticked, comes = COMES[by]
    others = frozenset(one.staff_id for name, one in stage.enrolled.items() if name != "hr_1")
    reference = stage.submit(
        ticked=Ticked(people=others, queues=ticked(stage).queues, places=ticked(stage).places)
    )[0].reference
    assert holders_of(stage, reference) == ["hr_1"]
    attested(stage, reference, "hr_1")
    comes(stage, "hr_1")
    staff = stage.staff("hr_1")
    asked = [make(reference) for make in ALL.values()]
    asked += [
        (describe_case_file, AskForCaseFile(reference, uuid4())),
        (list_colleagues_for, OfferColleagues(reference)),
        (read_name, ReadName(reference)),
        (read_correspondence_names, ReadNames(reference)),
        (read_case_trail, ReadCaseTrail(reference)),
    ]
    for use_case, command in asked:
        with pytest.raises(NotFoundError):
            stage.gate.run(use_case, staff, command)
    assert holders_of(stage, reference) == ["hr_1"]
    kept = [one.note["alarm"] for one in ledger(stage, Event.ALARM_RAISED)]
    assert kept == ["last_key_kept"] * len(asked)


def test_whoever_has_the_conversation_alone_loses_it_by_coming_to_be_out(stage: Stage) -> None:
    told, code = stage.submit(ticked=TEAM)
    first, second = line_of(stage, told.reference)[:2]
    ask(stage, enter(stage, code))
    corresponding(stage, told.reference, first)
    joins_the_team(stage, first)
    with pytest.raises(NotFoundError):
        conversation_of(stage, stage.staff(first), told.reference)
    assert keys_of(stage, told.reference, first) == set()
    assert contact_of(stage, told.reference) == second
    assert AlarmKind.CONTACT_ASKED in alarms(stage, told.reference)
    assert stage.faults() == []


def test_the_key_of_a_conversation_is_not_changed_for_whoever_came_to_be_out(stage: Stage) -> None:
    told, code = stage.submit(ticked=TEAM)
    first, second = line_of(stage, told.reference)[:2]
    reporter = enter(stage, code)
    ask(stage, reporter)
    joins_the_team(stage, first)
    stage.time.advance(days=15)
    ask(stage, reporter, keeps_earlier=True)
    stage.time.advance(days=15)
    ask(stage, reporter, keeps_earlier=False)
    assert keys_of(stage, told.reference, second) == set()
    assert (Compartment.CONVERSATION, 2) not in keys_of(stage, told.reference, first)


def test_no_reason_is_sealed_to_an_overseer_who_came_to_be_out(stage: Stage) -> None:
    reference = stage.submit(TOLD, identity=NAME, ticked=place(stage))[0].reference
    name = overseer_of(stage, reference)
    assert name is not None
    works_at_the_place(stage, name)
    command = AskByNecessity(reference, Purpose.LIFE, "Somebody may be hurt.")
    stage.gate.run(ask_by_necessity, other_holder(stage, reference), command)
    assert the_request(stage).for_overseer is None


def test_a_proposal_alone_takes_a_case_from_nobody(stage: Stage) -> None:
    """An administrator can propose anybody for any team: that must not choose who reads."""
    reference = stage.submit(ticked=TEAM)[0].reference
    name = holders_of(stage, reference)[0]
    staff = attested(stage, reference, name)
    wait_for(stage, name, "safeguarding")
    assert opened(stage, stage.staff(name), reference).summary.reference == reference
    stage.gate.run(take_case, staff, TakeCase(reference))
    assert name in holders_of(stage, reference)


def test_a_proposal_takes_a_case_from_nobody_when_the_keys_change_either(stage: Stage) -> None:
    reference = stage.submit(ticked=TEAM)[0].reference
    leaver, *others = holders_of(stage, reference)
    for name in others:
        attested(stage, reference, name)
        wait_for(stage, name, "safeguarding")
    declare(stage, leaver, reference)
    assert leaver not in holders_of(stage, reference)
    for name in others:
        assert opened(stage, stage.staff(name), reference).summary.reference == reference
        stage.gate.run(keep_case_up, stage.staff(name), KeepUp(reference))
    assert set(others) <= set(holders_of(stage, reference))
    assert len(holders_of(stage, reference, Compartment.IDENTITY)) == 2


def test_who_was_only_proposed_for_a_team_is_not_put_down_for_good(stage: Stage) -> None:
    wait_for(stage, "hr_1", "safeguarding")
    door = stage.gate.door(stage.staff("hr_2"))
    out = with_people_of_today(door, Exclusions(queues=frozenset({stage.queues["safeguarding"]})))
    door.stop_reading()
    assert out.people.keys() == ids(stage, *team(stage, "safeguarding"))


@either
def test_whoever_came_to_be_out_cannot_give_the_case_on(stage: Stage, by: str) -> None:
    ticked, comes = COMES[by]
    reference = stage.submit(ticked=ticked(stage))[0].reference
    name = holders_of(stage, reference)[0]
    attested(stage, reference, name)
    comes(stage, name)
    friend = newcomer(stage)
    command = HandOver(stage.enrolled[friend].staff_id)
    assert stage.gate.run(hand_over, stage.staff(name), command).given == 0
    assert friend not in holders_of(stage, reference)


def test_opening_takes_one_statement_more_where_teams_are_out_and_three_with_places(
    stage: Stage,
) -> None:
    for name in team(stage, "hr"):
        put(stage, name, None, "service")
    numbers = []
    for ticked in (Ticked(), TEAM, place(stage)):
        reference = stage.submit(ticked=ticked)[0].reference
        staff = attested(stage, reference)
        opened(stage, staff, reference)
        with counted(stage) as opening:
            opened(stage, staff, reference)
        numbers.append(len(opening))
    assert numbers == [8, 9, 11]
