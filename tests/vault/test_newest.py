"""The newest revisions only rise, whoever writes them, and survive whatever stops half-way."""

import json
from pathlib import Path
from threading import Thread

import pytest

from safeshare.kernel.errors import MisconfiguredError
from safeshare.vault import NewestRevisions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    NewestRevisions.create(tmp_path / "newest")
    return tmp_path / "newest"


def raise_to(newest: NewestRevisions, **revisions: int) -> None:
    with newest.raising(revisions):
        pass


def test_another_process_can_see_what_was_raised(folder: Path) -> None:
    one, other = NewestRevisions(folder), NewestRevisions(folder)
    assert other.known() == {}
    raise_to(one, handler=3)
    assert other.known() == {"handler": 3}
    assert NewestRevisions(folder).known() == {"handler": 3}


def test_a_revision_cannot_be_set_back(folder: Path) -> None:
    newest = NewestRevisions(folder)
    raise_to(newest, handler=3, queue=1)
    raise_to(newest, handler=2)
    assert newest.known() == {"handler": 3, "queue": 1}


def test_a_change_that_fails_cannot_raise_a_revision(folder: Path) -> None:
    newest = NewestRevisions(folder)
    with pytest.raises(RuntimeError), newest.raising({"handler": 2}):
        raise RuntimeError
    assert newest.known() == {}
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "revisions"]


def test_a_draft_of_somebody_who_died_cannot_stop_the_next(folder: Path) -> None:
    (folder / "revisions.new").write_text('{"handl', encoding="ascii")
    newest = NewestRevisions(folder)
    raise_to(newest, handler=1)
    assert newest.known() == {"handler": 1}


def test_many_at_once_can_raise_without_losing_one(folder: Path) -> None:
    def raise_own(number: int) -> None:
        newest = NewestRevisions(folder)
        for revision in range(1, 6):
            raise_to(newest, **{f"handler {number}": revision, "queue": number})

    threads = [Thread(target=raise_own, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = {f"handler {number}": 5 for number in range(4)} | {"queue": 3}
    assert NewestRevisions(folder).known() == expected


@pytest.mark.parametrize("content", [None, "", "[]", '{"handler": "3"}', '{"handler": true}'])
def test_a_process_cannot_start_without_the_newest_revisions(
    folder: Path, content: str | None
) -> None:
    file = folder / "revisions"
    file.unlink() if content is None else file.write_text(content, encoding="ascii")
    with pytest.raises(MisconfiguredError, match="signatures accept"):
        NewestRevisions(folder)


def test_a_running_process_cannot_go_on_when_the_file_is_taken_away(folder: Path) -> None:
    newest = NewestRevisions(folder)
    (folder / "revisions").unlink()
    with pytest.raises(MisconfiguredError):
        newest.known()


def test_nothing_can_be_committed_where_the_folder_cannot_be_written(folder: Path) -> None:
    newest = NewestRevisions(folder)
    (folder / "lock").mkdir()
    with pytest.raises(MisconfiguredError), newest.raising({"handler": 1}):
        pytest.fail("the block must not begin")
    assert json.loads((folder / "revisions").read_text(encoding="ascii")) == {}
