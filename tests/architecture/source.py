"""Reads the project's Python files for the rules about the tree."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PRODUCT = ("safeshare", "worker", "config", "migrations")
EVERYTHING = (*PRODUCT, "tests", "tools", "benchmarks")

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method, and where it stands.

    `lines` goes from its `def` to its last line, decorators left out. `imports` is whether it
    imports anything.
    """

    where: str
    lines: int
    imports: bool


def python_files(folders: tuple[str, ...] = EVERYTHING) -> list[Path]:
    """Every Python file below `folders`, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def relative(path: Path) -> str:
    """How a failure names a file."""
    return path.relative_to(ROOT).as_posix()


def functions_of(tree: ast.Module, name: str) -> Iterator[Function]:
    """Every function of one file, nested ones and methods included."""
    for node in ast.walk(tree):
        if isinstance(node, FunctionNode):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            imports = any(isinstance(one, ast.Import | ast.ImportFrom) for one in ast.walk(node))
            yield Function(f"{name}:{node.name}", lines, imports)


@cache
def _functions_in(path: Path) -> tuple[Function, ...]:
    """The same of one file, read once a run."""
    return tuple(functions_of(ast.parse(path.read_text()), relative(path)))


def all_functions(folders: tuple[str, ...] = EVERYTHING) -> list[Function]:
    """Every function below `folders`."""
    return [function for path in python_files(folders) for function in _functions_in(path)]
