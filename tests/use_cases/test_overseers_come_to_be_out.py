"""An overseer who comes to be kept out of a case can read and decide nothing that was sealed to
them before; it goes to another, and where nobody is left that can be seen.
"""

import pytest
from sqlalchemy import delete

from safeshare.casework.rules import Purpose
from safeshare.casework.service.agreeing import (
    DecideAsOverseer,
    ReadForOverseer,
    decide_as_overseer,
    list_for_overseer,
    read_for_overseer,
)
from safeshare.casework.service.conflict import DeclareTie
from safeshare.casework.service.correspondence import declare_correspondence_tie
from safeshare.casework.service.name_page import LookAtName, NamePage, look_at_name
from safeshare.casework.service.name_requests import AskByNecessity, ask_by_necessity
from safeshare.concerns.rules import AlarmKind
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.kernel.actors import Operator, Role, Staff
from safeshare.kernel.errors import NotFoundError
from safeshare.ledger.events import Event
from safeshare.mailbox.models import Request
from safeshare.mailbox.rules import RequestState
from safeshare.mailbox.service.turning import escalate
from safeshare.outbox.models import OutgoingMail
from safeshare.oversight.service.trails import ReadCaseTrail, list_overseen, read_case_trail
from safeshare.people.models import StaffRole
from safeshare.people.queries import get_standing
from safeshare.people.service.eligibility import sign
from tests.cast import Stage, enrol
from tests.use_cases.ceremony import let_leave
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import attested, ledger, opened
from tests.use_cases.keeping_out import overseer_of
from tests.use_cases.moving import add, join, leave, place
from tests.use_cases.naming import NAME, TOLD, a_keeper, keepers_of, other_holder, the_request
from tests.use_cases.test_overseers_gone import hand_on, take_role, the_other
from tests.use_cases.test_stepping_aside import declare
from tests.use_cases.test_whereabouts import put
from tests.use_cases.turned import ask, taken
from tests.use_cases.watched import alarms_of, alerted
from tests.use_cases.writing_tables import write

WHY = "They are at risk tonight."


def moves(stage: Stage, name: str, to: str = "north") -> None:
    """An overseer comes to work at a place; and the mails about it are on their way."""
    put(stage, name, None, to)
    write(stage, delete(OutgoingMail))


def asked(stage: Stage, ticked: Ticked | None = None) -> tuple[str, str, Request]:
    """A case from which a place is kept out, and whose name somebody asks for by necessity: its
    reference, its overseer and the request.
    """
    kept_out = place(stage) if ticked is None else ticked
    reference = stage.submit(TOLD, identity=NAME, ticked=kept_out)[0].reference
    command = AskByNecessity(reference, Purpose.LIFE, WHY)
    stage.gate.run(ask_by_necessity, other_holder(stage, reference), command)
    return reference, overseer_of(stage, reference) or "", the_request(stage)


def listed(stage: Stage, name: str) -> list[str]:
    found = stage.gate.run(list_for_overseer, stage.staff(name), None)
    return [reference for _request, reference in found]


def reason_read(stage: Stage, name: str) -> str:
    command = ReadForOverseer(the_request(stage).id)
    return stage.gate.run(read_for_overseer, stage.staff(name), command).reason


def nothing_is_there(stage: Stage, name: str, request: Request) -> None:
    """No list, no reason and no decision."""
    assert listed(stage, name) == []
    with pytest.raises(NotFoundError):
        reason_read(stage, name)
    for agrees in (True, False):
        command = DecideAsOverseer(request.id, agrees)
        with pytest.raises(NotFoundError):
            stage.gate.run(decide_as_overseer, stage.staff(name), command)
    assert the_request(stage).state is RequestState.WAITING


def looked(stage: Stage, staff: Staff, reference: str) -> NamePage:
    return stage.gate.run(look_at_name, staff, LookAtName(reference))


def test_an_overseer_who_came_to_be_out_cannot_see_or_decide_what_was_sealed_before(
    stage: Stage,
) -> None:
    _reference, name, request = asked(stage)
    assert reason_read(stage, name) == WHY
    moves(stage, name)
    nothing_is_there(stage, name, request)
    assert stage.faults() == []


def test_the_ledger_tells_nothing_of_an_overseer_who_came_to_be_out(stage: Stage) -> None:
    _reference, name, request = asked(stage)
    moves(stage, name)
    with pytest.raises(NotFoundError):
        reason_read(stage, name)
    (refused,) = ledger(stage, Event.ACTION_REFUSED)
    assert refused.case_id is None
    assert ledger(stage, Event.REQUEST_READ) == []
    assert ledger(stage, Event.ALARM_RAISED) == []
    assert the_request(stage).for_overseer == request.for_overseer


def test_the_request_goes_to_another_overseer_as_soon_as_a_holder_looks(stage: Stage) -> None:
    reference, name, _request = asked(stage)
    moves(stage, name)
    looked(stage, other_holder(stage, reference), reference)
    assert overseer_of(stage, reference) == the_other(name)
    assert listed(stage, name) == []
    assert reason_read(stage, the_other(name)) == WHY
    assert alerted(stage) == {the_other(name): 1}
    command = DecideAsOverseer(the_request(stage).id, agrees=True)
    stage.gate.run(decide_as_overseer, stage.staff(the_other(name)), command)
    assert the_request(stage).state is RequestState.AGREED
    assert stage.faults() == []


def test_opening_the_case_takes_the_watch_from_an_overseer_who_came_to_be_out(stage: Stage) -> None:
    reference, name, request = asked(stage)
    opened(stage, attested(stage, reference), reference)
    moves(stage, name)
    opened(stage, attested(stage, reference), reference)
    assert overseer_of(stage, reference) == the_other(name)
    assert the_request(stage).for_overseer is None
    nothing_is_there(stage, name, request)
    assert stage.gate.run(list_overseen, stage.staff(name), None) == []
    with pytest.raises(NotFoundError):
        stage.gate.run(read_case_trail, stage.staff(name), ReadCaseTrail(reference))
    looked(stage, other_holder(stage, reference), reference)
    assert reason_read(stage, the_other(name)) == WHY
    assert stage.faults() == []


def test_where_no_overseer_is_left_the_holders_are_told_and_can_still_decide(
    stage: Stage,
) -> None:
    reference, name, request = asked(stage)
    for one in ("overseer", "second_overseer"):
        moves(stage, one)
    holder = other_holder(stage, reference)
    (shown,) = looked(stage, holder, reference).requests
    assert overseer_of(stage, reference) is None
    assert AlarmKind.NO_OVERSEER in alarms_of(stage, reference)
    assert (shown.waits_for_second, shown.waits_for_overseer) == (True, False)
    nothing_is_there(stage, name, request)
    (shown,) = looked(stage, a_keeper(stage, reference), reference).requests
    assert shown.may_give
    enrol(stage, "third_overseer", {Role.OVERSEER})
    looked(stage, holder, reference)
    assert reason_read(stage, "third_overseer") == WHY
    assert AlarmKind.NO_OVERSEER not in alarms_of(stage, reference)


def test_an_overseer_who_moves_to_a_place_that_is_not_kept_out_can_be_drawn_again(
    stage: Stage,
) -> None:
    """Nothing tells them which places are kept out, so they see nothing until somebody has judged
    who can: for every overseer alike, whatever the case keeps out.
    """
    reference, name, request = asked(stage, Ticked())
    let_leave(stage, [the_other(name)])
    moves(stage, name)
    nothing_is_there(stage, name, request)
    looked(stage, other_holder(stage, reference), reference)
    assert overseer_of(stage, reference) == name
    assert reason_read(stage, name) == WHY


def test_an_overseer_who_comes_to_work_nowhere_keeps_what_they_were_asked(stage: Stage) -> None:
    for one in ("overseer", "second_overseer"):
        moves(stage, one, "north")
    _reference, name, _request = asked(stage, Ticked())
    put(stage, name, None)
    assert reason_read(stage, name) == WHY


def test_looking_twice_writes_once(stage: Stage) -> None:
    reference, name, _request = asked(stage)
    moves(stage, name)
    holder = other_holder(stage, reference)
    looked(stage, holder, reference)
    sealed = the_request(stage).for_overseer
    looked(stage, holder, reference)
    assert the_request(stage).for_overseer == sealed


def test_an_overseer_who_is_kept_out_is_not_told_that_somebody_asks(stage: Stage) -> None:
    reference = stage.submit(TOLD, identity=NAME, ticked=place(stage))[0].reference
    name = overseer_of(stage, reference) or ""
    moves(stage, name)
    command = AskByNecessity(reference, Purpose.LIFE, WHY)
    stage.gate.run(ask_by_necessity, other_holder(stage, reference), command)
    assert set(alerted(stage)) >= set(keepers_of(stage, reference))
    assert not alerted(stage)[name]
    assert listed(stage, name) == []


def test_an_overseer_with_a_tie_is_asked_nothing_any_more(stage: Stage) -> None:
    told, code = stage.submit(TOLD, identity=NAME)
    command = AskByNecessity(told.reference, Purpose.LIFE, WHY)
    stage.gate.run(ask_by_necessity, other_holder(stage, told.reference), command)
    name = overseer_of(stage, told.reference) or ""
    stage.gate.run(escalate, enter(stage, code), None)
    tie = DeclareTie(told.reference, has_tie=True)
    stage.gate.run(declare_correspondence_tie, stage.staff(name), tie)
    request = the_request(stage)
    assert request.for_overseer is None
    nothing_is_there(stage, name, request)
    hand_on(stage)
    assert overseer_of(stage, told.reference) == the_other(name)
    looked(stage, other_holder(stage, told.reference), told.reference)
    assert reason_read(stage, the_other(name)) == WHY


def test_who_is_next_in_the_line_of_overseers_is_there_no_more_after_a_tie(stage: Stage) -> None:
    """They worked cases for a while, and had a tie to one that they were in line to oversee."""
    reference = stage.submit()[0].reference
    first = overseer_of(stage, reference) or ""
    following = the_other(first)
    let_be(stage, following, Role.HANDLER)
    join(stage, following, "hr", first)
    add(stage, reference, following)
    declare(stage, following, reference)
    leave(stage, following, "hr")
    let_be(stage, following, Role.OVERSEER)
    let_leave(stage, [first])
    hand_on(stage)
    assert overseer_of(stage, reference) is None
    assert stage.faults() == []


def test_whoever_the_reporter_took_the_case_from_never_oversees_it(stage: Stage) -> None:
    reference, code, earlier = taken(stage)
    ask(stage, enter(stage, code), keeps_earlier=False)
    leave(stage, earlier, "hr")
    let_be(stage, earlier, Role.OVERSEER)
    let_leave(stage, ["overseer", "second_overseer"])
    hand_on(stage)
    opened(stage, attested(stage, reference), reference)
    assert overseer_of(stage, reference) is None


def let_be(stage: Stage, name: str, role: Role) -> None:
    """Give somebody another role, their signature kept right."""
    take_role(stage, name)
    door = stage.gate.door(Operator())
    with door.change() as session:
        staff_id = stage.enrolled[name].staff_id
        session.add(StaffRole(staff_id=staff_id, role=role))
        session.flush()
        sign(door, get_standing(session, staff_id))
        door.record(Event.PEOPLE_ROLES_CHANGED)
