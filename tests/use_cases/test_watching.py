"""The daily watch: too few who can open a case, and concerns that nobody opens."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, event, select, update

from safeshare.casework.service.queue import ListQueue, list_queue
from safeshare.casework.service.watching import (
    watch_cases,
)
from safeshare.concerns.models import CaseAlarm, Grant, GranteeKind
from safeshare.concerns.rules import AlarmKind
from safeshare.concerns.rules.exclusions import Ticked
from safeshare.kernel.actors import Operator, Worker
from safeshare.kernel.errors import NotFoundError
from safeshare.ledger.events import Event
from safeshare.people.models import StaffMember
from safeshare.people.queries import get_standing
from safeshare.people.service.eligibility import sign
from tests.cast import Stage
from tests.use_cases.ceremony import give_all, let_leave, together
from tests.use_cases.handlers import attested, case_of, holders_of, ledger, opened
from tests.use_cases.watched import (
    alarms_of,
    alerted,
    health,
    next_morning,
    overseer_of,
    seen_by,
    watch,
)

TOO_FEW = {AlarmKind.FEW_HOLDERS, AlarmKind.FEW_KEEPERS}
WITH_ALARMS = (
    *("safeguarding_supervisor", "safeguarding_1", "hr_supervisor", "hr_1", "hr_5"),
    *("overseer", "second_overseer", "administrator"),
)


def test_a_case_that_enough_can_open_raises_nothing(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    opened(stage, attested(stage, reference), reference)
    done = watch(stage)
    assert done is not None
    assert (done.few, done.mails) == (0, 0)
    assert not alarms_of(stage, reference)


def test_a_case_below_two_can_be_seen_by_whoever_can_help(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    opened(stage, attested(stage, reference), reference)
    left, *leaving = holders_of(stage, reference)
    let_leave(stage, leaving)
    done = watch(stage)
    assert done is not None
    assert done.few == 1
    assert set(alarms_of(stage, reference)) == TOO_FEW
    assert set(alerted(stage)) == {left, overseer_of(stage, reference)}
    for name in (left, overseer_of(stage, reference)):
        shown = seen_by(stage, name).alarms
        assert {(one.reference, one.kind) for one in shown} == {(reference, one) for one in TOO_FEW}
    page = stage.gate.run(list_queue, stage.staff(left), ListQueue())
    assert [row.held.alarm for row in page.rows] == [AlarmKind.FEW_HOLDERS]


def test_nobody_else_can_see_that_there_is_such_a_case(stage: Stage) -> None:
    """A supervisor, an overseer or an administrator may be the very person who is kept out."""
    quiet = {name: seen_by(stage, name) for name in WITH_ALARMS}
    kept_out = {"safeguarding_supervisor", "overseer", "administrator"}
    ids = frozenset(stage.enrolled[name].staff_id for name in kept_out)
    reference = stage.submit(ticked=Ticked(people=ids))[0].reference
    let_leave(stage, holders_of(stage, reference))
    watch(stage)
    involved = {*holders_of(stage, reference), overseer_of(stage, reference)}
    assert not involved & kept_out
    for name in WITH_ALARMS:
        if name not in involved:
            assert seen_by(stage, name) == quiet[name]
    assert set(alerted(stage)) == {overseer_of(stage, reference)}
    with pytest.raises(NotFoundError):
        seen_by(stage, "leader")


def test_a_case_that_nobody_can_open_cannot_go_unnoticed(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    let_leave(stage, holders_of(stage, reference))
    done = watch(stage)
    assert done is not None
    assert done.few == 1
    assert health(stage).held.nobody == 1
    assert health(stage).held.lost == 0
    give_all(stage, together(stage))
    assert health(stage).held.few == 0
    next_morning(stage)
    assert AlarmKind.FEW_HOLDERS not in alarms_of(stage, reference)
    assert (health(stage).kept.nobody, health(stage).kept.lost) == (1, 0)


def test_a_case_without_recovery_either_is_lost_and_said_to_be(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    case_id = case_of(stage, reference).id
    with stage.system.database.engine.begin() as connection:
        connection.execute(
            delete(Grant).where(
                Grant.case_id == case_id, Grant.grantee_kind == GranteeKind.RECOVERY
            )
        )
    let_leave(stage, holders_of(stage, reference))
    assert health(stage).held.lost == 1


@pytest.mark.parametrize("how", ["away", "forged", "unapproved"])
def test_who_cannot_open_it_now_does_not_count(stage: Stage, how: str) -> None:
    reference = stage.submit()[0].reference
    first, *others = holders_of(stage, reference)
    for name in others:
        staff_id = stage.enrolled[name].staff_id
        if how == "forged":
            with stage.system.database.engine.begin() as connection:
                connection.execute(
                    update(StaffMember)
                    .where(StaffMember.id == staff_id)
                    .values(job_title="Changed behind our back")
                )
        else:
            _change(stage, name, how)
    done = watch(stage)
    assert done is not None
    assert done.few == 1
    assert health(stage).forged == (2 if how == "forged" else 0)
    assert first in alerted(stage)


def _change(stage: Stage, name: str, how: str) -> None:
    door = stage.gate.door(Operator())
    with door.change() as session:
        standing = get_standing(session, stage.enrolled[name].staff_id)
        if how == "away":
            standing.member.away_from = stage.gate.clock.today() - timedelta(days=1)
        else:
            for row in standing.memberships:
                row.approved_by = None
        sign(door, standing)
        door.record(Event.PEOPLE_APPROVED)


def test_opening_a_concern_ends_its_alarm(stage: Stage) -> None:
    reference = stage.submit()[0].reference
    stage.time.advance(days=2)
    watch(stage)
    name = holders_of(stage, reference)[0]
    assert seen_by(stage, name).alarms
    opened(stage, attested(stage, reference, name), reference)
    assert list(seen_by(stage, name).alarms) == []
    next_morning(stage)
    assert not alarms_of(stage, reference)


@pytest.mark.parametrize("hour", [0, 9, 16, 23])
def test_the_time_of_day_of_a_concern_cannot_change_its_alarm(stage: Stage, hour: int) -> None:
    stage.time.now = stage.time.now.replace(hour=hour, minute=59)
    reference = stage.submit()[0].reference
    stage.time.now = stage.time.now.replace(hour=9, minute=5)
    raised: list[date] = []
    for _day in range(4):
        next_morning(stage)
        raised += [one.raised_on for one in alarms_of(stage, reference).values()]
    assert raised[0] == date(2026, 3, 4)


def test_days_off_do_not_count(stage: Stage) -> None:
    stage.time.advance(days=4)
    reference = stage.submit()[0].reference
    for _day in range(3):
        next_morning(stage)
        assert not alarms_of(stage, reference)
    next_morning(stage)
    assert set(alarms_of(stage, reference)) == {AlarmKind.UNOPENED}


def test_the_watch_is_kept_once_a_day_and_is_on_the_ledger(stage: Stage) -> None:
    assert watch(stage) is not None
    assert watch(stage) is None
    (entry,) = ledger(stage, Event.CASES_WATCHED)
    assert entry.note == {"few": "0"}
    assert health(stage).watched_on == stage.gate.clock.today()


def test_a_worker_apart_counts_nobody_whose_record_was_changed(stage: Stage) -> None:
    keys = type(stage.gate.vault.keys).load_for_worker(stage.gate.vault.keys.folder)
    vault = replace(stage.gate.vault, keys=keys)
    reference = stage.submit()[0].reference
    names = holders_of(stage, reference)[1:]
    with stage.system.database.engine.begin() as writer:
        ids = [stage.enrolled[name].staff_id for name in names]
        writer.execute(update(StaffMember).where(StaffMember.id.in_(ids)).values(job_title="Chief"))
    replace(stage.gate, vault=vault).run(watch_cases, Worker(), None)
    assert set(alarms_of(stage, reference)) == TOO_FEW


def test_a_hundred_cases_take_as_many_statements_as_one(stage: Stage) -> None:
    """And no row more than there are alarms is brought into the program."""
    counts: list[int] = []
    statements = Counter[str]()

    def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements["all"] += not statement.startswith(("SAVEPOINT", "RELEASE"))

    event.listen(stage.system.database.engine, "before_cursor_execute", count)
    for wanted in (1, 20):
        for _case in range(wanted):
            stage.submit()
        statements.clear()
        next_morning(stage, days=3)
        counts.append(statements["all"])
    event.remove(stage.system.database.engine, "before_cursor_execute", count)
    assert counts[1] <= counts[0] + 2


def test_nobody_but_the_worker_can_keep_the_watch(stage: Stage) -> None:
    for actor in (Operator(), stage.staff("overseer"), stage.staff("hr_supervisor")):
        with pytest.raises(NotFoundError):
            stage.gate.run(watch_cases, actor, None)


def test_no_alarm_has_an_instant(stage: Stage) -> None:
    stage.submit()
    next_morning(stage, days=5)
    with stage.system.database.reading() as session:
        for row in session.scalars(select(CaseAlarm)):
            for value in (row.raised_on, row.overseer_on, row.mailed_on):
                assert not isinstance(value, datetime)
