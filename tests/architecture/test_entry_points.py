"""Every command that a file of the house names is one that the product has."""

import re
import subprocess
import sys

import click
import pytest

from safeshare.cli import COMMANDS, main
from tests.architecture.compose import services
from tests.architecture.source import ROOT

COMMAND = "/srv/safeshare/bin/safeshare"
WATCHED = ["reporter", "staff", "worker", "beat"]


def parse(words: list[str]) -> click.Context:
    """Read the words as the command line does, without running anything.

    Raises click.UsageError when there is no such command or its arguments do not fit.
    """
    command: click.Command = main
    path = "safeshare"
    while isinstance(command, click.Group):
        if not words:
            raise click.UsageError(f"{path} needs a command")
        found = command.get_command(click.Context(command), words[0])
        if found is None:
            raise click.UsageError(f"{path} has no command {words[0]}")
        command, path, words = found, f"{path} {words[0]}", words[1:]
    return command.make_context(path, list(words))


@pytest.mark.parametrize("name", ["migrate", *WATCHED])
def test_a_service_can_run_its_command(name: str) -> None:
    assert parse(services()[name].command).command.name


@pytest.mark.parametrize("name", WATCHED)
def test_a_health_check_can_run_its_command(name: str) -> None:
    program, *words = services()[name].health_command
    assert program == COMMAND
    assert words[0] == "health"
    assert parse(words).command.name


def test_the_image_can_run_its_own_command() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert f'ENTRYPOINT ["{COMMAND}"]' in dockerfile
    words = re.findall(r'"(\w+)"', dockerfile.partition("\nCMD ")[2].splitlines()[0])
    assert parse(words).command.name


@pytest.mark.parametrize(
    "file", ["Makefile", "docker-compose.yml", "README.md", "docs/operations.md"]
)
def test_a_reader_can_run_each_command_that_is_written_down(file: str) -> None:
    text = (ROOT / file).read_text()
    named = re.findall(r"(?:bin/safeshare|run --rm operator) ((?:[a-z]+ ?)+)", text)
    assert named
    for words in named:
        assert is_known(words.split()), words


def test_only_the_owner_of_the_tables_is_told_to_migrate() -> None:
    written = (ROOT / "docs" / "operations.md").read_text()
    told = set(re.findall(r"docker compose run --rm (?:[a-z]+ )*migrate", written))
    assert told == {"docker compose run --rm migrate"}
    assert parse(services()["migrate"].command).command.name == "migrate"
    assert services()["migrate"].given["secrets"] == ["database_url_owner"]
    assert "database_url_owner" not in services()["operator"].given["secrets"]


def is_known(words: list[str]) -> bool:
    """Whether `words` begin with the whole name of a command; arguments may follow."""
    command: click.Command = main
    for word in words:
        if not isinstance(command, click.Group):
            return True
        found = command.get_command(click.Context(command), word)
        if found is None:
            return False
        command = found
    return not isinstance(command, click.Group)


@pytest.mark.parametrize("words", [["serve", "nobody"], ["health", "moon"], ["fly"]])
def test_a_command_that_is_not_there_cannot_pass(words: list[str]) -> None:
    with pytest.raises(click.UsageError):
        parse(words)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_where_it_is_looked_for(name: str) -> None:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    assert found.name == name


LOOK = """
import sys, click
from safeshare.cli import main
for name in ("worker", "health", "serve"):
    main.get_command(click.Context(main), name)
    print(name, "safeshare.web" in sys.modules)
"""


def test_a_worker_and_a_health_check_have_no_pages_in_their_memory() -> None:
    """Only what a command needs is imported; `serve` shows that a page would be seen."""
    words = [sys.executable, "-c", LOOK]
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.splitlines() == ["worker False", "health False", "serve True"]
