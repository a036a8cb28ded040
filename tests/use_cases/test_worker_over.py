"""What is sealed to the worker's own keys goes over to another suite with them, in rounds. Until
then both are opened, nothing is lost, and no row tells an hour.
"""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from safeshare.concerns.models import OverseerLine
from safeshare.concerns.service import reseal_rounds, worker_seals
from safeshare.concerns.service.overseers import open_line
from safeshare.concerns.service.worker_seals import (
    ForWorker,
    ResealForWorker,
    renew_worker_keys,
    reseal_for_worker,
)
from safeshare.exposure import PAGE, read_ways
from safeshare.kernel.actors import Actor, Operator, Worker
from safeshare.kernel.clocks import LONDON
from safeshare.kernel.errors import MisconfiguredError, NotFoundError, SealBrokenError
from safeshare.ledger.events import Event
from safeshare.themes.models import Parcel
from safeshare.updates.models import NudgeAddress
from safeshare.updates.service.promises import nudge_place
from safeshare.vault import KeyFiles, worker_keys
from tests.cast import Stage
from tests.use_cases.handlers import case_of, ledger
from tests.use_cases.power_cut import stops_after
from tests.use_cases.sealed_to_worker import (
    ADDRESSES,
    ALL,
    CLASSICAL,
    HYBRID,
    LINES,
    PARCELS,
    coded,
    furnished,
    in_other_suite,
    left,
    put_there,
    read_by_worker,
    renewed,
    reseal_all,
    rounds,
    rows_of,
    seals,
    suites,
    with_new_keys,
)
from tests.use_cases.test_themes import FIRST_GROUP, code, read, release


@pytest.fixture(autouse=True)
def _days(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys come into use by the stage's own calendar."""
    given = {"stage", "sqlite_stage", "postgres_stage"} & set(request.fixturenames)
    stage = request.getfixturevalue("stage" if "stage" in given else given.pop())
    monkeypatch.setattr(worker_keys, "now_in_london", lambda: stage.time().astimezone(LONDON))


def test_all_that_is_sealed_to_the_worker_goes_over_and_says_the_same(
    stage: Stage, tmp_path: Path
) -> None:
    furnished(stage)
    before, values = read_by_worker(stage), len(seals(stage))
    stolen = shutil.copytree(stage.gate.vault.keys.folder, tmp_path / "stolen")
    since_before = in_other_suite(stage, HYBRID)
    assert left(stage) == ForWorker(date.min, 0)
    assert left(in_other_suite(stage)) == ForWorker(None, values)
    later = renewed(stage)
    assert left(later) == ForWorker(stage.gate.clock.today(), values)
    done = reseal_all(later)
    assert (sum(one.resealed for one in done), sum(one.broken for one in done)) == (values, 0)
    assert left(later).values == 0
    assert suites(later) == {CLASSICAL}
    assert len({(table, len(sealed.blob)) for table, sealed in seals(later)}) == len(ALL)
    for each in (later, since_before, in_other_suite(stage)):
        assert read_by_worker(each) == before
    assert reseal_all(later) == []
    assert later.faults() == []
    thief = replace(stage.gate.vault, keys=KeyFiles.load(stolen))
    for one in ALL:
        for row in rows_of(later, one):
            with pytest.raises(MisconfiguredError, match="no key of suite 1"):
                thief.open_for_worker(one.kind, one.place(row), getattr(row, one.sealed.key))


def test_processes_that_run_since_before_seal_to_the_new_keys_from_the_next_day_on(
    stage: Stage,
) -> None:
    later = with_new_keys(stage)
    furnished(stage)
    assert suites(stage) == {HYBRID}
    before = len(seals(stage))
    stage.time.advance(days=1)
    sent, _code = stage.submit(address="late@home.example")
    coded(stage, sent.reference)
    made = [sealed.blob[0] for _table, sealed in seals(stage)]
    assert made.count(CLASSICAL) == len(made) - before == 3
    assert read_by_worker(stage) == read_by_worker(later)


def test_no_row_tells_whether_a_concern_came_before_the_new_keys_or_after(stage: Stage) -> None:
    """Neither by its suite nor by an entry with an instant: each has both like its whole day."""
    day_before = [stage.submit()[0].reference]
    later = with_new_keys(stage)
    day_before.append(stage.submit()[0].reference)
    stage.time.advance(days=1)
    day_itself = [stage.submit()[0].reference]
    reseal_all(later)
    day_itself.append(stage.submit()[0].reference)
    kept_up = [one.case_id for one in ledger(later, Event.CASE_KEPT_UP)]
    assert sorted(map(str, kept_up)) == sorted(str(case_of(stage, one).id) for one in day_before)
    assert day_itself
    assert suites(stage) == {CLASSICAL}


def test_nothing_goes_over_before_the_new_keys_are_in_use(stage: Stage) -> None:
    stage.submit()
    before = seals(stage)
    for later in (in_other_suite(stage), in_other_suite(stage)):
        for of_cases in (True, False):
            with pytest.raises(MisconfiguredError):
                next(rounds(later, of_cases=of_cases))
        later.gate.run(renew_worker_keys, Operator(), None)
    assert seals(stage) == before
    (entry,) = ledger(stage, Event.INSTALLATION_KEYS_RENEWED)
    assert (entry.actor_kind, entry.note) == ("operator", {"suite": "1"})
    stage.time.advance(days=1)
    with pytest.raises(MisconfiguredError):
        next(rounds(in_other_suite(stage, HYBRID), of_cases=True))


def test_a_machine_that_stops_in_the_middle_loses_nothing_and_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnished(stage)
    before, values = read_by_worker(stage), len(seals(stage))
    later = renewed(stage)
    monkeypatch.setattr(reseal_rounds, "KEYS_A_ROUND", 2)
    with stops_after(5, worker_seals, "_reseal_row"):
        reseal_all(later)
    assert left(later).values == values - 4, "two cases a round, and two values a case"
    assert suites(later) == {CLASSICAL, HYBRID}
    assert read_by_worker(later) == before
    assert sum(one.resealed for one in reseal_all(later)) == values - 4
    assert suites(later) == {CLASSICAL}
    assert read_by_worker(later) == before
    assert len(ledger(later, Event.CASE_KEPT_UP)) == 3
    assert sum(int(one.note["values"]) for one in ledger(later, Event.INSTALLATION_RESEALED)) == 4
    assert later.faults() == []


def test_what_a_writer_of_the_tables_put_there_does_not_become_ours_and_holds_up_nobody(
    stage: Stage,
) -> None:
    references = furnished(stage)
    case_id = case_of(stage, references[1]).id
    (spoilt,) = [one for one in rows_of(stage, ADDRESSES) if one.case_id == case_id]
    kept, vault = spoilt.address, stage.gate.vault
    theirs = {"address": "thief@elsewhere.example"}
    forged = vault.seal_for_worker("contact", nudge_place(spoilt.party_id), theirs, 512)
    one, other, *_rest = rows_of(stage, PARCELS)
    put_there(stage, NudgeAddress, spoilt.party_id, address=forged)
    put_there(stage, Parcel, one.id, body=other.body)
    later = renewed(stage)
    done = reseal_all(later)
    assert sum(each.broken for each in done) == 2
    assert left(later).values == 2
    alarms = ledger(later, Event.ALARM_RAISED)
    assert sorted(str(each.case_id) for each in alarms) == sorted((str(case_id), "None"))
    assert {each.note["alarm"] for each in alarms} == {"not_resealed"}
    put_there(stage, NudgeAddress, spoilt.party_id, address=kept)
    put_there(stage, Parcel, one.id, body=one.body)
    assert sum(each.resealed for each in reseal_all(later)) == 2
    assert left(later).values == 0


def test_a_row_that_was_put_back_after_it_went_over_is_refused(stage: Stage) -> None:
    """Whoever can break the older suite cannot have their own line, or an old one, believed."""
    furnished(stage)
    old = rows_of(stage, LINES)[0]
    later = renewed(stage)
    reseal_all(later)
    put_there(stage, OverseerLine, old.case_id, line=old.line)
    door = later.gate.door(Worker())
    with pytest.raises(SealBrokenError):
        open_line(door, rows_of(later, LINES)[0])
    door.finish()
    assert [each.broken for each in reseal_all(later)] == [1]


def test_a_row_that_somebody_is_at_just_now_is_left_and_found_again(postgres_stage: Stage) -> None:
    furnished(postgres_stage)
    later, values = renewed(postgres_stage), len(seals(postgres_stage))
    (first, *_rest) = rows_of(later, PARCELS)
    with later.system.database.engine.begin() as somebody:
        somebody.execute(select(Parcel.id).where(Parcel.id == first.id).with_for_update())
        assert sum(one.resealed for one in reseal_all(later)) == values - 1
    assert left(later).values == 1
    assert sum(one.resealed for one in reseal_all(later)) == 1


def test_parcels_of_both_suites_are_counted_in_one_release(stage: Stage) -> None:
    for _ in range(6):
        code(stage, stage.gate.clock.today(), FIRST_GROUP)
    later = renewed(stage)
    for _ in range(6):
        code(later, stage.gate.clock.today(), FIRST_GROUP)
    assert suites(stage) == {CLASSICAL, HYBRID}
    stage.time.advance(days=60)
    assert release(stage) == 1
    (shown,) = read(stage)
    assert shown.table.total == 10
    assert rows_of(stage, PARCELS) == []


@pytest.mark.parametrize("who", ["administrator", "worker"])
def test_nobody_but_the_operator_can_do_it(stage: Stage, who: str) -> None:
    later = in_other_suite(stage)
    actor: Actor = Worker() if who == "worker" else stage.staff(who)
    with pytest.raises(NotFoundError):
        later.gate.run(renew_worker_keys, actor, None)
    with pytest.raises(NotFoundError):
        later.gate.run(reseal_for_worker, actor, ResealForWorker(of_cases=True))
    assert left(later).begins is None


def test_every_column_that_is_sealed_to_the_worker_goes_over(sqlite_stage: Stage) -> None:
    page = read_ways(PAGE.read_text(encoding="utf-8"))
    said = {
        (table, column): kept.removeprefix("sealed: the worker's ").removesuffix(" key")
        for table, columns in page.items()
        for column, kept in columns.items()
        if "worker" in kept
    }
    assert said == {(one.sealed.class_.__tablename__, one.sealed.key): one.kind for one in ALL}
    assert sqlite_stage.gate.vault.seals_to_worker_of_today()
