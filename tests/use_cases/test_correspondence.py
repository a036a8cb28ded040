"""What whoever a reporter turned to can do, and what they cannot."""

from typing import Any

import pytest

from safeshare.casework.service.conflict import DeclareTie, ReadNames, declare_tie
from safeshare.casework.service.correspondence import (
    AskForNotes,
    GiveNotes,
    OpenCorrespondence,
    ask_for_notes,
    declare_correspondence_tie,
    give_notes,
    list_turned_to,
    open_correspondence,
    read_correspondence_names,
    write_in_correspondence,
)
from safeshare.casework.service.handling import WriteMessage, write_message
from safeshare.casework.service.opening import OpenCase, open_case
from safeshare.concerns.rules import AlarmKind
from safeshare.gate import UseCase
from safeshare.kernel.errors import NotFoundError, StaleError
from tests.cast import Stage
from tests.use_cases.conversation import enter, write
from tests.use_cases.handlers import attested, case_of, holders_of, opened
from tests.use_cases.turned import (
    alarms,
    ask,
    contact_of,
    conversation_of,
    corresponding,
    keys_of,
    taken,
)


def test_an_overseer_cannot_see_a_conversation_that_was_not_escalated(stage: Stage) -> None:
    reference, _code, _earlier = taken(stage)
    case = case_of(stage, reference)
    name = next(n for n, one in stage.enrolled.items() if one.staff_id == case.overseer_id)
    tried: list[tuple[UseCase[Any, Any], Any]] = [
        (read_correspondence_names, ReadNames(reference)),
        (declare_correspondence_tie, DeclareTie(reference, has_tie=False)),
        (open_correspondence, OpenCorrespondence(reference)),
    ]
    for use_case, command in tried:
        with pytest.raises(NotFoundError):
            stage.gate.run(use_case, stage.staff(name), command)
    assert list(stage.gate.run(list_turned_to, stage.staff(name), None)) == []


def test_whom_the_reporter_turned_to_can_see_names_first_and_nothing_of_the_notes(
    stage: Stage,
) -> None:
    told, code = stage.submit({"who": "Pat Planted", "concern": "The kit is unsafe."})
    ask(stage, enter(stage, code))
    fresh = contact_of(stage, told.reference)
    staff = stage.staff(fresh)
    with pytest.raises(NotFoundError):
        conversation_of(stage, staff, told.reference)
    with pytest.raises(NotFoundError):
        stage.gate.run(write_in_correspondence, staff, WriteMessage(told.reference, "Hello"))
    named = stage.gate.run(read_correspondence_names, staff, ReadNames(told.reference))
    assert named.who == "Pat Planted"
    corresponding(stage, told.reference, fresh)
    tried: list[tuple[UseCase[Any, Any], Any]] = [
        (open_case, OpenCase(told.reference)),
        (write_message, WriteMessage(told.reference, "Hello")),
        (give_notes, GiveNotes(told.reference)),
        (declare_tie, DeclareTie(told.reference, has_tie=False)),
    ]
    for use_case, command in tried:
        with pytest.raises(NotFoundError):
            stage.gate.run(use_case, staff, command)


def test_a_tie_takes_the_conversation_back(stage: Stage) -> None:
    told, code = stage.submit()
    reporter = enter(stage, code)
    ask(stage, reporter)
    fresh = contact_of(stage, told.reference)
    stage.gate.run(
        declare_correspondence_tie, stage.staff(fresh), DeclareTie(told.reference, has_tie=True)
    )
    assert keys_of(stage, told.reference, fresh) == set()
    following = contact_of(stage, told.reference)
    assert following != fresh
    with pytest.raises(NotFoundError):
        conversation_of(stage, stage.staff(fresh), told.reference)
    write(stage, reporter, "Is anybody there?")
    name = holders_of(stage, told.reference)[0]
    view = opened(stage, attested(stage, told.reference, name), told.reference)
    assert view.messages[-1].text == "Is anybody there?"
    stage.time.advance(days=2)
    ask(stage, enter(stage, code))
    assert contact_of(stage, told.reference) not in {fresh, following}


def test_the_notes_can_be_asked_for_and_given(stage: Stage) -> None:
    reference, code, earlier = taken(stage)
    ask(stage, enter(stage, code))
    fresh = contact_of(stage, reference)
    staff = corresponding(stage, reference, fresh)
    conversation_of(stage, staff, reference)
    stage.gate.run(ask_for_notes, staff, AskForNotes(reference))
    assert alarms(stage, reference) == {AlarmKind.WORK_ASKED}
    assert conversation_of(stage, staff, reference).has_asked
    with pytest.raises(NotFoundError):
        stage.gate.run(give_notes, staff, GiveNotes(reference))
    stage.gate.run(give_notes, stage.staff(earlier), GiveNotes(reference))
    assert fresh in holders_of(stage, reference)
    assert opened(stage, stage.staff(fresh), reference).answers["concern"] == "The kit is unsafe."
    assert alarms(stage, reference) == set()
    with pytest.raises(StaleError):
        stage.gate.run(give_notes, stage.staff(earlier), GiveNotes(reference))
    with pytest.raises(StaleError):
        stage.gate.run(ask_for_notes, stage.staff(fresh), AskForNotes(reference))
