"""`safeshare signatures`: what is not believed is named, and believed again by an operator."""

from pathlib import Path

import pytest
from sqlalchemy import update

from safeshare import wiring
from safeshare.people.models import Queue
from tests.cli.conftest import Run


@pytest.fixture
def installed(run: Run) -> Run:
    """An installation with its first supervisor."""
    assert run("migrate").exit_code == 0
    words = ("init", "--sign-in-name", "first", "--name", "First Supervisor")
    more = ("--job-title", "Supervisor", "--email", "first@service.example")
    done = run(*words, *more)
    assert done.exit_code == 0, done.output
    return run


def forge(environment: dict[str, str]) -> None:
    system = wiring.build(wiring.read_settings(environment))
    with system.database.engine.begin() as connection:
        connection.execute(update(Queue).where(Queue.code == "hr").values(holders_wanted=9))
    system.database.dispose()


def test_an_operator_can_find_and_accept_what_was_changed(
    installed: Run, environment: dict[str, str]
) -> None:
    assert "Every record is as it was last signed." in installed("signatures", "check").output
    forge(environment)
    found = installed("signatures", "check")
    assert found.exit_code == 1
    assert "was changed outside SafeShare" in found.output
    subject = found.output.split()[0]
    assert installed("signatures", "accept", "--all-older").exit_code == 0
    assert installed("signatures", "check").exit_code == 1
    done = installed("signatures", "accept", "--subject", subject)
    assert f"Accepted: {subject}" in done.output
    assert installed("signatures", "check").exit_code == 0


def test_an_operator_cannot_accept_what_is_not_doubted(installed: Run) -> None:
    done = installed("signatures", "accept", "--subject", "queue/unknown")
    assert done.exit_code == 2
    assert "nothing is wrong with queue/unknown" in done.output


def test_an_operator_can_begin_the_file_of_newest_revisions_anew(
    installed: Run, folder: Path
) -> None:
    file = folder / "keys" / "newest" / "revisions"
    before = file.read_text(encoding="ascii")
    file.unlink()
    refused = installed("signatures", "check")
    assert refused.exit_code != 0
    assert "signatures accept" in refused.output
    done = installed("signatures", "accept")
    assert "There was no file of newest revisions" in done.output
    assert file.read_text(encoding="ascii") == before
    assert installed("signatures", "check").exit_code == 0
