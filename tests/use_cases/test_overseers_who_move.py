"""Whoever comes to be in another team or place watches none of the cases that they did, whatever
those keep out: so nobody sees anything of a case that came to keep them out, and nothing is told.
"""

import pytest
from sqlalchemy import delete

from safeshare.casework.rules import Purpose
from safeshare.casework.service.agreeing import list_for_overseer
from safeshare.casework.service.correspondence import list_turned_to
from safeshare.casework.service.name_page import LookAtName, look_at_name
from safeshare.casework.service.name_requests import AskByNecessity, ask_by_necessity
from safeshare.concerns.rules import AlarmKind, CaseStatus
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.kernel.actors import Role
from safeshare.kernel.errors import NotFoundError
from safeshare.ledger.events import Event
from safeshare.mailbox.service.turning import escalate
from safeshare.outbox.models import OutgoingMail
from safeshare.oversight.service.trails import ReadCaseTrail, list_overseen, read_case_trail
from tests.cast import Stage, enrol
from tests.use_cases.ceremony import let_leave
from tests.use_cases.conversation import enter, set_status
from tests.use_cases.handlers import attested, case_of, counted, ledger, nudges, opened
from tests.use_cases.keeping_out import overseer_of
from tests.use_cases.moving import join, leave, place
from tests.use_cases.naming import NAME, TOLD, other_holder, the_request
from tests.use_cases.test_overseers_come_to_be_out import let_be, listed, reason_read
from tests.use_cases.test_overseers_gone import hand_on, the_other
from tests.use_cases.test_overseers_replaced import called_in, is_over
from tests.use_cases.test_whereabouts import put
from tests.use_cases.turned import conversation_of, keys_of, looked
from tests.use_cases.watched import alarms_of, alerted, next_morning, seen_by, watch
from tests.use_cases.writing_tables import write


def sees_nothing(stage: Stage, name: str, reference: str) -> None:
    """No reference, alarm, trail, request or conversation."""
    staff = stage.staff(name)
    assert stage.gate.run(list_overseen, staff, None) == []
    assert [one.reference for one in seen_by(stage, name).alarms] == []
    assert stage.gate.run(list_for_overseer, staff, None) == ()
    assert stage.gate.run(list_turned_to, staff, None) == []
    with pytest.raises(NotFoundError):
        stage.gate.run(read_case_trail, staff, ReadCaseTrail(reference))


@pytest.mark.parametrize("keeps_out", [True, False])
def test_an_overseer_who_moves_cannot_see_a_case_any_more_whatever_it_keeps_out(
    stage: Stage, keeps_out: bool
) -> None:
    ticked = place(stage) if keeps_out else Ticked()
    reference = stage.submit(ticked=ticked)[0].reference
    for _ in range(3):
        next_morning(stage)
    name = overseer_of(stage, reference) or ""
    assert seen_by(stage, name).alarms
    put(stage, name, None, "north")
    sees_nothing(stage, name, reference)
    hand_on(stage)
    assert overseer_of(stage, reference) == the_other(name)
    sees_nothing(stage, name, reference)
    assert stage.faults() == []


def test_every_case_goes_on_in_one_statement_more_however_many_there_are(stage: Stage) -> None:
    numbers = []
    for cases in (1, 4):
        references = [stage.submit()[0].reference for _ in range(cases)]
        name = overseer_of(stage, references[0]) or ""
        put(stage, name, None)
        write(stage, delete(OutgoingMail))
        with counted(stage) as statements:
            put(stage, name, None, "north")
        assert name not in {overseer_of(stage, one) for one in references}
        (_one,) = [one for one in statements if one.startswith("UPDATE") and "overseer_id" in one]
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


def test_a_closed_case_cannot_be_seen_by_an_overseer_who_moved_and_needs_no_other(
    stage: Stage,
) -> None:
    reference = stage.submit()[0].reference
    name = overseer_of(stage, reference) or ""
    set_status(stage, case_of(stage, reference).id, CaseStatus.CLOSED)
    put(stage, name, None, "north")
    sees_nothing(stage, name, reference)
    hand_on(stage)
    assert overseer_of(stage, reference) is None
    assert alarms_of(stage, reference) == {}


def test_joining_a_team_ends_a_watch_as_moving_does(stage: Stage) -> None:
    """Overseers serve in no team: so they were let be none, and the worker has not come round."""
    reference = stage.submit()[0].reference
    name = overseer_of(stage, reference) or ""
    let_be(stage, name, Role.HANDLER)
    assert overseer_of(stage, reference) == name
    join(stage, name, "hr", the_other(name))
    assert overseer_of(stage, reference) is None


def test_an_overseer_keeps_what_they_watch_where_they_come_to_be_nowhere_new(stage: Stage) -> None:
    for one in ("overseer", "second_overseer"):
        put(stage, one, None, "north")
    reference = stage.submit()[0].reference
    name = overseer_of(stage, reference) or ""
    for number, to in ((None, "north"), ("EF 4017", "north"), ("EF 4017", "service"), (None, None)):
        put(stage, name, number, to)
        assert overseer_of(stage, reference) == name
    put(stage, name, None, "service")
    assert overseer_of(stage, reference) is None


def test_the_next_overseer_is_mailed_of_what_stands(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    for _ in range(3):
        next_morning(stage)
    name = overseer_of(stage, reference) or ""
    before = alerted(stage)[the_other(name)]
    put(stage, name, None, "north")
    watch(stage)
    hand_on(stage)
    watch(stage)
    assert [one.kind for one in seen_by(stage, the_other(name)).alarms] == [AlarmKind.UNOPENED]
    assert alerted(stage)[the_other(name)] > before


def test_the_worker_cannot_give_a_case_to_whoever_moved_since_it_came(stage: Stage) -> None:
    """They stand in a line that was drawn before, by somebody who could judge them."""
    reference = stage.submit(ticked=place(stage))[0].reference
    first = overseer_of(stage, reference) or ""
    stage.time.advance(days=1)
    put(stage, the_other(first), None, "north")
    let_leave(stage, [first])
    hand_on(stage)
    assert overseer_of(stage, reference) is None
    assert AlarmKind.NO_OVERSEER in alarms_of(stage, reference)


def test_the_worker_can_give_a_case_to_whoever_moved_before_it_came(stage: Stage) -> None:
    for one in ("overseer", "second_overseer"):
        put(stage, one, None, "north")
    stage.time.advance(days=1)
    reference = stage.submit()[0].reference
    name = overseer_of(stage, reference) or ""
    put(stage, name, None, None)
    put(stage, name, None, "north")
    hand_on(stage)
    assert overseer_of(stage, reference) == the_other(name)


def test_a_holder_draws_lots_by_the_list_where_all_overseers_moved(stage: Stage) -> None:
    kept_out = stage.submit(ticked=place(stage))[0].reference
    open_to_all = stage.submit()[0].reference
    for one in ("overseer", "second_overseer"):
        put(stage, one, None, "north")
    hand_on(stage)
    for reference in (kept_out, open_to_all):
        assert overseer_of(stage, reference) is None
        assert AlarmKind.NO_OVERSEER in alarms_of(stage, reference)
        opened(stage, attested(stage, reference), reference)
    assert overseer_of(stage, kept_out) is None
    assert overseer_of(stage, open_to_all) in {"overseer", "second_overseer"}
    assert set(alarms_of(stage, open_to_all)) == set()


def test_what_was_asked_of_an_overseer_who_moved_waits_for_the_next(stage: Stage) -> None:
    reference = stage.submit(TOLD, identity=NAME)[0].reference
    holder = other_holder(stage, reference)
    command = AskByNecessity(reference, Purpose.LIFE, "They are at risk tonight.")
    stage.gate.run(ask_by_necessity, holder, command)
    name = overseer_of(stage, reference) or ""
    put(stage, name, None, "north")
    hand_on(stage)
    assert the_request(stage).for_overseer is None
    assert listed(stage, the_other(name)) == []
    stage.gate.run(look_at_name, holder, LookAtName(reference))
    assert reason_read(stage, the_other(name)) == "They are at risk tonight."
    assert stage.faults() == []


def test_a_reason_cannot_stay_sealed_to_them_where_a_holder_comes_before_the_worker(
    stage: Stage,
) -> None:
    reference = stage.submit(TOLD, identity=NAME)[0].reference
    holder = other_holder(stage, reference)
    command = AskByNecessity(reference, Purpose.LIFE, "They are at risk tonight.")
    stage.gate.run(ask_by_necessity, holder, command)
    let_leave(stage, [the_other(overseer_of(stage, reference))])
    enrol(stage, "third_overseer", {Role.OVERSEER})
    name = overseer_of(stage, reference) or ""
    put(stage, name, None, "north")
    opened(stage, attested(stage, reference), reference)
    assert overseer_of(stage, reference) in {name, "third_overseer"}
    assert the_request(stage).for_overseer is None


def test_the_conversation_is_taken_back_and_the_reporter_told(stage: Stage) -> None:
    told, code = stage.submit()
    reporter = enter(stage, code)
    stage.gate.run(escalate, reporter, None)
    name = overseer_of(stage, told.reference) or ""
    before = nudges(stage)
    put(stage, name, None, "north")
    assert not keys_of(stage, told.reference, name)
    sees_nothing(stage, name, told.reference)
    assert AlarmKind.ESCALATED not in alarms_of(stage, told.reference)
    assert not looked(stage, reporter).is_escalated
    hand_on(stage)
    assert nudges(stage) == before + 1
    stage.gate.run(escalate, reporter, None)
    assert keys_of(stage, told.reference, the_other(name))


@pytest.mark.parametrize("role", [Role.HANDLER, Role.LEADER])
def test_an_overseer_who_moves_and_is_overseer_no_more_cannot_keep_the_conversation(
    stage: Stage, role: Role
) -> None:
    """Nothing says any more that they watched the case when the worker, or a holder, comes."""
    reference, code, name = called_in(stage)
    before = nudges(stage)
    put(stage, name, None, "north")
    let_be(stage, name, role)
    assert not keys_of(stage, reference, name)
    with pytest.raises(NotFoundError):
        conversation_of(stage, stage.staff(name), reference)
    hand_on(stage)
    opened(stage, attested(stage, reference), reference)
    assert nudges(stage) == before + 1
    is_over(stage, reference, code, name)


def test_somebody_who_comes_to_watch_cannot_lose_what_they_held_before(stage: Stage) -> None:
    """Their keys stay theirs until somebody hands the case over: they never watched this one."""
    reference = stage.submit()[0].reference
    holder = attested(stage, reference)
    name = next(one for one, its in stage.enrolled.items() if its.staff_id == holder.staff_id)
    leave(stage, name, "hr")
    let_be(stage, name, Role.OVERSEER)
    put(stage, overseer_of(stage, reference) or "", None, "north")
    hand_on(stage)
    assert keys_of(stage, reference, name)


def test_that_an_overseer_was_moved_is_entered_and_told_to_those_who_watch(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    name = overseer_of(stage, reference) or ""
    put(stage, name, None, "north")
    (moved,) = ledger(stage, Event.PEOPLE_WHEREABOUTS_CHANGED)
    assert moved.actor_id == stage.enrolled["administrator"].staff_id
    assert moved.case_id is None
    assert set(alerted(stage)) == {the_other(name)}
    assert ledger(stage, Event.CASE_OVERSEER_CHANGED) == []
    hand_on(stage)
    (changed,) = ledger(stage, Event.CASE_OVERSEER_CHANGED)
    assert changed.case_id == case_of(stage, reference).id
