"""The import contracts hold, and each of them notices when it is broken."""

import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

LAYERS = re.compile(r"    app →.*?\n\n", re.DOTALL)
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
    Plant(
        "inside a slice: service, queries, models, rules",
        "safeshare.people.rules",
        "safeshare.people.models",
    ),
    Plant(
        "inside a slice: service, queries, models, rules",
        "safeshare.concerns.models",
        "safeshare.concerns.queries",
    ),
    Plant(
        "inside a slice: service, queries, models, rules",
        "safeshare.casework.queries",
        "safeshare.casework.service",
    ),
    Plant(
        "only the gate judges, opens and writes the ledger",
        "safeshare.web.planted",
        "safeshare.vault",
    ),
    Plant(
        "only the gate judges, opens and writes the ledger",
        "safeshare.concerns.planted",
        "safeshare.policy.rules",
    ),
    Plant(
        "only the gate judges, opens and writes the ledger",
        "safeshare.mailbox.planted",
        "safeshare.ledger.entries",
    ),
    Plant("rules and the kernel need no library", "safeshare.updates.rules", "sqlalchemy"),
    Plant("rules and the kernel need no library", "safeshare.kernel.planted", "celery"),
    Plant("Flask only in web and app", "safeshare.people.planted", "flask"),
    Plant("Flask only in web and app", "worker.planted", "flask_babel"),
    Plant(
        "the reporter's pages and the staff's never meet",
        "safeshare.web.staff.planted",
        "safeshare.web.reporter",
    ),
    Plant("cryptography only in the vault", "safeshare.gate.planted", "cryptography"),
    Plant("only wiring and the worker read the settings", "safeshare.web.planted", "config"),
    Plant("only whoever starts processes imports the worker", "safeshare.web.planted", "worker"),
    Plant("Celery only in the worker", "safeshare.outbox.planted", "celery"),
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
    parts = re.split(r"^(.+)\n-{5,}\n", report.partition("Broken contracts")[2], flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return sections[contract]


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


def test_a_newcomer_is_told_the_layers_that_the_contract_keeps() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(one["layers"] for one in contracts["contracts"] if one["id"] == "layers")
    kept = [re.sub(r"safeshare\.", "", one) for one in layers if not one.startswith("(")]
    written = LAYERS.search((ROOT / "CONTRIBUTING.md").read_text())
    assert written is not None
    assert [" ".join(one.split()) for one in written[0].split("→")] == kept
