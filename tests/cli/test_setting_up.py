"""Setting a production installation up from the command line."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import select

from safeshare.cli import serving
from safeshare.db.session import Database
from safeshare.people.models import QueueMember, RecoveryNest, StaffMember
from safeshare.people.service.accounts import NAMED_BY_INIT
from tests.cli.conftest import CHOSEN, Run

INIT = (
    *("init", "--sign-in-name", "first.supervisor", "--name", "First Supervisor"),
    *("--job-title", "Head of People", "--email", "first@service.example"),
)
WHOM = ("--sign-in-name", "a.b", "--name", "A", "--job-title", "B", "--email", "a@b.example")
OFFICERS = ("--officer", "Wren", "--officer", "Tern", "--officer", "Rook")


def database_of(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / 'data' / 'safeshare.db'}")


def test_an_operator_can_set_an_installation_up(run: Run, folder: Path) -> None:
    assert run("migrate").exit_code == 0
    done = run(*INIT)
    assert done.exit_code == 0, done.output
    assert "otpauth://totp/" in done.output
    database = database_of(folder)
    with database.reading() as session:
        supervisor = session.scalars(select(StaffMember)).one()
        approvers = set(session.scalars(select(QueueMember.approved_by)))
    database.dispose()
    assert supervisor.sign_in_name == "first.supervisor"
    assert approvers == {NAMED_BY_INIT}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (folder / "keys").rglob("*")}
    assert modes == {0o600, 0o700}


def test_the_first_supervisor_cannot_have_a_weak_passphrase_or_give_it_where_others_see_it(
    run: Run,
) -> None:
    """They approve everybody else. A command line is seen by every account of the machine."""
    run("migrate")
    assert run(*INIT, "--passphrase", CHOSEN).exit_code == 2
    weak = ("short", "password password", "first supervisor first supervisor")
    for one in weak:
        refused = run(*INIT, typed=f"{one}\n{one}\n")
        assert refused.exit_code == 1
        assert "Error" in refused.output
    done = run(*INIT, typed=f"short\n{CHOSEN}\n{CHOSEN}\n")
    assert done.exit_code == 0, done.output
    assert CHOSEN not in done.output


def test_an_operator_cannot_set_an_installation_up_twice(run: Run) -> None:
    run("migrate")
    run(*INIT)
    again = run(*INIT)
    assert again.exit_code == 1
    assert "set up already" in again.output
    assert "Traceback" not in again.output


def test_an_operator_cannot_set_up_before_the_schema_is_there(run: Run) -> None:
    done = run(*INIT)
    assert done.exit_code == 1
    assert "migrate" in done.output


def test_an_operator_can_choose_the_first_supervisors_queues(run: Run, folder: Path) -> None:
    run("migrate")
    assert run(*INIT, "--queue", "nowhere").exit_code == 2
    assert run(*INIT, "--queue", "hr").exit_code == 0
    database = database_of(folder)
    with database.reading() as session:
        assert len(session.scalars(select(QueueMember.queue_id)).all()) == 1
    database.dispose()


def test_a_migration_can_be_run_at_every_start(run: Run) -> None:
    assert [run("migrate").exit_code, run("migrate").exit_code] == [0, 0]


def test_recovery_codes_can_be_printed_once(run: Run, folder: Path) -> None:
    run("migrate")
    run(*INIT)
    done = run("recovery", "init", *OFFICERS, typed="y\n")
    assert done.exit_code == 0, done.output
    assert all(name in done.output for name in ("Wren", "Tern", "Rook"))
    assert run("recovery", "init", *OFFICERS, typed="y\n").exit_code == 1
    database = database_of(folder)
    with database.reading() as session:
        assert len(session.scalars(select(RecoveryNest.id)).all()) == 3
    database.dispose()


def test_recovery_codes_that_nobody_wrote_down_cannot_lock_a_service_out(
    run: Run, folder: Path
) -> None:
    run("migrate")
    run(*INIT)
    refused = run("recovery", "init", *OFFICERS, typed="n\n")
    assert refused.exit_code == 1
    assert "not put into use" in refused.output
    database = database_of(folder)
    with database.reading() as session:
        assert session.scalars(select(RecoveryNest.id)).all() == []
    database.dispose()
    assert run("recovery", "init", *OFFICERS, typed="y\n").exit_code == 0


def test_recovery_cannot_be_given_to_one_officer(run: Run) -> None:
    run("migrate")
    run(*INIT)
    assert run("recovery", "init", "--officer", "Wren").exit_code == 2
    assert run("recovery", "init", *OFFICERS, "--threshold", "1").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("serve", "reporter"),
        ("serve", "staff"),
        ("worker",),
        ("beat",),
        ("accounts", "invite", "--role", "administrator", *WHOM),
    ],
)
def test_the_two_apps_cannot_share_a_host(run: Run, words: tuple[str, ...]) -> None:
    for staff_host, said in (
        ("share.service.example", "must be different host names"),
        ("", "a host name each"),
    ):
        done = run(*words, SAFESHARE_STAFF_HOST=staff_host)
        assert done.exit_code == 1
        assert said in done.output


def test_a_worker_cannot_be_started_apart_without_redis(run: Run) -> None:
    for command in ("worker", "beat"):
        done = run(command)
        assert done.exit_code == 1
        assert "SAFESHARE_REDIS_URL" in done.output


def test_both_apps_cannot_be_served_from_one_process_in_production(run: Run) -> None:
    done = run("serve")
    assert done.exit_code == 1
    assert "serve reporter, and serve staff" in done.output


def test_the_reporter_app_can_be_served_without_what_staff_sign_in_with(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_and_leave(server: serving.Server) -> None:
        server.load()
        server.cfg.worker_exit(None, None)

    monkeypatch.setattr(serving.Server, "run", load_and_leave)
    run("migrate")
    run(*INIT)
    (folder / "keys" / "accounts").unlink()
    there = {"SAFESHARE_BIND": "127.0.0.1:0", "SAFESHARE_REDIS_URL": "redis://127.0.0.1:1"}
    served = run("serve", "reporter", **there)
    assert served.exit_code == 0, served.output
    refused = run("serve", "staff", **there)
    assert refused.exit_code == 1
    assert "accounts" in refused.output
