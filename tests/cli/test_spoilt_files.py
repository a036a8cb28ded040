"""Whatever was done to a file of the installation, an operator reads a sentence: no traceback."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from safeshare.cli import serving
from tests.cli.conftest import Run
from tests.cli.test_setting_up import INIT

COMMANDS = (
    "health cases",
    "ledger verify",
    "signatures check",
    "serve reporter",
    "serve staff",
    "sessions rotate",
    "sessions end",
    "ledger accept --yes",
    "signatures accept --all-older",
)
FREE = {"SAFESHARE_BIND": "127.0.0.1:0"}


def _become_folder(path: Path) -> None:
    path.unlink()
    path.mkdir(mode=0o700)


def _lead_nowhere(path: Path) -> None:
    """Not even root can open it."""
    path.unlink()
    path.symlink_to(path)


SPOILINGS: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "not text": lambda path: path.write_bytes(b"\xff\xfe" + path.read_bytes()),
    "a folder": _become_folder,
    "unreadable": _lead_nowhere,
}


@pytest.fixture
def whole(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """Puts an installation that has every file back as it was before it was spoilt."""
    monkeypatch.setattr(serving.Server, "run", lambda _server: None)
    for words in (("migrate",), INIT, ("ledger", "accept", "--yes"), ("sessions", "end")):
        done = run(*words)
        assert done.exit_code == 0, done.output
    shutil.copytree(folder, tmp_path / "whole")

    def put_back() -> None:
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "whole", folder)

    return put_back


def _files(folder: Path) -> Iterator[Path]:
    """Every file that the product made: but for SQLite's own beside its database."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return (path.relative_to(folder) for path in found if path.suffix not in {".db-shm", ".db-wal"})


@pytest.mark.parametrize("spoiling", SPOILINGS)
def test_an_operator_reads_no_traceback_whichever_file_is_spoilt(
    run: Run, folder: Path, whole: Callable[[], None], spoiling: str
) -> None:
    names = sorted(_files(folder))
    assert {"era", "head", "tip", "ended", "revisions", "pepper"} <= {one.name for one in names}
    for name in names:
        whole()
        SPOILINGS[spoiling](folder / name)
        for command in COMMANDS:
            done = run(*command.split(), **FREE)
            assert done.exception is None or isinstance(done.exception, SystemExit), (
                f"{name}, {command}: {done.exception!r}"
            )


@pytest.mark.parametrize("spoiling", SPOILINGS)
def test_an_operator_is_told_that_the_signed_head_is_damaged(
    run: Run, folder: Path, whole: Callable[[], None], spoiling: str
) -> None:
    whole()
    SPOILINGS[spoiling](folder / "keys" / "head" / "head")
    done = run("ledger", "verify")
    assert done.exit_code == 1
    assert "damaged, cannot be read, or was signed elsewhere" in done.output
    assert "ledger accept" in done.output


def test_an_operator_is_told_that_a_copy_of_the_head_is_no_text(
    run: Run, whole: Callable[[], None], tmp_path: Path
) -> None:
    whole()
    (tmp_path / "copy").write_bytes(b"\xff\xfe{}")
    done = run("ledger", "verify", "--head", str(tmp_path / "copy"))
    assert isinstance(done.exception, SystemExit)
    assert "signed elsewhere" in done.output


def test_an_operator_is_told_which_setting_names_a_file_that_is_no_text(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(b"\xff\xfe")
    done = run("migrate", SAFESHARE_SMTP_PASSWORD_FILE=str(tmp_path / "secret"))
    assert isinstance(done.exception, SystemExit)
    assert "SAFESHARE_SMTP_PASSWORD_FILE cannot be read" in done.output
