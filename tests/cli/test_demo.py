"""The demo's command: loads once, keeps what was written, and stops cleanly."""

import signal
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config.settings import Settings
from safeshare.cli import demo_data
from safeshare.cli.serving import Notices
from safeshare.concerns.models import Case
from safeshare.db.session import Database
from safeshare.demo.story import Story, tell_story
from safeshare.updates.rules import PromiseKind
from tests.cast import Stage
from tests.cli.conftest import Run
from tests.services.mail import MailSink
from tests.use_cases.conversation import enter, read
from tests.worker.running import Installation, installed, wait_until

CONCERNS = 3


@pytest.fixture(autouse=True)
def short_story(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest few concerns of the story only."""

    def tell(today: date) -> Story:
        story = tell_story(today)
        return replace(story, concerns=story.concerns[-CONCERNS:])

    monkeypatch.setattr(demo_data, "tell_story", tell)


def cases(folder: Path) -> int:
    database = Database(f"sqlite:///{folder / 'data' / 'safeshare.db'}")
    with database.reading() as session:
        found = session.scalar(select(func.count()).select_from(Case)) or 0
    database.dispose()
    return found


def test_somebody_curious_can_load_the_demo_once(run: Run, folder: Path) -> None:
    first = run("demo", "load")
    assert first.exit_code == 0, first.output
    assert "Recovery codes of three fictional officers" in first.output
    assert cases(folder) == CONCERNS
    again = run("demo", "load")
    assert "nothing was changed" in again.output
    assert "Recovery codes" not in again.output
    assert cases(folder) == CONCERNS


def test_the_first_run_shows_addresses_sign_ins_and_officers_codes_and_the_second_no_codes(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def serve(settings: Settings, apps: str, notices: Notices) -> None:
        assert (settings.bind, apps) == ("127.0.0.1:8000", "both")
        notices.ready()
        notices.stopped()

    monkeypatch.setattr(import_module("safeshare.cli.demo"), "serve_until_stopped", serve)
    first, second = run("demo", "run"), run("demo", "run")
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    for told in (first.output, second.output):
        assert "Reporters  http://127.0.0.1:8000/\n" in told
        assert "Staff      http://127.0.0.1:8000/staff/\n" in told
        assert (folder / "demo-sign-ins.txt").read_text() in told
    assert "Recovery codes of three fictional officers" in first.output
    assert "Recovery codes" not in second.output
    assert cases(folder) == CONCERNS


def test_somebody_curious_can_look_at_the_demo_without_settings(run: Run) -> None:
    run("demo", "load")
    run("demo", "advance", "2d")
    none = {"SAFESHARE_REPORTER_HOST": "", "SAFESHARE_STAFF_HOST": ""}
    shown = run("exposure", **none)
    assert (shown.exit_code, "No key file was read" in shown.output) == (0, True)
    assert run("ledger", "verify", **none).output.startswith("Every entry of the ledger is there")
    assert "Concerns that nobody opened in time: " in run("health", "cases", **none).output


def test_the_demos_sign_ins_cannot_be_read_by_other_accounts(run: Run, folder: Path) -> None:
    run("demo", "load")
    path = folder / "demo-sign-ins.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    name, passphrase = path.read_text().splitlines()[2].split()[:2]
    assert "." in name
    assert len(passphrase.split("-")) >= 4
    digits = run("demo", "code", name)
    assert digits.output.strip().isdecimal()
    assert len(digits.output.strip()) == 6


def test_a_loading_that_was_stopped_cannot_leave_half_a_demo(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(demo_data, "load_demo", stop)
        assert run("demo", "load").exit_code != 0
    assert cases(folder) == 0
    assert run("demo", "load").exit_code == 0
    assert cases(folder) == CONCERNS
    assert not list((folder / "data").glob("*.loading*"))


def test_a_demo_can_be_advanced_and_a_real_service_cannot(run: Run) -> None:
    run("demo", "load")
    assert "28 days ahead" in run("demo", "advance", "28d").output
    assert "56 days ahead" in run("demo", "advance", "28d").output
    for nonsense in ("28", "-1d", "0d", "999d"):
        assert run("demo", "advance", nonsense).exit_code != 0


def test_the_clock_of_a_real_service_cannot_be_moved(run: Run) -> None:
    run("migrate")
    run(
        *("init", "--sign-in-name", "first.supervisor", "--name", "First", "--job-title", "Head"),
        *("--email", "first@service.example"),
    )
    done = run("demo", "advance", "28d")
    assert done.exit_code == 1
    assert "Only the clock of a demo" in done.output
    assert run("demo", "code", "first.supervisor").exit_code == 1


@pytest.mark.parametrize("command", ["load", "run"])
def test_a_demo_cannot_be_loaded_into_or_run_on_a_real_services_database(
    run: Run, folder: Path, command: str
) -> None:
    run("migrate")
    run(
        *("init", "--sign-in-name", "first.supervisor", "--name", "First", "--job-title", "Head"),
        *("--email", "first@service.example"),
    )
    refused = run("demo", command)
    assert refused.exit_code == 1
    assert "a real service's" in refused.output
    assert "Traceback" not in refused.output
    assert cases(folder) == 0


@pytest.fixture
def installation(
    sqlite_stage: Stage, tmp_path: Path, smtp_sink: MailSink
) -> Iterator[Installation]:
    """A database with something in it, as at the second run."""
    with installed(sqlite_stage, tmp_path, smtp_sink, {}) as found:
        yield found


def test_a_second_run_can_go_on_with_the_data_and_stop_cleanly(installation: Installation) -> None:
    (installation.folder / "demo-sign-ins.txt").write_text("  somebody  a-passphrase\n")
    sent, _ = installation.stage.submit()
    running = installation.start("demo", "run")
    wait_until(installation.answers, "answering")
    assert installation.run("health", "web").returncode == 0
    assert "a-passphrase" in running.text()
    assert "Recovery codes" not in running.text()
    assert running.stop(signal.SIGINT) == 0
    assert "Stopped" in running.text()
    with installation.stage.system.database.reading() as session:
        assert session.scalars(select(Case.reference)).all() == [sent.reference]


def test_what_falls_due_when_a_running_demo_is_advanced_can_be_read_in_a_mailbox(
    installation: Installation,
) -> None:
    stage = installation.stage
    stage.time.now = datetime.now(UTC)
    _, code = stage.submit()
    reporter = enter(stage, code)

    def told() -> dict[PromiseKind, date]:
        return {one.kind: one.on for one in read(stage, reporter).updates}

    (installation.folder / "demo-sign-ins.txt").write_text("  somebody  a-passphrase\n")
    running = installation.start("demo", "run")
    wait_until(installation.answers, "answering")
    assert told() == {}
    assert installation.run("demo", "advance", "28d").returncode == 0
    wait_until(lambda: PromiseKind.REPLY_AT_LATEST in told(), "told that no reply came")
    assert installation.run("demo", "advance", "1d").returncode == 0
    wait_until(lambda: PromiseKind.UPDATE in told(), "the update of 28 days in the mailbox")
    assert told()[PromiseKind.UPDATE] >= stage.time.now.date() + timedelta(days=28)
    assert running.stop(signal.SIGINT) == 0


def test_an_address_in_use_cannot_be_served_in_silence(installation: Installation) -> None:
    installation.start("demo", "run")
    wait_until(installation.answers, "answering")
    second = installation.run("demo", "run")
    assert second.returncode == 1
    assert "something else listens there" in second.stderr
