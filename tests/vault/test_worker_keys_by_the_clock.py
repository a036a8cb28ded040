"""The worker's key files are read by the clock and never for a visitor, must fit each other, and
come into use when every process has read them.
"""

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from safeshare.kernel.clocks import LONDON
from safeshare.kernel.errors import MisconfiguredError, SealBrokenError
from safeshare.vault import KeyFiles, NewestRevisions, SessionKeys, Vault, hpke, worker_keys
from safeshare.vault.key_folder import alone_in
from safeshare.vault.worker_keys import WORKER_KINDS
from tests.vault.cast import OUTSIDE
from tests.vault.worker_files import MONDAY, TUESDAY, Turn, opens_all, process, sealed_by, suites

LONG_AGO = 1_600_000_000


@pytest.fixture
def older(folder: Path, tmp_path: Path) -> Path:
    """A copy of the private halves of before the installation had new keys."""
    copy = shutil.copytree(folder / "worker", tmp_path / "older")
    process(folder, hpke.X25519).renew_worker_keys()
    return copy


def put_back(folder: Path, older: Path) -> None:
    shutil.rmtree(folder / "worker")
    shutil.copytree(older, folder / "worker")


def make_old(folder: Path) -> None:
    for one in (folder, *folder.rglob("*")):
        os.utime(one, (LONG_AGO, LONG_AGO))


def read_lately(folder: Path) -> list[str]:
    return [one.name for one in folder.rglob("*") if one.stat().st_atime != LONG_AGO]


@pytest.mark.parametrize("load", [KeyFiles.load, KeyFiles.load_for_worker])
def test_no_process_that_opens_starts_with_an_older_private_half_than_is_sealed_to(
    folder: Path, older: Path, load: Callable[[Path], KeyFiles]
) -> None:
    put_back(folder, older)
    with pytest.raises(MisconfiguredError, match=r"worker/contact has not the key of every file"):
        load(folder)


def test_a_half_of_the_same_suite_that_is_anothers_is_refused_as_well(
    folder: Path, tmp_path: Path
) -> None:
    KeyFiles.create(tmp_path / "others")
    shutil.copyfile(tmp_path / "others" / "public" / "tokens", folder / "public" / "tokens")
    with pytest.raises(MisconfiguredError, match=r"worker/tokens has not"):
        KeyFiles.load(folder)


def test_the_operator_makes_no_keys_beside_an_older_private_half(
    folder: Path, tmp_path: Path
) -> None:
    older = shutil.copytree(folder / "worker", tmp_path / "older")
    operator = process(folder, hpke.X25519)
    operator.renew_worker_keys()
    put_back(folder, older)
    with pytest.raises(MisconfiguredError, match="put back the newest copy of both"):
        operator.renew_worker_keys()


def test_a_running_process_says_so_and_goes_on_with_the_keys_that_it_has(
    folder: Path, older: Path, turn: Turn
) -> None:
    running = process(folder)
    put_back(folder, older)
    with pytest.raises(MisconfiguredError, match="has not the key"):
        running.read_worker_keys_anew()
    turn(TUESDAY)
    assert suites(sealed_by(running)) == {hpke.X25519}
    assert opens_all(running, sealed_by(running))


@pytest.mark.parametrize("with_public", [True, False])
def test_what_is_sealed_to_a_key_that_was_not_copied_is_not_called_broken_and_opens_once_it_is(
    folder: Path, tmp_path: Path, turn: Turn, *, with_public: bool
) -> None:
    apart = shutil.copytree(folder, tmp_path / "apart")
    worker = Vault(KeyFiles.load_for_worker(apart))
    process(folder, hpke.X25519).renew_worker_keys()
    if with_public:
        shutil.copytree(folder / "public", apart / "public", dirs_exist_ok=True)
    turn(TUESDAY)
    sealed = sealed_by(process(folder))
    for kind in WORKER_KINDS:
        with pytest.raises(MisconfiguredError):
            worker.open_for_worker(kind, OUTSIDE, sealed[kind])
    shutil.copytree(folder / "worker", apart / "worker", dirs_exist_ok=True)
    assert opens_all(worker, sealed)


def test_what_is_sealed_to_anothers_half_is_not_called_broken_while_the_files_do_not_fit(
    folder: Path, tmp_path: Path
) -> None:
    web, worker = process(folder), Vault(KeyFiles.load_for_worker(folder))
    theirs = sealed_by(Vault(KeyFiles.create(tmp_path / "others")))["contact"]
    with pytest.raises(SealBrokenError):
        worker.open_for_worker("contact", OUTSIDE, theirs)
    shutil.copyfile(tmp_path / "others" / "public" / "contact", folder / "public" / "contact")
    with pytest.raises(MisconfiguredError, match=r"worker/contact has not"):
        worker.open_for_worker("contact", OUTSIDE, theirs)
    assert opens_all(worker, sealed_by(web))


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 3, 2, 0, 0, 1, tzinfo=LONDON), 3),
        (datetime(2026, 3, 2, 22, 59, tzinfo=LONDON), 3),
        (datetime(2026, 3, 2, 23, 0, tzinfo=LONDON), 4),
        (datetime(2026, 3, 2, 23, 59, 59, tzinfo=LONDON), 4),
    ],
)
def test_new_keys_are_in_use_from_a_midnight_of_which_every_process_hears_in_time(
    folder: Path, turn: Turn, now: datetime, day: int
) -> None:
    turn(now)
    vault = process(folder, hpke.X25519)
    vault.renew_worker_keys()
    begins = vault.worker_suite_begins()
    assert begins is not None
    assert begins.day == day


def test_the_day_is_told_when_it_is_the_operators_turn_and_not_when_they_began_to_wait(
    folder: Path, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = process(folder, hpke.X25519)

    def waited(path: Path) -> object:
        turn(TUESDAY)
        return alone_in(path)

    monkeypatch.setattr(worker_keys, "alone_in", waited)
    vault.renew_worker_keys()
    begins = vault.worker_suite_begins()
    assert begins is not None
    assert begins > TUESDAY.date()


def test_no_file_of_a_key_is_read_because_somebody_came(
    folder: Path, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = process(folder)
    process(folder, hpke.X25519).renew_worker_keys()
    web.read_worker_keys_anew()
    monkeypatch.delattr(worker_keys, "read_fitting")
    for now in (MONDAY, TUESDAY):
        turn(now)
        make_old(folder)
        assert suites(sealed_by(web)) == {hpke.HYBRID if now is MONDAY else hpke.X25519}
        assert read_lately(folder) == []


def test_a_file_that_changed_can_be_read_for_somebody_without_a_trace(folder: Path) -> None:
    newest, sessions = NewestRevisions(folder / "newest"), SessionKeys(folder / "session")
    with NewestRevisions(folder / "newest").raising({"account/1": 4}):
        pass
    SessionKeys(folder / "session").rotate()
    for one in folder.rglob("*"):
        if one.is_file():
            os.utime(one, (LONG_AGO, one.stat().st_mtime))
    assert newest.known() == {"account/1": 4}
    assert sessions.current()[0] == 2
    files = [one for one in folder.rglob("*") if one.is_file()]
    assert {one.stat().st_atime for one in files} == {LONG_AGO}
