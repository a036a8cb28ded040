"""What a newcomer reads first is there, and true to what the pages for reporters promise."""

import re
from pathlib import Path

from PIL import Image

from tests.architecture.source import ROOT
from tests.web.reporter.test_pages import PROMISE

README = (ROOT / "README.md").read_text(encoding="utf-8")
NARROWEST = 1000
"""Pixels of a screenshot, below which nobody could read it."""


def plain(text: str) -> str:
    """The words alone, without marks of quotation and code."""
    return " ".join(re.sub(r"^>|`|</?code>", "", text, flags=re.MULTILINE).split())


def part(heading: str) -> str:
    """What stands under a heading, up to the next."""
    return README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_the_promise_is_made_in_the_same_words_wherever_it_is_made() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    pages += (ROOT / "safeshare").rglob("*.html")
    made = [path for path in pages if "Whoever steals the database" in plain(path.read_text())]
    assert {ROOT / "README.md", ROOT / "docs/threat-model.md"} <= set(made)
    assert [path for path in made if PROMISE not in plain(path.read_text())] == []


def test_a_newcomer_finds_both_commands() -> None:
    assert re.findall(r"^make \w+$", part("Two commands"), re.MULTILINE) == [
        "make run",
        "make test",
    ]


def test_production_is_told_in_ten_lines() -> None:
    told = re.findall(r"^(\d+)\. ", part("In production"), re.MULTILINE)
    assert told == [str(number) for number in range(1, 11)]


def test_the_main_pages_can_be_seen_and_are_described() -> None:
    shown = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", part("What it looks like"))
    names = {Path(path).stem for _, path in shown}
    assert {"start", "readers", "code", "messages", "queue", "case", "themes"} <= names
    for said, path in shown:
        assert len(said.split()) >= 5, path
        with Image.open(ROOT / path) as picture:
            assert picture.format == "PNG"
            assert picture.width >= NARROWEST, path


def test_each_place_that_is_named_is_there() -> None:
    named = re.findall(r"`([\w./]+/[\w./]*)`", part("Where things are"))
    assert len(named) >= 8
    assert [one for one in named if not (ROOT / one).exists()] == []
