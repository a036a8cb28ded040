"""Sizes, names and imports that keep the tree easy to find one's way in."""

import ast
import re
import tomllib

import pytest

from tests.architecture.source import (
    EVERYTHING,
    PRODUCT,
    ROOT,
    Function,
    all_functions,
    functions_of,
    python_files,
    relative,
)
from tests.conftest import pytest_plugins

ITSELF = r"autouse=True\)\ndef (\w+)"
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
USUAL_FUNCTION = 25
NAMELESS = frozenset(
    {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
)
LOCAL_IMPORTS: dict[str, str] = {
    "safeshare/people/rules/passphrases.py:_guesses_log10": (
        "reads long lists of words, which only web processes need"
    ),
    "safeshare/people/service/identity_provider.py:_claims": (
        "Authlib takes a second, and few installations need it"
    ),
    "safeshare/people/service/identity_provider.py:_client": (
        "Authlib takes a second, and few installations need it"
    ),
    "safeshare/people/service/identity_provider.py:_fetched": (
        "only installations with a provider ask one over HTTP"
    ),
    "safeshare/people/service/webauthn.py:checked_count": (
        "WebAuthn takes half a second, and only passkeys need it"
    ),
    "safeshare/people/service/webauthn.py:made_passkey": (
        "WebAuthn takes half a second, and only passkeys need it"
    ),
    "safeshare/people/service/webauthn.py:registration_request": (
        "WebAuthn takes half a second, and only passkeys need it"
    ),
    "safeshare/people/service/webauthn.py:sign_in_request": (
        "WebAuthn takes half a second, and only passkeys need it"
    ),
}
"""`file:function` of each import inside a function, with the reason why it cannot stand above."""


HISTORY = "migrations/versions/"
"""A migration is a frozen list of tables, read from top to bottom: sizes say nothing about it."""


def written_functions(folders: tuple[str, ...] = EVERYTHING) -> list[Function]:
    return [one for one in all_functions(folders) if not one.where.startswith(HISTORY)]


def longer_than(limit: int, functions: list[Function]) -> list[str]:
    return [f"{one.where} ({one.lines})" for one in functions if one.lines > limit]


def usual_length(functions: list[Function]) -> int:
    """The 95th percentile: what all but one function in twenty keep to."""
    lengths = sorted(one.lines for one in functions)
    return lengths[int(len(lengths) * 0.95)] if lengths else 0


def local_imports(functions: list[Function]) -> set[str]:
    return {one.where for one in functions if one.imports}


def test_a_reader_can_take_in_each_file() -> None:
    lengths = {relative(path): len(path.read_text().splitlines()) for path in python_files()}
    long = {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}
    assert {name for name in long if not name.startswith(HISTORY)} == set()


def test_a_reader_can_take_in_each_function() -> None:
    assert longer_than(LONGEST_FUNCTION, written_functions()) == []


@pytest.mark.parametrize("folders", [PRODUCT, EVERYTHING])
def test_a_reader_can_take_in_nearly_every_function_at_a_glance(folders: tuple[str, ...]) -> None:
    assert usual_length(written_functions(folders)) <= USUAL_FUNCTION


def test_a_module_cannot_have_a_name_that_says_nothing() -> None:
    named = [path for path in python_files() if NAMELESS & {*path.with_suffix("").parts}]
    assert [relative(path) for path in named] == []


def test_a_class_cannot_have_a_name_that_says_nothing() -> None:
    vague = re.compile(r"(?:Manager|Helper|Util|Utils|Common|Misc)$")
    found = [
        f"{relative(path)}:{node.name}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and vague.search(node.name)
    ]
    assert found == []


def test_a_function_cannot_import_unless_the_reason_is_written_down() -> None:
    assert local_imports(all_functions()) == set(LOCAL_IMPORTS)
    assert all(len(reason.split()) > 4 for reason in LOCAL_IMPORTS.values())


def test_a_new_package_cannot_stay_outside_the_layers() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["id"] == "layers")
    placed = set(re.findall(r"[\w.]+", " ".join(layers)))
    found = {
        f"safeshare.{path.stem}"
        for path in (ROOT / "safeshare").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
    }
    assert found - placed == set()


def test_the_product_cannot_be_imported_from_the_tests() -> None:
    named = re.compile(r"^\s*(?:from|import) (?:tests|tools|benchmarks)\b", re.MULTILINE)
    assert [relative(p) for p in python_files(PRODUCT) if named.search(p.read_text())] == []


def test_the_rules_of_this_file_can_fail() -> None:
    body = "\n".join(f"    x{n} = {n}" for n in range(41))
    functions = list(functions_of(ast.parse(f"def long():\n    import os\n{body}\n"), "planted.py"))
    assert longer_than(LONGEST_FUNCTION, functions) == ["planted.py:long (43)"]
    assert usual_length(functions) == 43
    assert local_imports(functions) == {"planted.py:long"}


def test_no_plugin_of_the_tests_hides_what_another_one_does_by_itself() -> None:
    """Of two fixtures with one name pytest takes one, and says nothing of the other."""
    files = [ROOT / f"{plugin.replace('.', '/')}.py" for plugin in pytest_plugins]
    found = [one for path in files for one in re.findall(ITSELF, path.read_text())]
    assert len(found) == len(set(found)) > 1
