"""The import contracts hold, and each of them notices when it is broken."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

LINTED = ("safeshare", "worker", "config")
LINT = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"


@dataclass(frozen=True, slots=True)
class Plant:
    """One import that a contract forbids: `importer` is given a line that imports `imported`."""

    contract: str
    importer: str
    imported: str


PLANTS = (
    Plant("imports run one way", "safeshare.kernel.planted", "safeshare.db"),
    Plant("imports run one way", "safeshare.db.planted", "safeshare.policy"),
    Plant("imports run one way", "safeshare.policy.planted", "safeshare.ledger"),
    Plant("imports run one way", "safeshare.gate.planted", "safeshare.outbox"),
    Plant("imports run one way", "safeshare.updates.planted", "safeshare.casework"),
    Plant("imports run one way", "safeshare.concerns.planted", "safeshare.mailbox"),
    Plant("imports run one way", "safeshare.casework.planted", "safeshare.demo"),
    Plant("imports run one way", "safeshare.wiring", "safeshare.web.planted"),
    Plant("imports run one way", "safeshare.web.planted", "safeshare.app"),
    Plant("inside a slice", "safeshare.people.rules", "safeshare.people.models"),
    Plant("inside a slice", "safeshare.concerns.models", "safeshare.concerns.queries"),
    Plant("inside a slice", "safeshare.casework.queries", "safeshare.casework.service"),
    Plant("only the gate judges", "safeshare.web.planted", "safeshare.vault"),
    Plant("only the gate judges", "safeshare.concerns.planted", "safeshare.policy.rules"),
    Plant("only the gate judges", "safeshare.mailbox.planted", "safeshare.ledger.entries"),
    Plant("rules and the kernel", "safeshare.updates.rules", "sqlalchemy"),
    Plant("rules and the kernel", "safeshare.kernel.planted", "celery"),
    Plant("Flask only in web", "safeshare.people.planted", "flask"),
    Plant("Flask only in web", "worker.planted", "flask_babel"),
    Plant("the reporter's pages", "safeshare.web.staff.planted", "safeshare.web.reporter"),
    Plant("cryptography only", "safeshare.gate.planted", "cryptography"),
    Plant("only wiring and the worker", "safeshare.web.planted", "config"),
    Plant("only whoever starts", "safeshare.web.planted", "worker"),
    Plant("Celery only", "safeshare.outbox.planted", "celery"),
)


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def _file_of(module: str, folder: Path) -> Path:
    path = folder / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _plant(plant: Plant, folder: Path) -> None:
    for module in (plant.imported, plant.importer):
        if module.endswith(".planted"):
            _file_of(module, folder).touch()
    with _file_of(plant.importer, folder).open("a") as file:
        file.write(f"\nimport {plant.imported}\n")


@pytest.fixture(scope="module")
def broken_report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a copy of the tree with every plant in it."""
    folder = tmp_path_factory.mktemp("planted")
    for name in LINTED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for plant in PLANTS:
        _plant(plant, folder)
    return _lint(folder).stdout


def _section(report: str, contract: str) -> str:
    """The part of the report's second half that explains how `contract` was broken."""
    found = [
        part for part in report.partition("Broken contracts")[2].split("\n\n\n") if contract in part
    ]
    return "\n".join(found)


def test_every_import_runs_the_way_it_may() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.importer}-{plant.imported}")
def test_a_contract_cannot_miss_a_planted_import(broken_report: str, plant: Plant) -> None:
    section = _section(broken_report, plant.contract)
    assert f"{plant.importer} -> {plant.imported}" in section, broken_report


def test_no_contract_can_be_left_without_a_plant(broken_report: str) -> None:
    summary = broken_report.partition("Broken contracts")[0]
    assert "KEPT" not in summary
    assert "0 kept" in summary
