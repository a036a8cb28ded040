"""From a coded case to the frozen table that leaders read."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from safeshare.gate import Door, use_case
from safeshare.kernel.actors import Operator, Worker
from safeshare.kernel.errors import NotFoundError, SealBrokenError
from safeshare.kernel.identifiers import new_id
from safeshare.ledger.events import Event
from safeshare.policy.actions import Action
from safeshare.themes.models import Fact, Parcel, Release
from safeshare.themes.rules import Vocabulary, period_of
from safeshare.themes.service.parcels import PARCEL_BYTES, prepare_parcel
from safeshare.themes.service.release import Released, read_releases, release_due_periods
from tests.cast import Stage

FIRST_GROUP, SECOND_GROUP = 0, 1


@use_case(Action.DEMO_LOAD)
def put_parcel(door: Door, coding: tuple[UUID, date, tuple[str, ...]]) -> None:
    """What casework does when a handler codes a case."""
    parcel = prepare_parcel(door, *coding)
    with door.change() as session:
        session.add(parcel)
        door.record(Event.CASE_CODED)


def code(stage: Stage, received_on: date, group: int, case_id: UUID | None = None) -> UUID:
    case_id = case_id or new_id()
    theme = stage.gate.door(Operator()).rule(Vocabulary).groups[group].themes[0].code
    stage.gate.run(put_parcel, Operator(), (case_id, received_on, (theme,)))
    return case_id


def release(stage: Stage) -> int:
    return stage.gate.run(release_due_periods, Worker(), None)


def read(stage: Stage) -> list[Released]:
    return list(stage.gate.run(read_releases, stage.staff("leader"), None))


def count(stage: Stage, table: type[Parcel | Fact | Release]) -> int:
    with stage.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_leader_reads_a_period_only_once_it_is_over_and_frozen(stage: Stage) -> None:
    received_on = stage.gate.clock.today()
    for _ in range(7):
        code(stage, received_on, FIRST_GROUP)
    assert release(stage) == 0
    assert read(stage) == []
    stage.time.advance(days=60)
    assert release(stage) == 1
    (shown,) = read(stage)
    assert shown.period == period_of(received_on)
    assert shown.table.total == 5
    assert shown.table.groups[FIRST_GROUP][1] == 5
    assert {cell for _, cell in shown.table.groups[1:]} == {None}
    assert release(stage) == 0


def test_the_parcels_of_a_released_period_are_gone_and_its_facts_name_no_case(stage: Stage) -> None:
    cases = {code(stage, stage.gate.clock.today(), FIRST_GROUP) for _ in range(6)}
    stage.time.advance(days=60)
    release(stage)
    assert count(stage, Parcel) == 0
    with stage.system.database.reading() as session:
        episodes = set(session.scalars(select(Fact.episode)))
    assert len(episodes) == 6
    assert not episodes & cases


def test_a_period_that_may_show_nothing_is_joined_to_the_next(stage: Stage) -> None:
    first = stage.gate.clock.today()
    for _ in range(3):
        code(stage, first, FIRST_GROUP)
    stage.time.advance(days=60)
    assert release(stage) == 0
    assert count(stage, Parcel) == 3
    second = period_of(first).next()
    for _ in range(3):
        code(stage, second.from_on, FIRST_GROUP)
    stage.time.advance(days=60)
    assert release(stage) == 1
    (shown,) = read(stage)
    assert (shown.period.from_on, shown.period.until_on) == (
        period_of(first).from_on,
        second.until_on,
    )
    assert shown.table.total == 5


def test_only_the_newest_coding_of_a_case_counts(stage: Stage) -> None:
    received_on = stage.gate.clock.today()
    cases = [code(stage, received_on, FIRST_GROUP) for _ in range(6)]
    stage.time.advance(minutes=1)
    for case_id in cases:
        code(stage, received_on, SECOND_GROUP, case_id)
    stage.time.advance(days=60)
    release(stage)
    (shown,) = read(stage)
    assert shown.table.groups[FIRST_GROUP][1] is None
    assert shown.table.groups[SECOND_GROUP][1] == 5


def test_a_release_never_changes_when_a_case_is_coded_late(stage: Stage) -> None:
    received_on = stage.gate.clock.today()
    for _ in range(6):
        code(stage, received_on, FIRST_GROUP)
    stage.time.advance(days=60)
    release(stage)
    before = read(stage)
    for _ in range(9):
        code(stage, received_on, FIRST_GROUP)
    stage.time.advance(days=60)
    assert release(stage) == 0
    assert read(stage) == before


def test_every_parcel_is_of_one_size_whatever_it_holds(stage: Stage) -> None:
    themes = [
        theme.code
        for group in stage.gate.door(Operator()).rule(Vocabulary).groups
        for theme in group.themes
    ]
    stage.gate.run(put_parcel, Operator(), (new_id(), date(2026, 3, 2), (themes[0],)))
    stage.gate.run(put_parcel, Operator(), (new_id(), date(2026, 3, 2), tuple(themes[:6])))
    with stage.system.database.reading() as session:
        sizes = {len(body.blob) for body in session.scalars(select(Parcel.body))}
    assert len(sizes) == 1
    assert sizes.pop() > PARCEL_BYTES


def test_a_moved_parcel_is_refused_and_puts_an_alarm_on_the_ledger(stage: Stage) -> None:
    for _ in range(5):
        code(stage, stage.gate.clock.today(), FIRST_GROUP)
    with stage.system.database.engine.begin() as connection:
        bodies = connection.scalars(select(Parcel.body)).all()
        connection.execute(update(Parcel).values(body=bodies[0]))
    stage.time.advance(days=60)
    with pytest.raises(SealBrokenError):
        release(stage)
    assert count(stage, Release) == 0


@pytest.mark.parametrize("name", ["hr_1", "hr_supervisor", "overseer", "administrator"])
def test_nobody_but_a_leader_can_read_releases(stage: Stage, name: str) -> None:
    with pytest.raises(NotFoundError):
        stage.gate.run(read_releases, stage.staff(name), None)


def test_the_facts_of_a_joined_release_tell_no_count_that_was_withheld(stage: Stage) -> None:
    first = period_of(stage.gate.clock.today())
    for received_on in (first.from_on, first.next().from_on):
        for _ in range(3):
            code(stage, received_on, FIRST_GROUP)
    stage.time.advance(days=120)
    assert release(stage) == 1
    with stage.system.database.reading() as session:
        assert session.scalars(select(Fact.period)).all() == [first.key] * 6
