"""A small file is put in its place whole, its owner's alone, and nothing is left beside it."""

import os
import stat
from pathlib import Path

import pytest

from safeshare.kernel.drafts import drafted, replace_text


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "kept"
    replace_text(found, "before")
    return found


def alone(path: Path) -> bool:
    return [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_file_is_replaced_and_is_its_owners_alone(path: Path) -> None:
    replace_text(path, "after")
    assert path.read_text() == "after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert alone(path)


def test_until_it_is_put_in_its_place_the_old_one_is_there_whole(path: Path) -> None:
    with drafted(path, "after") as draft:
        assert (path.read_text(), draft.read_text()) == ("before", "after")
        draft.replace(path)
    assert path.read_text() == "after"


def test_a_block_that_fails_leaves_what_was_there_and_no_draft(path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), drafted(path, "after"):
        raise KeyboardInterrupt
    assert path.read_text() == "before"
    assert alone(path)


def test_a_full_disk_leaves_what_was_there_and_no_draft(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        replace_text(path, "after")
    assert path.read_text() == "before"
    assert alone(path)


def test_a_draft_of_before_is_thrown_away_and_no_planted_link_is_followed(path: Path) -> None:
    stolen = path.with_name("stolen")
    path.with_name("kept.new").symlink_to(stolen)
    replace_text(path, "after")
    assert path.read_text() == "after"
    assert not path.is_symlink()
    assert not stolen.exists()
    path.with_name("kept.new").write_text("half")
    replace_text(path, "then")
    assert path.read_text() == "then"
    assert alone(path)


def test_file_and_folder_are_on_the_disk_when_it_is_done(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[bool, bool]] = []
    fsync = os.fsync

    def look(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        synced.append((is_folder, path.read_text() == "after"))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    replace_text(path, "after")
    assert synced == [(False, False), (True, True)]
