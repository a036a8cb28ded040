"""Going over to other keys of the worker tells nobody at what hour a reporter came, loses no mail,
and says on the ledger only what was done.
"""

import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from safeshare.concerns.models import OverseerLine
from safeshare.concerns.service.overseers import open_line
from safeshare.concerns.service.worker_seals import renew_worker_keys
from safeshare.kernel.actors import Operator, Worker
from safeshare.kernel.clocks import LONDON
from safeshare.kernel.errors import MisconfiguredError
from safeshare.ledger.digests import digest_of, place_of
from safeshare.ledger.events import Event
from safeshare.ledger.models import LedgerDay
from safeshare.vault import worker_keys
from safeshare.vault.worker_keys import WorkerKeys
from tests.cast import Stage
from tests.use_cases.conversation import enter
from tests.use_cases.handlers import case_of, holders_of, ledger
from tests.use_cases.sealed_to_worker import (
    CLASSICAL,
    HYBRID,
    LINES,
    in_other_suite,
    left,
    renewed,
    reseal_all,
    rows_of,
    suites,
    with_new_keys,
)
from tests.use_cases.test_stepping_aside import declare
from tests.use_cases.turned import ask, taken


@pytest.fixture(autouse=True)
def _days(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys come into use by the stage's own calendar."""
    stage = request.getfixturevalue("stage")
    monkeypatch.setattr(worker_keys, "now_in_london", lambda: stage.time().astimezone(LONDON))


def line_of(stage: Stage, reference: str) -> OverseerLine:
    case_id = case_of(stage, reference).id
    (line,) = [one for one in rows_of(stage, LINES) if one.case_id == case_id]
    assert isinstance(line, OverseerLine)
    return line


def written_by_reporter(stage: Stage, line: OverseerLine) -> list[str]:
    """What today's entries without an hour say of a line."""
    todays = LedgerDay.on == stage.gate.clock.today()
    with stage.system.database.reading() as session:
        rows = select(LedgerDay).where(LedgerDay.case_id == line.case_id, todays)
        days = session.scalars(rows).all()
    said = [(one.digests or {}).get(place_of(line)) for one in days]
    return [one for one in said if one is not None]


@pytest.mark.parametrize("comes", ["before", "after"])
def test_nothing_tells_whether_somebody_else_was_asked_for_before_or_after_the_rows_went_over(
    stage: Stage, comes: str
) -> None:
    """Neither which rows the entry names, nor whose writing of the line is the one that stands."""
    reference, code, _earlier = taken(stage)
    later = renewed(stage)
    reporter = enter(stage, code)
    if comes == "before":
        ask(stage, reporter, keeps_earlier=False)
    reseal_all(later)
    if comes == "after":
        ask(stage, reporter, keeps_earlier=False)
    (entry,) = [
        one
        for one in ledger(later, Event.CASE_KEPT_UP)
        if one.case_id == case_of(stage, reference).id
    ]
    line = line_of(stage, reference)
    named = entry.digests or {}
    assert [one.partition("/")[0] for one in named] == ["nudge_address", "overseer_line"]
    assert {one.partition(":")[0] for one in named.values()} == {"changed"}
    stands = f"changed:{digest_of(line)}"
    assert named[place_of(line)] != stands
    assert written_by_reporter(stage, line) == [stands]
    for _day in range(2):
        assert left(later).values == 0
        assert reseal_all(later) == []
        door = stage.gate.door(Worker())
        assert open_line(door, line_of(stage, reference)) is not None
        door.finish()
        assert later.faults() == []
        stage.time.advance(days=1)


def test_a_line_that_staff_wrote_after_its_reporter_on_the_day_it_goes_over_is_still_ours(
    stage: Stage,
) -> None:
    reference, code, _earlier = taken(stage)
    later = renewed(stage)
    ask(stage, enter(stage, code), keeps_earlier=False)
    declare(stage, holders_of(stage, reference)[0], reference)
    for _day in range(2):
        assert sum(one.broken for one in reseal_all(later)) == 0
        door = stage.gate.door(Worker())
        assert open_line(door, line_of(stage, reference)) is not None
        door.finish()
        stage.time.advance(days=1)
    assert ledger(later, Event.ALARM_RAISED) == []
    assert left(later).values == 0


def test_what_reporters_sealed_today_to_an_older_key_goes_over_tomorrow(stage: Stage) -> None:
    """As where a process had the new public half late: an entry would tell who came before it."""
    reference, code, _earlier = taken(stage)
    later = with_new_keys(stage)
    late = in_other_suite(stage, HYBRID)
    public = stage.gate.vault.keys.folder / "public"
    dated = [one for one in public.iterdir() if "-" in one.name]
    for one in dated:
        one.rename(public.parent / one.name)
    late.gate.vault.read_worker_keys_anew()
    for one in dated:
        (public.parent / one.name).rename(one)
    stage.time.advance(days=1)
    sent = late.submit()[0].reference
    reseal_all(later)
    ask(late, enter(late, code), keeps_earlier=False)
    assert left(later).values == 3
    reseal_all(later)
    kept_up = [one.case_id for one in ledger(later, Event.CASE_KEPT_UP)]
    assert kept_up == [case_of(stage, reference).id]
    assert left(later).values == 3
    stage.time.advance(days=1)
    assert sum(one.resealed for one in reseal_all(later)) == 3
    assert suites(later) == {CLASSICAL}
    assert len(ledger(later, Event.CASE_KEPT_UP)) == 3
    assert case_of(stage, sent).id in {one.case_id for one in ledger(later, Event.CASE_KEPT_UP)}
    assert later.faults() == []


def test_the_ledger_does_not_say_that_keys_were_made_where_none_can_be(stage: Stage) -> None:
    later = in_other_suite(stage)
    keys = later.gate.vault.keys
    web_keys = replace(keys, _workers=WorkerKeys(keys.folder, opens=False))
    web = replace(later.gate, vault=replace(later.gate.vault, keys=web_keys))
    for _ in range(2):
        with pytest.raises(MisconfiguredError, match="was not given"):
            web.run(renew_worker_keys, Operator(), None)
    assert ledger(stage, Event.INSTALLATION_KEYS_RENEWED) == []


def test_an_older_private_half_beside_newer_public_ones_is_noticed_at_the_start(
    stage: Stage, tmp_path: Path
) -> None:
    folder = stage.gate.vault.keys.folder
    older = shutil.copytree(folder / "worker", tmp_path / "older")
    later = renewed(stage)
    shutil.rmtree(folder / "worker")
    shutil.copytree(older, folder / "worker")
    with pytest.raises(MisconfiguredError, match="put back the newest copy of both folders"):
        in_other_suite(stage)
    with suppress(MisconfiguredError):
        later.gate.vault.read_worker_keys_anew()
    later.submit(address="me@home.example")
    assert reseal_all(later) == []
