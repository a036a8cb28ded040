"""Nothing tells the minute at which a reporter was here."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import inspect

from safeshare.concerns.service.paging import page_on_call
from safeshare.kernel.actors import Worker
from safeshare.outbox.rules import message_id
from safeshare.outbox.service.sending import send_waiting_mail
from safeshare.tables import METADATA
from safeshare.updates.service.sweep import sweep_promises
from safeshare.vault import Vault
from safeshare.wiring import mail_relay
from tests.cast import Stage
from tests.secrecy.instants import Minute, rows_that_tell
from tests.secrecy.story import Story, with_settings
from tests.services.mail import MailSink

CAME = datetime(2026, 3, 10, 3, 47, 23, 456789, UTC)
CAME_BACK = datetime(2026, 3, 19, 3, 47, 41, 654321, UTC)
"""Winter, so that London's clocks show the same."""

ANSWERED = datetime(2026, 3, 12, 10, 12, 5, 123456, UTC)
RANDOM_ID = UUID("0f8e2d1c-7b6a-4958-8776-655443322110")
TIMED_ID = UUID("c232ab00-9414-11ec-b3c8-9f68deced846")
MINUTES = [Minute(one.replace(second=0, microsecond=0)) for one in (CAME, CAME_BACK)]
OF_STAFF = Minute(ANSWERED.replace(second=0, microsecond=0))


@pytest.fixture
def story(stage: Stage, smtp_sink: MailSink, tmp_path: Path) -> Story:
    """A story to be told: of a reporter at known minutes, a handler and the worker."""
    mail = replace(stage.system.settings.mail, host=smtp_sink.host, port=smtp_sink.port)
    return Story(with_settings(stage, mail=mail, data_folder=tmp_path / "data"))


def _tell(story: Story) -> None:
    story.stage.time.now = CAME
    story.tell()
    _what_the_worker_does_at_once(story)
    story.stage.time.now = ANSWERED
    story.read_and_answer()
    story.ask_for_the_name()
    story.work()
    story.stage.time.now = CAME_BACK
    story.come_back("message")
    story.answer_the_question()
    story.turn_away()
    _what_the_worker_does_at_once(story)
    story.stage.time.advance(hours=30)
    story.work()


def _what_the_worker_does_at_once(story: Story) -> None:
    """Its signs of life come every few seconds whoever is here; the rest may have been caused."""
    system = story.stage.system
    system.gate.run(page_on_call, Worker(), None)
    send_waiting_mail(system.gate, mail_relay(system.settings))
    system.gate.run(sweep_promises, Worker(), None)


def test_a_thief_of_the_database_cannot_tell_when_a_reporter_was_here(story: Story) -> None:
    _tell(story)
    with story.stage.system.database.reading() as session:
        assert rows_that_tell(session, OF_STAFF), "a handler's minute is told, so it is looked for"
        for minute in MINUTES:
            assert rows_that_tell(session, minute) == []


def test_a_table_cannot_be_left_out_of_the_search(story: Story) -> None:
    with story.stage.system.database.reading() as session:
        existing = set(inspect(session.connection()).get_table_names())
    assert existing - {"alembic_version"} == set(METADATA.tables)


def test_a_reporter_who_is_here_cannot_make_the_log_or_a_file_say_anything(
    story: Story, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.WARNING, "sqlalchemy.engine")
    story.stage.time.now = CAME
    story.tell()
    story.stage.time.now = CAME_BACK
    story.come_back("message")
    story.turn_away()
    assert [record.getMessage() for record in caplog.get_records("call")] == []
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")
    assert not story.stage.system.settings.data_folder.exists()


def test_mail_cannot_tell_when_a_reporter_was_here(
    story: Story, smtp_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks: list[bytes] = []
    make = Vault.message_mark

    def note(vault: Vault, mail_id: UUID) -> bytes:
        marks.append(make(vault, mail_id))
        return marks[-1]

    monkeypatch.setattr(Vault, "message_mark", note)
    _tell(story)
    ids = {message_id(mark, story.stage.system.settings.mail.sender) for mark in marks}
    assert smtp_sink.deliveries
    for delivery in smtp_sink.deliveries:
        own = str(delivery.message["Message-ID"])
        assert own in ids, "a keyed digest, whose digits may be an instant's by accident"
        told = delivery.content.replace(own.encode(), b"")
        assert not any(minute.is_told_by(told) for minute in MINUTES)


@pytest.mark.parametrize(
    "value",
    [
        CAME,
        CAME.timestamp(),
        int(CAME.timestamp()),
        int(CAME.timestamp() * 10**3),
        int(CAME.timestamp() * 10**6),
        int(CAME.timestamp()) // 60,
        CAME.isoformat(),
        CAME.strftime("%Y%m%dT%H%M%S"),
        f"seen {int(CAME.timestamp() * 1000)}",
        {"at": CAME.isoformat()},
        {"at": CAME.timestamp()},
        str(CAME).encode(),
        TIMED_ID,
    ],
    ids=str,
)
def test_no_way_to_write_an_instant_can_hide_it_from_the_search(value: object) -> None:
    assert MINUTES[0].is_told_by(value)


@pytest.mark.parametrize(
    "value",
    [
        CAME.date(),
        ANSWERED,
        47,
        3.47,
        "2026-03-10",
        UUID("0f8e2d1c-7b6a-4958-8776-655443322110"),
        {"on": "2026-03-10"},
        None,
    ],
)
def test_a_date_cannot_be_taken_for_an_instant(value: object) -> None:
    assert not MINUTES[0].is_told_by(value)
