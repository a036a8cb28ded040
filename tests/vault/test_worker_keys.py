"""The worker's three keys go over to another suite in their files. What was sealed before still
opens, a machine that stops in the middle loses nothing, and no hour is told.
"""

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from safeshare.kernel.errors import MisconfiguredError, SealBrokenError
from safeshare.kernel.sealed import PrivateKey
from safeshare.vault import KeyFiles, Vault, hpke
from safeshare.vault.key_folder import replace_key
from safeshare.vault.worker_keys import WORKER_KINDS
from tests.vault.cast import OUTSIDE
from tests.vault.worker_files import (
    MONDAY,
    TUESDAY,
    Turn,
    opens_all,
    process,
    sealed_by,
    suites,
)


class PowerCutError(Exception):
    """The machine stops in the middle."""


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }


def test_the_keys_of_a_new_installation_are_of_the_suite_that_is_asked_for(tmp_path: Path) -> None:
    for suite in sorted(hpke.SUITES):
        vault = Vault(KeyFiles.create(tmp_path / str(suite), suite), key_suite=suite)
        assert suites(sealed_by(vault)) == {suite}
        assert opens_all(vault, sealed_by(vault))
        assert vault.seals_to_worker_of_today()


def test_new_keys_are_in_use_from_the_next_day_on_and_the_older_still_open(
    folder: Path, turn: Turn
) -> None:
    vault = process(folder, hpke.X25519)
    before = sealed_by(vault)
    assert vault.worker_suite_begins() is None
    vault.renew_worker_keys()
    assert vault.worker_suite_begins() == TUESDAY.date()
    for each in (vault, process(folder)):
        assert suites(sealed_by(each)) == {hpke.HYBRID}
    assert not vault.seals_to_worker_of_today()
    turn(TUESDAY)
    assert vault.seals_to_worker_of_today()
    for each in (vault, process(folder)):
        assert suites(sealed_by(each)) == {hpke.X25519}
        assert opens_all(each, sealed_by(vault))
        assert opens_all(each, before)


def test_processes_that_run_since_before_follow_by_themselves(folder: Path, turn: Turn) -> None:
    web, worker = process(folder), Vault(KeyFiles.load_for_worker(folder))
    process(folder, hpke.X25519).renew_worker_keys()
    for each in (web, worker):
        each.read_worker_keys_anew()
    assert suites(sealed_by(web)) == {hpke.HYBRID}
    turn(TUESDAY)
    assert suites(sealed_by(web)) == {hpke.X25519}
    assert opens_all(worker, sealed_by(web))


def test_a_process_without_the_private_halves_seals_to_the_new_keys_and_makes_none(
    folder: Path, turn: Turn, tmp_path: Path
) -> None:
    process(folder, hpke.X25519).renew_worker_keys()
    apart = folder.rename(tmp_path / "web")
    (apart / "worker").rename(tmp_path / "worker")
    web = process(apart)
    turn(TUESDAY)
    assert suites(sealed_by(web)) == {hpke.X25519}
    with pytest.raises(MisconfiguredError, match="not given"):
        web.renew_worker_keys()
    with pytest.raises(MisconfiguredError, match="not given"):
        web.reseal_for_worker("contact", OUTSIDE, sealed_by(web)["contact"])


def test_a_value_can_be_sealed_anew_and_keeps_its_size_and_its_place(
    folder: Path, turn: Turn
) -> None:
    vault = process(folder, hpke.X25519)
    older_rings = {kind: vault.keys.worker_private(kind) for kind in WORKER_KINDS}
    before = sealed_by(vault)
    vault.renew_worker_keys()
    turn(TUESDAY)
    anew = {k: vault.reseal_for_worker(k, OUTSIDE, before[k]) for k in WORKER_KINDS}
    assert suites(anew) == {hpke.X25519}
    assert opens_all(vault, anew)
    assert {len(one.blob) for one in anew.values()} == {len(sealed_by(vault)["themes"].blob)}
    for kind in WORKER_KINDS:
        with pytest.raises(SealBrokenError):
            vault.open_for_worker(kind, replace(OUTSIDE, row="8"), anew[kind])
        with pytest.raises(SealBrokenError):
            vault.reseal_for_worker(kind, replace(OUTSIDE, row="8"), before[kind])
        binding = b"whatever it is bound to"
        with pytest.raises(SealBrokenError, match="another suite"):
            hpke.unseal(older_rings[kind], anew[kind], binding)


def test_who_has_the_older_keys_cannot_tell_the_new_ones(folder: Path) -> None:
    older = {kind: process(folder).keys.worker_private(kind) for kind in WORKER_KINDS}
    process(folder, hpke.X25519).renew_worker_keys()
    rings = {kind: process(folder).keys.worker_private(kind) for kind in WORKER_KINDS}
    drawn = {hpke.keys_in(ring)[hpke.X25519] for ring in rings.values()}
    assert len(drawn) == len(WORKER_KINDS)
    for kind, ring in rings.items():
        assert ring.raw.endswith(older[kind].raw)
        assert not any(one in older[kind].raw for one in drawn)


def test_a_second_call_changes_nothing(folder: Path, turn: Turn) -> None:
    vault = process(folder, hpke.X25519)
    vault.renew_worker_keys()
    after = contents(folder)
    for day in (MONDAY, TUESDAY):
        turn(day)
        vault.renew_worker_keys()
        process(folder, hpke.X25519).renew_worker_keys()
        assert contents(folder) == after


def test_going_back_takes_the_first_keys_again_from_the_next_day_on(
    folder: Path, turn: Turn
) -> None:
    first = {kind: process(folder).keys.worker_public(kind) for kind in WORKER_KINDS}
    process(folder, hpke.X25519).renew_worker_keys()
    turn(TUESDAY)
    between = sealed_by(process(folder))
    back = process(folder)
    assert back.worker_suite_begins() is None
    back.renew_worker_keys()
    assert suites(sealed_by(back)) == {hpke.X25519}
    turn(TUESDAY + timedelta(days=1))
    assert {kind: back.keys.worker_public(kind) for kind in WORKER_KINDS} == first
    assert opens_all(back, between)
    assert opens_all(process(folder), between)


def test_a_change_of_mind_on_the_same_day_leaves_the_first_keys_in_use(
    folder: Path, turn: Turn
) -> None:
    process(folder, hpke.X25519).renew_worker_keys()
    process(folder).renew_worker_keys()
    turn(TUESDAY)
    assert suites(sealed_by(process(folder))) == {hpke.HYBRID}


@pytest.mark.parametrize("step", range(30))
def test_a_machine_that_stops_at_any_step_leaves_keys_that_work_and_goes_on(
    folder: Path, turn: Turn, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Six files are replaced. Of each the old draft goes; the new one is written durably, put in
    its place and gone from its own; and the folder is written durably.
    """
    worker, before = process(folder), sealed_by(process(folder))
    left = iter(range(step))

    def or_stop(what: Callable[..., object]) -> Callable[..., object]:
        def perform(*given: object, **more: object) -> object:
            if next(left, None) is None:
                raise PowerCutError
            return what(*given, **more)

        return perform

    with monkeypatch.context() as cut:
        cut.setattr(os, "fsync", or_stop(os.fsync))
        cut.setattr(Path, "replace", or_stop(Path.replace))
        cut.setattr(Path, "unlink", or_stop(Path.unlink))
        with pytest.raises(PowerCutError):
            process(folder, hpke.X25519).renew_worker_keys()
    for day in (MONDAY, TUESDAY):
        turn(day)
        for each in (worker, process(folder)):
            assert opens_all(each, before)
            assert opens_all(each, sealed_by(process(folder)))
    turn(MONDAY)
    again = process(folder, hpke.X25519)
    again.renew_worker_keys()
    assert again.worker_suite_begins() == TUESDAY.date()
    worker.read_worker_keys_anew()
    turn(TUESDAY)
    assert suites(sealed_by(worker)) == {hpke.X25519}
    assert opens_all(worker, before)
    assert opens_all(worker, sealed_by(again))
    assert not [name for name in contents(folder) if name.endswith(".new")]


def test_every_file_is_its_owners_alone(folder: Path) -> None:
    process(folder, hpke.X25519).renew_worker_keys()
    made = {"worker/contact", "public/contact-2026-03-03"}
    assert made <= contents(folder).keys()
    for name in contents(folder):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.chmod(0o640),
        lambda path: path.write_bytes(path.read_bytes()[:-3]),
        lambda path: path.rename(path.with_name("contact-2026-03-04")),
        lambda path: path.rename(path.with_name("contact-2026-13-01")),
        lambda path: path.write_bytes((path.parent / "contact").read_bytes()),
    ],
    ids=["open to others", "cut", "another day", "no day", "another file"],
)
def test_a_process_cannot_start_with_a_spoilt_half_of_a_day(
    folder: Path, spoil: Callable[[Path], object]
) -> None:
    process(folder, hpke.X25519).renew_worker_keys()
    spoil(folder / "public" / "contact-2026-03-03")
    with pytest.raises(MisconfiguredError):
        KeyFiles.load(folder)


@pytest.mark.parametrize("lost", ["public", "public/themes"])
def test_no_concern_is_turned_away_because_a_half_was_lost_while_a_process_ran(
    folder: Path, turn: Turn, lost: str
) -> None:
    web = process(folder)
    process(folder, hpke.X25519).renew_worker_keys()
    (folder / lost).rename(folder / "away")
    with pytest.raises(MisconfiguredError):
        web.read_worker_keys_anew()
    turn(TUESDAY)
    assert suites(sealed_by(web)) == {hpke.HYBRID}
    assert opens_all(web, sealed_by(web))
    with pytest.raises(MisconfiguredError):
        KeyFiles.load(folder)


def test_a_ring_in_a_file_must_be_whole(folder: Path) -> None:
    process(folder, hpke.X25519).renew_worker_keys()
    ring = process(folder).keys.worker_private("contact")
    for raw in (ring.raw[:-1], ring.raw + ring.raw[:33], b"\x07" + ring.raw[1:], b""):
        replace_key(folder / "worker" / "contact", "worker-contact", raw)
        with pytest.raises(MisconfiguredError, match="does not hold"):
            KeyFiles.load(folder)
    replace_key(folder / "worker" / "contact", "worker-contact", ring.raw)
    assert process(folder).keys.worker_private("contact") == PrivateKey(ring.raw)
