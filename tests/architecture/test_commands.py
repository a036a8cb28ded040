"""The commands of the house do what is written, with and without the right to install."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

INSTALLER = ROOT / "tools/install_missing.sh"
NEEDED = ("sh", "ls", "uname", "env")


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A folder of programs in which the servers are missing and every installer is a recorder."""
    for name in NEEDED:
        (tmp_path / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    return tmp_path


def put(machine: Path, name: str, script: str) -> None:
    program = machine / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def install(machine: Path, what: str, python: str = "python3") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(machine / "sh"), str(INSTALLER), what],
        env={"PATH": str(machine), "PY": python},
        capture_output=True,
        text=True,
        check=False,
    )


def recorded(machine: Path) -> list[str]:
    log = machine / "installed"
    return log.read_text().splitlines() if log.exists() else []


def test_a_user_without_rights_can_read_the_exact_command(bare_machine: Path) -> None:
    put(bare_machine, "id", "echo 1000")
    put(bare_machine, "sudo", "exit 1")
    put(bare_machine, "apt-get", f'echo "$@" >> {bare_machine}/installed')
    done = install(bare_machine, "services")
    assert done.returncode == 1
    assert "apt-get install --no-install-recommends" in done.stderr
    assert "redis-server chromium-headless-shell" in done.stderr
    assert recorded(bare_machine) == []


def test_root_can_have_what_is_missing_installed(bare_machine: Path) -> None:
    put(bare_machine, "id", "echo 0")
    put(bare_machine, "apt-get", f'echo "$@" >> {bare_machine}/installed')
    done = install(bare_machine, "services")
    assert done.returncode == 0, done.stderr
    update, added = recorded(bare_machine)
    assert update.endswith("update")
    assert "redis-server chromium-headless-shell" in added


def test_a_user_with_sudo_can_have_it_installed(bare_machine: Path) -> None:
    put(bare_machine, "id", "echo 1000")
    put(bare_machine, "sudo", 'shift; exec "$@"')
    put(bare_machine, "true", "exit 0")
    put(bare_machine, "apt-get", f'echo "$@" >> {bare_machine}/installed')
    done = install(bare_machine, "services")
    assert done.returncode == 0, done.stderr
    assert len(recorded(bare_machine)) == 2


def test_a_system_without_apt_cannot_be_guessed_at(bare_machine: Path) -> None:
    done = install(bare_machine, "services")
    assert done.returncode == 1
    assert "own package manager" in done.stderr


def test_a_python_without_venv_can_be_completed(bare_machine: Path) -> None:
    put(bare_machine, "id", "echo 1000")
    put(bare_machine, "apt-get", "exit 0")
    put(bare_machine, "split-python", 'case "$2" in *ensurepip*) exit 1;; *) echo 3.13;; esac')
    done = install(bare_machine, "venv", python="split-python")
    assert done.returncode == 1
    assert "apt-get install --no-install-recommends python3.13-venv" in done.stderr


def test_a_complete_python_cannot_cause_an_installation(bare_machine: Path) -> None:
    put(bare_machine, "whole-python", "exit 0")
    assert install(bare_machine, "venv", python="whole-python").returncode == 0


def test_ci_cannot_run_anything_but_the_two_commands() -> None:
    lines = (ROOT / ".ci/run").read_text().splitlines()
    done = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert done == ["make check", "make test"]


def test_a_newcomer_can_see_every_target_explained() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    named = {line.split()[1] for line in done.stdout.splitlines()}
    phony = (ROOT / "Makefile").read_text().partition(".PHONY: ")[2].splitlines()[0].split()
    assert named == set(phony)


def test_an_operator_can_run_the_command_from_any_folder(tmp_path: Path) -> None:
    link = tmp_path / "safeshare"
    link.symlink_to(ROOT / "bin/safeshare")
    done = subprocess.run(
        [str(link), "--help"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "migrate" in done.stdout


def test_an_operator_can_read_what_to_do_before_the_set_up(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "bin/safeshare", tmp_path / "bin")
    done = subprocess.run(
        [str(tmp_path / "bin/safeshare")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "make run" in done.stderr
