"""Fail on text that nobody uses: dead definitions, templates and files, and broken references.

A name counts as used when it stands anywhere else in the product's own text, tests left out: what
only a test uses is dead in the product. That is coarser than an analysis of calls, and it also sees
templates, settings and the Makefile.
"""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
CODE = ("safeshare/", "worker/", "config/", "tools/", "benchmarks/")
TEXT = {".py", ".html", ".toml", ".yml", ".yaml", ".sh", ".js", ".mjs", ".md", ".cfg", ".mako", ""}
VENDORED = "safeshare/web/shared/static/govuk/"
UNREFERENCED = frozenset({"LICENSE.txt", "SHA256SUMS"})
"""Files of a static folder that stand there for people."""
USED_UNSEEN = {
    "process_bind_param": "SQLAlchemy's column types",
    "process_result_value": "SQLAlchemy's column types",
    "open_session": "Flask's SessionInterface",
    "save_session": "Flask's SessionInterface",
    "is_authenticated": "Flask-Login's user",
    "is_active": "Flask-Login's user",
    "is_anonymous": "Flask-Login's user",
    "get_id": "Flask-Login's user",
    "process_data": "WTForms's fields",
    "process_formdata": "WTForms's fields",
    "_load_user": "Flask-Login's manager",
    "_update_remember_cookie": "Flask-Login's manager",
    "convert": "Click's parameter types",
    "get_command": "Click's groups",
    "list_commands": "Click's groups",
    "load_config": "Gunicorn's application",
    "_get_file_stream": "Werkzeug's request",
    "handle_token": "pikepdf's token filters",
    "emit": "logging's handlers",
}
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)")
_LEFTOVER = re.compile("TO" + "DO|FIX" + "ME|^<{7} |^>{7} ", re.MULTILINE)

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Tree:
    """The tracked text files of a checkout, by their path from its root."""

    files: dict[str, str]
    names: tuple[str, ...]

    def product(self) -> Iterator[tuple[str, str]]:
        """Every file that may be what uses a name: all but tests and prose."""
        for name, text in self.files.items():
            if not name.startswith("tests/") and not name.endswith(".md"):
                yield name, text


def read_tree(root: Path) -> Tree:
    """Read what git tracks."""
    names = tuple(name for name in _git(root, "ls-files") if (root / name).is_file())
    texts = {
        name: (root / name).read_text(encoding="utf-8")
        for name in names
        if Path(name).suffix in TEXT and not name.startswith(VENDORED)
    }
    return Tree(texts, names)


def untracked(root: Path) -> list[str]:
    """Files that git neither tracks nor ignores: somebody's leftovers, or a forgotten commit."""
    return [
        f"{name}: is not tracked" for name in _git(root, "ls-files", "-o", "--exclude-standard")
    ]


def _git(root: Path, *words: str) -> list[str]:
    done = subprocess.run(
        ["git", *words, "-z"], cwd=root, check=True, capture_output=True, text=True
    )
    return [name for name in done.stdout.split("\0") if name]


def unused_definitions(tree: Tree) -> list[str]:
    """Functions, classes, methods and constants that nothing else names."""
    uses: Counter[str] = Counter()
    for _, text in tree.product():
        uses.update(_WORD.findall(text))
    return [
        f"{file}:{line}: {name} is used nowhere"
        for file, text in tree.files.items()
        if file.startswith(CODE) and file.endswith(".py")
        for name, line in _definitions(ast.parse(text))
        if uses[name] < 2 and name not in USED_UNSEEN
    ]


def _definitions(module: ast.Module) -> Iterator[tuple[str, int]]:
    for statement in module.body:
        yield from _named_by(statement)
        if isinstance(statement, ast.ClassDef):
            for inner in statement.body:
                if isinstance(inner, Definition):
                    yield from _named_by(inner)


def _named_by(statement: ast.stmt) -> Iterator[tuple[str, int]]:
    """The names that `statement` defines. A decorated function is used by its decorator."""
    if isinstance(statement, Definition):
        if not _is_registered(statement) and not statement.name.startswith("__"):
            yield statement.name, statement.lineno
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            if isinstance(target, ast.Name) and not target.id.startswith("__"):
                yield target.id, statement.lineno


def _is_registered(definition: Definition) -> bool:
    if isinstance(definition, ast.ClassDef):
        return False
    plain = {"property", "classmethod", "staticmethod", "contextmanager", "cached_property"}
    return any(getattr(mark, "id", None) not in plain for mark in definition.decorator_list)


def unused_pages(tree: Tree) -> list[str]:
    """Templates and static files that no code and no other template names."""
    found = []
    for name in tree.names:
        served = re.search(r"/(?:templates|static)/(.+)$", name)
        if served is None or Path(name).name in UNREFERENCED:
            continue
        if not any(served[1] in text for other, text in tree.product() if other != name):
            found.append(f"{name}: no page uses it")
    return found


def broken_links(tree: Tree) -> list[str]:
    """Relative links of the documentation that lead nowhere."""
    return [
        f"{name}: links to {target}, which is not there"
        for name, text in tree.files.items()
        if name.endswith(".md")
        for target in _LINK.findall(text)
        if not (ROOT / name).parent.joinpath(target).exists()
    ]


def leftovers(tree: Tree) -> list[str]:
    """Marks of unfinished work, and lines that end in spaces or not at all."""
    found = []
    for name, text in tree.files.items():
        if _LEFTOVER.search(text):
            found.append(f"{name}: has a mark of unfinished work")
        if re.search(r"[ \t]$", text, re.MULTILINE) or (text and not text.endswith("\n")):
            found.append(f"{name}: has spaces at the end of a line, or no end of its last line")
    return found


CHECKS: tuple[Callable[[Tree], list[str]], ...] = (
    unused_definitions,
    unused_pages,
    broken_links,
    leftovers,
)


def main() -> int:
    """Print each finding; 1 when there is one."""
    tree = read_tree(ROOT)
    found = [*untracked(ROOT), *(line for check in CHECKS for line in check(tree))]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
