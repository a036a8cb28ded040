import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from safeshare.kernel.errors import MisconfiguredError
from safeshare.vault import KeyFiles
from safeshare.vault.key_folder import make_folder, read_key, replace_key, write_key
from safeshare.vault.worker_keys import WORKER_KINDS

SECRETS = ("pepper", "installation_salt", "eligibility_mac", "accounts", "ledger")
KEY_FILES = {
    *SECRETS,
    "session/000001",
    *(f"worker/{kind}" for kind in WORKER_KINDS),
    *(f"public/{kind}" for kind in WORKER_KINDS),
}
ALL_FILES = KEY_FILES | {"newest/revisions", "worker/judging"}


def files_in(folder: Path) -> dict[str, Path]:
    return {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}


def test_an_operator_can_find_every_key_in_its_file(folder: Path) -> None:
    assert files_in(folder).keys() == ALL_FILES


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids=oct)
def test_nobody_else_can_read_a_key_file(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        KeyFiles.create(tmp_path / "keys")
    finally:
        os.umask(before)
    for path in [tmp_path / "keys", *(tmp_path / "keys").rglob("*")]:
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


def test_an_installation_can_be_started_again_with_the_same_keys(folder: Path) -> None:
    one, other = KeyFiles.load(folder), KeyFiles.load(folder)
    for name in SECRETS:
        assert getattr(one, name) == getattr(other, name)
    assert [len(getattr(one, name)) for name in SECRETS] == [32, 16, 32, 32, 32]
    assert one.session_keys.current() == other.session_keys.current()


def test_keys_cannot_be_overwritten(folder: Path) -> None:
    before = {name: path.read_bytes() for name, path in files_in(folder).items()}
    with pytest.raises(MisconfiguredError):
        KeyFiles.create(folder)
    assert {name: path.read_bytes() for name, path in files_in(folder).items()} == before


def test_two_installations_cannot_share_a_key(folder: Path, tmp_path: Path) -> None:
    KeyFiles.create(tmp_path / "other")
    secrets_of = [
        {path.read_text().split()[-1] for name, path in files_in(each).items() if name in KEY_FILES}
        for each in (folder, tmp_path / "other")
    ]
    assert [len(each) for each in secrets_of] == [len(KEY_FILES)] * 2
    assert not secrets_of[0] & secrets_of[1]


@pytest.mark.parametrize("name", sorted(ALL_FILES))
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_process_cannot_start_with_a_key_that_others_may_use(
    folder: Path, name: str, mode: int
) -> None:
    (folder / name).chmod(mode)
    with pytest.raises(MisconfiguredError, match="chmod"):
        KeyFiles.load(folder)


def test_an_installation_cannot_be_made_in_a_folder_that_others_may_enter(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o755)
    (tmp_path / "keys").chmod(0o755)
    with pytest.raises(MisconfiguredError):
        KeyFiles.create(tmp_path / "keys")


@pytest.mark.parametrize("name", sorted(ALL_FILES - {"worker/judging"}))
def test_a_process_cannot_start_without_one_of_its_keys(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(MisconfiguredError):
        KeyFiles.load(folder)


def test_the_reporter_app_cannot_be_made_to_read_what_staff_sign_in_with(folder: Path) -> None:
    (folder / "accounts").write_bytes(b"not a key")
    keys = KeyFiles.load_for_reporters(folder)
    assert keys.can_sign
    assert keys.pepper
    with pytest.raises(MisconfiguredError, match="accounts"):
        _ = keys.accounts
    (folder / "pepper").unlink()
    with pytest.raises(MisconfiguredError):
        KeyFiles.load_for_reporters(folder)


@pytest.mark.parametrize("name", sorted(ALL_FILES))
@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line[:0],
        lambda line: line[:-3],
        lambda line: line.replace(b" 1 ", b" 2 ").replace(b"{}", b"[]"),
        lambda line: line[:-5] + b"zzzz\n",
        lambda line: b"\xff" + line,
        lambda line: line.rstrip() + b"00\n",
    ],
    ids=["empty", "cut", "another format", "not hex", "not text", "longer"],
)
def test_a_process_cannot_start_with_a_damaged_key(
    folder: Path, name: str, spoil: Callable[[bytes], bytes]
) -> None:
    path = folder / name
    line = path.read_bytes()
    path.write_bytes(spoil(line))
    with pytest.raises(MisconfiguredError) as refusal:
        KeyFiles.load(folder)
    assert line.split()[-1].decode()[:20] not in str(refusal.value)


@pytest.mark.parametrize(
    ("copied", "over"),
    [
        ("pepper", "accounts"),
        ("accounts", "eligibility_mac"),
        ("pepper", "session/000001"),
        ("public/contact", "public/themes"),
        ("worker/contact", "worker/tokens"),
    ],
)
def test_one_key_file_cannot_be_taken_for_another(folder: Path, copied: str, over: str) -> None:
    (folder / over).write_bytes((folder / copied).read_bytes())
    with pytest.raises(MisconfiguredError, match="does not hold"):
        KeyFiles.load(folder)


def test_a_worker_can_start_with_its_own_keys_alone(folder: Path) -> None:
    webs = tuple(name for name in SECRETS if name != "ledger")
    judging = KeyFiles.load(folder).judging
    for name in webs:
        (folder / name).unlink()
    (folder / "session" / "000001").unlink()
    worker = KeyFiles.load_for_worker(folder)
    assert worker.worker_private("contact").raw[0] == 2
    assert len(worker.ledger) == 32
    assert worker.judging == judging
    assert (worker.can_sign, worker.can_judge) == (False, True)
    for name in (*webs, "session_keys"):
        with pytest.raises(MisconfiguredError):
            getattr(worker, name)


def test_a_worker_cannot_start_without_the_key_that_it_judges_by(folder: Path) -> None:
    (folder / "worker" / "judging").unlink()
    assert KeyFiles.load(folder).can_judge, "who signs derives it"
    with pytest.raises(MisconfiguredError, match="missing"):
        KeyFiles.load_for_worker(folder)


def test_a_judging_key_of_another_installation_is_refused(folder: Path, tmp_path: Path) -> None:
    KeyFiles.create(tmp_path / "others")
    (folder / "worker" / "judging").unlink()
    (tmp_path / "others" / "worker" / "judging").rename(folder / "worker" / "judging")
    with pytest.raises(MisconfiguredError, match="not derived"):
        KeyFiles.load(folder)


def test_a_key_cannot_be_written_through_a_planted_link(tmp_path: Path) -> None:
    make_folder(tmp_path / "keys")
    (tmp_path / "keys" / "pepper").symlink_to(tmp_path / "stolen")
    with pytest.raises(MisconfiguredError):
        write_key(tmp_path / "keys" / "pepper", "pepper", bytes(32))
    assert not (tmp_path / "stolen").exists()


def test_a_reader_can_see_what_a_key_file_is(tmp_path: Path) -> None:
    make_folder(tmp_path / "keys")
    path = tmp_path / "keys" / "pepper"
    write_key(path, "pepper", bytes(range(4)))
    assert path.read_text() == "safeshare-key 1 pepper 00010203\n"
    assert read_key(path, "pepper", 4) == bytes(range(4))


def test_nobody_can_read_a_key_in_a_repr(folder: Path) -> None:
    keys = KeyFiles.load(folder)
    assert repr(keys) == f"KeyFiles(folder={folder!r})"


@pytest.mark.parametrize("write", [write_key, replace_key])
def test_whoever_reads_while_a_key_is_written_finds_it_whole_or_not_at_all(
    tmp_path: Path, write: Callable[[Path, str, bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, found = tmp_path / "pepper", list[str]()
    for call in ("open", "fsync", "fdopen"):
        done = getattr(os, call)

        def look(*told: Any, done: Callable[..., Any] = done, **more: Any) -> Any:
            result = done(*told, **more)
            if path.exists():
                found.append(path.read_text())
            return result

        monkeypatch.setattr(os, call, look)
    write(path, "pepper", bytes(4))
    assert set(found) == {"safeshare-key 1 pepper 00000000\n"}


def test_a_draft_of_somebody_who_was_stopped_half_way_keeps_nobody_from_writing(
    tmp_path: Path,
) -> None:
    (tmp_path / "pepper.new").write_text("safeshare-k")
    write_key(tmp_path / "pepper", "pepper", bytes(4))
    assert read_key(tmp_path / "pepper", "pepper", 4) == bytes(4)
    assert [path.name for path in tmp_path.iterdir()] == ["pepper"]


def test_a_draft_of_before_is_thrown_away_and_no_planted_link_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "pepper"
    write_key(path, "pepper", bytes(4))
    (tmp_path / "pepper.new").symlink_to(tmp_path / "stolen")
    replace_key(path, "pepper", bytes(5))
    assert read_key(path, "pepper", 5) == bytes(5)
    assert not (tmp_path / "stolen").exists()
    assert not (tmp_path / "pepper.new").exists()
