"""Of whom the daily watch tells what, and when."""

from safeshare.casework.service.correspondence import (
    AskForNotes,
    ask_for_notes,
)
from safeshare.concerns.rules import AlarmKind
from safeshare.mailbox.service.turning import AskForSomebodyElse, ask_for_somebody_else, escalate
from tests.cast import Stage
from tests.use_cases.ceremony import let_leave
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import attested, holders_of, opened
from tests.use_cases.turned import contact_of, corresponding, taken
from tests.use_cases.watched import alarms_of, alerted, next_morning, overseer_of, seen_by, watch


def test_a_concern_that_nobody_opens_alerts_its_holders_and_then_the_overseer(stage: Stage) -> None:
    """Sent on a Monday: to be opened by 17:00 on Tuesday, whenever on Monday it came."""
    reference = stage.submit()[0].reference
    watch(stage)
    next_morning(stage)
    assert not alarms_of(stage, reference)
    next_morning(stage)
    alarm = alarms_of(stage, reference)[AlarmKind.UNOPENED]
    assert alarm.overseer_on is None
    assert set(alerted(stage)) == set(holders_of(stage, reference))
    assert list(seen_by(stage, overseer_of(stage, reference)).alarms) == []
    next_morning(stage)
    assert alarms_of(stage, reference)[AlarmKind.UNOPENED].overseer_on is not None
    assert alerted(stage)[overseer_of(stage, reference)] == 1
    (shown,) = seen_by(stage, overseer_of(stage, reference)).alarms
    assert (shown.reference, shown.kind) == (reference, AlarmKind.UNOPENED)


def test_what_a_reporter_asks_for_is_mailed_of_on_the_next_day_only(stage: Stage) -> None:
    told, code = stage.submit()
    opened(stage, attested(stage, told.reference), told.reference)
    watch(stage)
    reporter = enter(stage, code)
    stage.gate.run(ask_for_somebody_else, reporter, AskForSomebodyElse(True))
    stage.gate.run(escalate, reporter, None)
    fresh, overseer = contact_of(stage, told.reference), overseer_of(stage, told.reference)
    assert watch(stage) is None
    assert not alerted(stage)
    assert [one.kind for one in seen_by(stage, fresh).alarms] == [AlarmKind.CONTACT_ASKED]
    assert [one.kind for one in seen_by(stage, overseer).alarms] == [AlarmKind.ESCALATED]
    next_morning(stage)
    assert set(alerted(stage)) == {fresh, overseer}


def test_a_watch_that_comes_after_the_reporter_cannot_tell_when_they_asked(stage: Stage) -> None:
    told, code = stage.submit()
    opened(stage, attested(stage, told.reference), told.reference)
    stage.time.advance(days=1)
    stage.gate.run(ask_for_somebody_else, enter(stage, code), AskForSomebodyElse(True))
    watch(stage)
    assert not alerted(stage)
    next_morning(stage)
    assert set(alerted(stage)) == {contact_of(stage, told.reference)}


def test_whoever_leaves_a_reporter_waiting_is_told_of_to_the_overseer(stage: Stage) -> None:
    told, code = stage.submit()
    opened(stage, attested(stage, told.reference), told.reference)
    stage.gate.run(ask_for_somebody_else, enter(stage, code), AskForSomebodyElse(True))
    fresh = contact_of(stage, told.reference)
    staff = corresponding(stage, told.reference, fresh)
    stage.gate.run(ask_for_notes, staff, AskForNotes(told.reference))
    for _day in range(4):
        next_morning(stage)
    kinds = {one.kind for one in seen_by(stage, overseer_of(stage, told.reference)).alarms}
    assert kinds == {AlarmKind.CONTACT_ASKED, AlarmKind.WORK_ASKED}


def test_an_alarm_that_stands_is_mailed_again_after_a_week_and_not_before(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    opened(stage, attested(stage, reference), reference)
    left, *leaving = holders_of(stage, reference)
    let_leave(stage, leaving)
    watch(stage)
    for _day in range(6):
        next_morning(stage)
        assert alerted(stage)[left] == 1
    next_morning(stage)
    assert alerted(stage)[left] == 2


def test_a_case_that_a_reporter_left_with_one_holder_is_told_of_on_the_next_day(
    stage: Stage,
) -> None:
    reference, code, earlier = taken(stage)
    opened(stage, attested(stage, reference, earlier), reference)
    let_leave(stage, [one for one in holders_of(stage, reference) if one != earlier][1:])
    stage.time.advance(days=1)
    stage.gate.run(ask_for_somebody_else, enter(stage, code), AskForSomebodyElse(False))
    done = watch(stage)
    assert done is not None
    assert (done.few, done.mails) == (0, 0)
    done = next_morning(stage)
    assert done is not None
    assert done.few == 1
    assert len(holders_of(stage, reference)) == 2
