"""The check for dead text finds what is planted, and leaves alone what is used."""

import subprocess
from pathlib import Path

import pytest

from tools.dead_text import (
    Tree,
    broken_links,
    leftovers,
    untracked,
    unused_definitions,
    unused_pages,
)


def test_a_function_that_only_tests_call_cannot_stay() -> None:
    tree = Tree(
        {
            "safeshare/a.py": "def left_over(): ...\n",
            "tests/test_a.py": "from safeshare.a import left_over\nleft_over()\n",
        },
        (),
    )
    assert unused_definitions(tree) == ["safeshare/a.py:1: left_over is used nowhere"]


def test_a_method_and_a_constant_that_nobody_names_cannot_stay() -> None:
    text = "class Used:\n    def forgotten(self): ...\n\n\nLIMIT = 3\nUsed()\n"
    found = unused_definitions(Tree({"safeshare/a.py": text}, ()))
    assert found == [
        "safeshare/a.py:2: forgotten is used nowhere",
        "safeshare/a.py:5: LIMIT is used nowhere",
    ]


def test_a_registered_view_and_a_function_named_in_a_template_can_stay() -> None:
    tree = Tree(
        {
            "safeshare/web/pages.py": "@pages.get('/')\ndef start(): ...\n\n\ndef day(): ...\n",
            "safeshare/web/templates/start.html": "{{ day() }}\n",
        },
        (),
    )
    assert unused_definitions(tree) == []


def test_a_template_that_no_page_names_cannot_stay() -> None:
    used, unused = "safeshare/web/templates/a/used.html", "safeshare/web/templates/a/unused.html"
    tree = Tree(
        {used: "", unused: "", "safeshare/web/v.py": "render('a/used.html')\n"}, (used, unused)
    )
    assert unused_pages(tree) == [f"{unused}: no page uses it"]


def test_a_link_that_leads_nowhere_cannot_stay() -> None:
    tree = Tree({"README.md": "[a](pyproject.toml) [b](docs/never-written.md)\n"}, ())
    assert broken_links(tree) == ["README.md: links to docs/never-written.md, which is not there"]


@pytest.mark.parametrize("text", ["# TO" + "DO: later\n", "end \n", "no last line end"])
def test_unfinished_text_cannot_stay(text: str) -> None:
    assert len(leftovers(Tree({"safeshare/a.py": text}, ()))) == 1


def test_a_file_that_was_not_committed_cannot_stay(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("*.log\n.gitignore\n")
    (tmp_path / "run.log").touch()
    (tmp_path / "forgotten.py").touch()
    assert untracked(tmp_path) == ["forgotten.py: is not tracked"]
