import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {"recovery init", "safeshare exposure"}
QUOTED = re.compile(r"`([^`]+)`")
TEST = re.compile(r"^def (test_\w+)\(", re.MULTILINE)


def quoted() -> list[str]:
    return QUOTED.findall((ROOT / "docs" / "requirements.md").read_text(encoding="utf-8"))


def test_the_page_names_only_tests_that_are_there() -> None:
    known = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in TEST.findall(path.read_text(encoding="utf-8"))
    }
    named = {one for one in quoted() if one.startswith("test_")}

    assert len(named) > 15
    assert named <= known


def test_the_page_names_only_files_and_folders_that_are_there() -> None:
    named = [one for one in quoted() if not one.startswith("test_") and one not in COMMANDS]

    assert len(named) > 60
    assert [one for one in named if not (ROOT / one).exists()] == []
