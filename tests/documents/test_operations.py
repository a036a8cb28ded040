"""The table of key files names every file that an installation makes."""

import re
from fnmatch import fnmatch
from pathlib import Path

from safeshare.vault import KeyFiles
from tests.architecture.source import ROOT

PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")


def rows() -> list[list[str]]:
    """The table's rows: the files, what they are for, what their loss and their theft costs."""
    table = PAGE.partition("\n## Key files\n")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def named() -> set[str]:
    """The patterns of files that the rows begin with."""
    found = {name for files, *_ in rows() for name in re.findall(r"`([^`]+)`", files)}
    return {name.replace("NNNNNN", "??????") for name in found}


def test_every_key_file_is_in_the_table(tmp_path: Path) -> None:
    KeyFiles.create(tmp_path / "keys")
    made = [path for path in (tmp_path / "keys").rglob("*") if path.is_file()]
    names = [path.relative_to(tmp_path / "keys").as_posix() for path in made]
    assert len(names) > 10
    assert [name for name in names if not any(fnmatch(name, one) for one in named())] == []


def test_each_row_says_what_the_loss_and_the_theft_cost() -> None:
    assert len(rows()) >= 12
    for row in rows():
        assert len(row) == 4, row[0]
        assert all(len(cell.split()) >= 2 for cell in row[1:]), row[0]
