"""`safeshare ledger verify` says what is wrong in plain words, and ends with 1."""

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from safeshare.cli.ledger_words import said_of
from safeshare.ledger.models import Chain, LedgerEntry
from safeshare.ledger.verifying import Fault, FaultKind
from tests.architecture.source import ROOT
from tests.cast import Stage
from tests.tampering import do_behind_our_back


def run(stage: Stage, *words: str) -> subprocess.CompletedProcess[str]:
    settings = stage.system.settings
    return subprocess.run(
        [str(ROOT / "bin/safeshare"), "ledger", *words],
        env={
            "PATH": "/usr/bin:/bin",
            "SAFESHARE_DEMO": "1",
            "SAFESHARE_DATABASE_URL": settings.database_url,
            "SAFESHARE_KEYS_FOLDER": str(settings.keys_folder),
            "SAFESHARE_DATA_FOLDER": str(settings.data_folder),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_an_operator_is_told_that_all_is_well(stage: Stage) -> None:
    answer = run(stage, "verify")
    assert (answer.returncode, answer.stdout) == (
        0,
        "Every entry of the ledger is there, in its place and as it was written.\n",
    )


def test_an_operator_is_told_in_words_what_was_done(stage: Stage, tmp_path: Path) -> None:
    copy = tmp_path / "head-of-yesterday"
    copy.write_text((stage.gate.vault.head_folder / "head").read_text())
    engine = stage.system.database.engine
    changed = update(LedgerEntry).where(LedgerEntry.position == 5).values(note={"a": "b"})
    do_behind_our_back(engine, changed)
    do_behind_our_back(engine, delete(LedgerEntry).where(LedgerEntry.position > 40))
    for words in (("verify",), ("verify", "--head", str(copy))):
        answer = run(stage, *words)
        assert answer.returncode == 1
        assert "Staff chain: entry 5 was changed, or put in by somebody" in answer.stdout
        assert "cut off at the end. If an older backup was put back" in answer.stdout
    accepted = run(stage, "accept", "--yes")
    assert accepted.returncode == 0, accepted.stderr
    assert "and now has 40." in accepted.stdout
    answer = run(stage, "verify")
    assert answer.returncode == 1
    assert answer.stdout.count("\n") == 1


def test_an_operator_is_told_that_a_head_is_none_of_ours(
    sqlite_stage: Stage, tmp_path: Path
) -> None:
    copy = tmp_path / "head"
    copy.write_text("{}")
    answer = run(sqlite_stage, "verify", "--head", str(copy))
    assert answer.returncode == 1
    assert "damaged, or signed elsewhere" in answer.stderr


@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_has_words(kind: FaultKind) -> None:
    one = said_of(Fault(kind, Chain.STAFF, 3, 3))
    some = said_of(Fault(kind, Chain.REPORTER, 3, 9))
    assert one.endswith((".", "accept", "head?"))
    assert "{" not in one + some
