"""What was planted in every field is found in nothing that a thief could take."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import redis

from config.settings import Settings
from tests.cast import Stage
from tests.secrecy.needles import holds_any, needles, places_of
from tests.secrecy.story import Story, everything, with_settings
from tests.services.mail import MailSink
from tests.services.redis_server import RedisServer
from worker.app import create_celery
from worker.tasks import TASKS

SINKS_OWN_LOG = "mail.log"
"""Where the tests' mail server, which runs in this process, notes to whom it was given mail."""


@dataclass(frozen=True)
class Thief:
    """Somebody who searches what was taken. `known` lies about in the plain, so that a search that
    finds nothing is seen to search.
    """

    story: Story
    desk: Path

    def searches(self, places: Iterable[Path], known: str) -> None:
        """Search files and folders."""
        looted = list(places)
        assert places_of([known.encode()], looted, self.desk), f"{known} is not in {looted}"
        assert places_of(self.story.planted.needles(), looted, self.desk) == []

    def reads(self, text: str, known: str) -> None:
        """Search a text."""
        assert known in text
        assert holds_any(self.story.planted.needles(), text.encode()) == []


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> tuple[Stage, list[Path]]:
    """A stage on each database, and the folders that this database writes to."""
    stage = request.getfixturevalue(f"{request.param}_stage")
    if request.param == "sqlite":
        return stage, [Path(stage.system.settings.database_url.removeprefix("sqlite:///")).parent]
    return stage, [request.getfixturevalue("postgres").folder]


def test_a_thief_cannot_find_anything_that_was_said(
    database: tuple[Stage, list[Path]],
    redis_server: RedisServer,
    smtp_sink: MailSink,
    tmp_path_factory: pytest.TempPathFactory,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "sqlalchemy.engine")
    stage, folders = database
    desk, data = tmp_path_factory.mktemp("thief"), tmp_path_factory.mktemp("data")
    mail = replace(stage.system.settings.mail, host=smtp_sink.host, port=smtp_sink.port)
    stage = with_settings(stage, redis_url=redis_server.url, mail=mail, data_folder=data)
    story = Story(stage)
    everything(story)
    story.planted.plant_keys(stage)
    thief = Thief(story, desk)
    thief.reads(_logged(caplog), known="INSERT INTO")
    printed = capfd.readouterr()
    thief.reads(f"{printed.out}{printed.err}", known="")
    _read_mail(story, smtp_sink)
    _write_out(stage)
    thief.searches(folders, known=story.reference)
    settings = stage.system.settings
    _send_every_task(settings)
    thief.searches([_dumped(redis_server)], known="heartbeat")
    assert not any(data.iterdir()), "the story needed no file beside the database"


def _logged(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(
        f"{record.getMessage()} {record.args} {record.exc_info} {record.exc_text}"
        for record in caplog.get_records("call")
        if record.name != SINKS_OWN_LOG
    )


def _read_mail(story: Story, sink: MailSink) -> None:
    address = story.planted.address
    nudges = [one for one in sink.deliveries if one.recipients == (address,)]
    assert nudges, "the reporter was told of the answer"
    for delivery in sink.deliveries:
        assert holds_any(story.planted.needles(mail=True), delivery.content) == []
        assert story.reference.encode() not in delivery.content
    others = [one for one in sink.deliveries if one not in nudges]
    assert others, "somebody was called about the danger"
    assert [one for one in others if holds_any(needles(address), one.content)] == []


def _write_out(stage: Stage) -> None:
    """What PostgreSQL has in memory belongs to the loot, too; SQLite writes at once."""
    if stage.system.database.engine.dialect.name == "postgresql":
        with stage.system.database.engine.connect() as connection:
            connection.exec_driver_sql("CHECKPOINT")


def _send_every_task(settings: Settings) -> None:
    celery = create_celery(settings)
    for task in TASKS:
        celery.send_task(task.name, queue=task.queue.value)
    celery.close()


def _dumped(server: RedisServer) -> Path:
    """Let Redis write down what it has in memory, as it is."""
    with redis.Redis.from_url(server.url) as client:
        client.config_set("rdbcompression", "no")
        client.save()
    return server.folder / "dump.rdb"
